"""Does a form keep to the profiles of both guides, as it is handed out? A DTR client may refuse one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from ig_profiles.json import parse
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from questionnaires.authoring.mistakes import Mistake
from questionnaires.library import Volume
from questionnaires.package import questionnaire_for
from questionnaires.package_request import Guide


def breaches(volume: Volume) -> Iterator[Mistake]:
    """Every error the strict reading of a guide finds in the form, at its place there."""
    if volume.questionnaire is None:
        return
    kept = next((path.name for path in sorted(volume.folder.glob("*.json")) if parse(path.read_bytes()) == volume.questionnaire), "questionnaire.json")
    file = f"{volume.folder.name}/{kept}"
    for guide in get_args(Guide):
        form = questionnaire_for(guide, volume.questionnaire, volume.edition)
        for issue in validate(form, open_set(guide), strict=True):
            if issue.severity in ("fatal", "error"):
                yield Mistake(file, issue.expression or "", f"breaks DTR {guide}: {issue.text}", "Mend the form at that place.")
