"""How long a person needs for the questions of a form: an estimate by kind of question, the same for every policy.

Source: DTR 2.2 estimated-completion-time, value set completionTimes; operational considerations §estimated time.
"""

from __future__ import annotations

from collections.abc import Iterable

from ig_profiles.reading import Json
from questionnaires.enabled import asked
from questionnaires.form import questions

SECONDS = {"yes or no": 10, "choice": 15, "number": 20, "date": 20, "text": 45}  # to find out and enter one answer
REVIEW = 3  # seconds to look at one answer that is there already
_CODES = ((60, "under-1min"), (180, "under-3min"), (300, "under-5min"))


def minutes(kinds: Iterable[str], reviewed: int = 0) -> float:
    """For questions of these kinds, and a look at so many answers that are there already.

    >>> minutes(["yes or no", "text"], 10)
    1.4166666666666667
    """
    return (sum(SECONDS[kind] for kind in kinds) + REVIEW * reviewed) / 60


def completion_time(questionnaire: Json) -> str:
    """The code for a form of which the record answers nothing: every question that is asked from the start.

    >>> completion_time({"item": [{"linkId": "a", "type": "boolean", "text": "?"}]})
    'under-1min'
    """
    shown = asked(questionnaire, {})
    needed = 60 * minutes(question.kind for name, question in questions(questionnaire).items() if name in shown and not question.hidden)
    return next((code for seconds, code in _CODES if needed < seconds), "over-5min")
