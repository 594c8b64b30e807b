"""What our own validator says of a case, in its strict mode."""

from __future__ import annotations

from ig_profiles.json import parse
from ig_profiles.outcome import Refusal
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.oracle.hapi import Case


def errors_of(case: Case) -> tuple[str, ...]:
    """The errors it finds, as lines for people; the guide is the first step of the case's name."""
    try:
        issues = validate(parse(case.text.encode()), open_set(case.name.partition("/")[0]), case.profile, strict=True)
    except Refusal as refusal:
        issues = refusal.issues
    return tuple(f"{issue.expression}: {issue.text} ({issue.message_id})" for issue in issues if issue.severity in ("fatal", "error"))
