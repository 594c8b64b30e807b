"""What was found wrong in which file, told to a person (text), to a program (JSON lines) or to a build server (JUnit)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ig_profiles import json
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.places import Place, Places
from ig_profiles.resource_text import is_xml
from ig_profiles.xml.places import XmlPlaces

GRAVE = ("fatal", "error")


@dataclass(frozen=True)
class Checked:
    """One resource after validation. ``text`` is its JSON or XML as read, to point into; ``readable`` is False when it was neither."""

    name: str
    issues: tuple[Issue, ...] = ()
    text: str | None = None
    readable: bool = True

    @property
    def is_valid(self) -> bool:
        """Whether it was read and nothing grave was found."""
        return self.readable and not any(issue.severity in GRAVE for issue in self.issues)

    def placed(self) -> list[tuple[Issue, Place | None]]:
        """Every issue with its line and column, where the text is at hand."""
        if self.text is None or not self.issues:
            return [(issue, None) for issue in self.issues]
        places = XmlPlaces(self.text.encode()) if is_xml(self.text.encode()) else Places(self.text)
        return [(issue, places.of(issue.expression) if issue.expression else None) for issue in self.issues]


def exit_status(all_checked: Iterable[Checked]) -> int:
    """0 when all are valid, 1 when something grave was found, 2 when something could not be read."""
    found = list(all_checked)
    return 2 if any(not each.readable for each in found) else 1 if any(not each.is_valid for each in found) else 0


def as_text(checked: Checked) -> str:
    """For a person: a line for each issue, or one that says all is well.

    >>> print(as_text(Checked("orla.json", (Issue("Add a name.", "required", expression="Patient"),), '{"resourceType": "Patient"}')))
    orla.json:1:1: error: Patient: Add a name.
    """
    if not checked.issues:
        return f"{checked.name}: valid"
    return "\n".join(_line(checked.name, issue, place) for issue, place in checked.placed())


def as_json(checked: Checked) -> str:
    """For a program: one line with the file's name, whether it is valid, and the OperationOutcome."""
    outcome = operation_outcome(checked.issues) if checked.issues else None
    for (_, place), issue in zip(checked.placed(), outcome["issue"] if outcome else [], strict=False):
        if place is not None:
            issue["location"] = [f"Line {place.line}, Col {place.column}"]
    return json.dump({"file": checked.name, "valid": checked.is_valid, **({"outcome": outcome} if outcome else {})}).decode()


def as_junit(all_checked: Sequence[Checked]) -> str:
    """For a build server: one test case for each file, failing when something grave was found."""
    failures = sum(each.readable and not each.is_valid for each in all_checked)
    errors = sum(not each.readable for each in all_checked)
    cases = "\n".join(_case(each) for each in all_checked)
    counts = f'tests="{len(all_checked)}" failures="{failures}" errors="{errors}"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="fhir-pa validate" {counts}>\n{cases}\n</testsuite>'


def summary(all_checked: Sequence[Checked]) -> str:
    """One sentence over all."""
    grave = sum(issue.severity in GRAVE for each in all_checked for issue in each.issues)
    lesser = sum(len(each.issues) for each in all_checked) - grave
    bad = sum(not each.is_valid for each in all_checked)
    return f"{len(all_checked)} checked, {bad} with errors ({grave} errors, {lesser} warnings and notes)."


def _line(name: str, issue: Issue, place: Place | None) -> str:
    where = f"{name}:{place.line}:{place.column}" if place else name
    expression = f" {issue.expression}:" if issue.expression else ""
    profile = f" [{issue.diagnostics}]" if issue.diagnostics else ""
    return f"{where}: {issue.severity}:{expression} {issue.text}{profile}"


def _case(checked: Checked) -> str:
    name = quoteattr(checked.name)
    if not checked.issues:
        return f'  <testcase name={name} classname="validate"/>'
    grave = [issue for issue in checked.issues if issue.severity in GRAVE]
    kind = "failure" if checked.readable else "error"
    told = escape(as_text(checked))
    inside = f"<{kind} message={quoteattr(grave[0].text)}>{told}</{kind}>" if grave else f"<system-out>{told}</system-out>"
    return f'  <testcase name={name} classname="validate">{inside}</testcase>'
