"""One session with the app in figures: what was asked of whom, how long it took, how much was filled in (DTRMetricData, DTR §metrics).

Nothing of a patient is in it: no name, no answer, no reference; only who worked for which payer on which kind of order.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from ig_profiles.reading import Json, without_empty

APP_SOURCE = "DTRApp-src"
BY_PERSON = ("override", "manual")


@dataclass(frozen=True)
class Action:
    """One call: launch, qpackage, mrquery, nextq, userresponse or storeqr; ``status`` is the HTTP status that came back."""

    detail: str
    asked_at: datetime
    answered_at: datetime
    status: int = 200
    form: str | None = None

    def told(self) -> Json:
        """As the guide writes it; a call that failed names the kind of issue."""
        issue = [{"code": "exception"}] if self.status >= 400 else []
        times = {"requestTime": _instant(self.asked_at), "responseTime": _instant(self.answered_at)}
        return without_empty({"actionDetail": self.detail, **times, "httpResponse": self.status, "questionnaire": self.form, "issue": issue})


@dataclass
class Form:
    """What became of one form: how many questions were asked, how many found their answer, who changed or gave how many."""

    adaptive: bool = False
    populated: bool = False
    failures: int = 0
    asked: int = 0
    found: int = 0
    by_person: dict[str, int] = field(default_factory=dict)
    seconds: int = 0
    finished: bool = False

    def take(self, said: Any) -> None:
        """The counts the page sends along with the finished form; anything else in it is left out."""
        counts = {name: max(0, int(said.get(name) or 0)) for name in ("asked", "found", "seconds", *BY_PERSON)}
        self.asked, self.found, self.seconds, self.finished = counts["asked"], counts["found"], counts["seconds"], True
        self.by_person = {name: counts[name] for name in BY_PERSON if counts[name]}

    def told(self, canonical: str, role: Json) -> Json:
        """As the guide writes it; counts of nothing are left out, because they are positive there."""
        roles = [{"role": role, "roleAction": name, "count": count} for name, count in self.by_person.items()]
        failure = [{"coding": [{"system": "http://hl7.org/fhir/issue-type", "code": "processing"}]}] * self.failures
        head = {"reference": canonical, "adaptive": self.adaptive, "populated": self.populated, "failure": failure}
        counts = {"enabledQuestions": self.asked or None, "autoPopulated": self.found or None, "roleInteraction": roles}
        return without_empty({**head, "reviewPrior": self.finished or None, **counts, "elapsedTime": str(timedelta(seconds=self.seconds)).rjust(8, "0")})


@dataclass
class Measured:
    """One session, under a name that tells nothing.

    ``provider``, ``group`` and ``payer`` are identifiers (system and value); ``orders`` are codes of what was ordered.
    """

    name: str = field(default_factory=lambda: secrets.token_hex(8))
    mode: str = "salaunch"
    provider: Json = field(default_factory=dict)
    group: Json = field(default_factory=dict)
    payer: Json = field(default_factory=dict)
    role: Json = field(default_factory=dict)
    purposes: tuple[str, ...] = ()
    orders: tuple[Json, ...] = ()
    told: tuple[CoverageAnswer, ...] = ()
    actions: list[Action] = field(default_factory=list)
    resources: Counter[str] = field(default_factory=Counter)
    forms: dict[str, Form] = field(default_factory=dict)

    @contextmanager
    def acting(self, detail: str, now: Callable[[], datetime], form: str | None = None) -> Iterator[None]:
        """Count what happens in the block as one action, also when it ends in Trouble."""
        began, status = now(), 200
        try:
            yield
        except Trouble as trouble:
            status = trouble.status
            raise
        finally:
            self.actions.append(Action(detail, began, now(), status, form))

    def read(self, resources: Iterable[Json]) -> None:
        """Count what came from the chart, by its type."""
        self.resources.update(str(each["resourceType"]) for each in resources)

    def responded(self, canonical: str, said: Any, at: datetime) -> None:
        """The clinician finished a form at this moment; ``said`` are the counts and seconds of the page."""
        form = self.forms.setdefault(canonical, Form())
        form.take(said)
        self.actions.append(Action("userresponse", at - timedelta(seconds=form.seconds), at, form=canonical))

    def data(self, app_url: str) -> Json:
        """The DTRMetricData of this session."""
        infos = [self._info(each) for each in self.told if each.assertion_id]
        return without_empty(
            {
                "source": APP_SOURCE,
                "sofApp": app_url,
                "providerId": self.provider,
                "groupId": self.group,
                "payerId": self.payer,
                "assertionId": list(dict.fromkeys(each.assertion_id for each in self.told if each.assertion_id)),
                "docReason": list(self.purposes),
                "launchMode": self.mode,
                "orderItem": list(self.orders),
                "action": [each.told() for each in self.actions],
                "resources": [{"type": kind, "count": count} for kind, count in sorted(self.resources.items())],
                "questionnaire": [form.told(canonical, self.role) for canonical, form in self.forms.items()],
                "coverageInfo": infos,
            }
        )

    def _info(self, answer: CoverageAnswer) -> Json:
        known = {canonical: self.forms.get(canonical, Form()) for canonical in answer.questionnaires}
        forms = [{"reference": canonical, "adaptive": form.adaptive, "response": form.populated} for canonical, form in known.items()]
        needed = {"covered": answer.covered, "paNeeded": answer.pa_needed, "docNeeded": next(iter(answer.doc_needed), None)}
        return {**needed, "questionnaire": forms, "assertionId": answer.assertion_id, "satisfiedId": answer.satisfied_pa_id}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
