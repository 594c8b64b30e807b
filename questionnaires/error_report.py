"""$log-questionnaire-errors Parameters -> what went wrong with which form, without what might tell about a patient.

Source: DTR OperationDefinition log-questionnaire-errors (2.0.1 R282-291; 2.2 oper-1 to oper-3). Clients must not send
patient data; engines put values into their messages all the same, so numbers, dates, quotations and names of persons'
resources are taken out before anything is kept (dtr.md trap 20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Json, codings, many, text

LONGEST = 400  # characters kept of a message
MOST = 50  # problems kept of a report
_SENSITIVE = re.compile(
    r"""("[^"]{0,200}"|'[^']{0,200}')            # quotations
    |[\w.+-]+@[\w-]+(\.[\w-]+)+                  # addresses
    |\b[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}\b     # references to resources
    |\b\d[\d./:T+-]*\d\b|\b\d\b                  # numbers, dates, moments
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong: FHIR issue codes, the place in the form or library, and what is left of the message."""

    severity: str
    code: str
    details: str = ""
    place: str = ""
    message: str = ""


@dataclass(frozen=True)
class ErrorReport:
    """What a DTR app reported about these forms."""

    questionnaires: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_error_report(parameters: Any) -> ErrorReport:
    """The report in this body; parameter names count whatever their capitals.

    Raises Unreadable when it is no Parameters, Unprocessable when it names no form or says nothing of what went wrong.
    """
    if not isinstance(parameters, dict) or parameters.get("resourceType") != "Parameters":
        raise Unreadable("The body is no Parameters. Send Parameters with 'questionnaire' (canonical) and 'operationOutcome'.")
    parts = [part for part in many(parameters, "parameter") if isinstance(part, dict)]
    forms = tuple(dict.fromkeys(name for part in parts if _is(part, "questionnaire") if (name := _canonical(part))))
    outcomes = [part["resource"] for part in parts if _is(part, "operationoutcome") and isinstance(part.get("resource"), dict)]
    problems = tuple(_problem(issue) for outcome in outcomes for issue in many(outcome, "issue") if isinstance(issue, dict))[:MOST]
    wrong = []
    if not forms:
        what = "No form is named. Add 'questionnaire' with the form's canonical, best with its version."
        wrong.append(Issue(what, "required", expression="Parameters.parameter"))
    if not problems:
        wrong.append(Issue("Nothing says what went wrong. Add 'operationOutcome' with an issue.", "required", expression="Parameters.parameter"))
    if wrong:
        raise Unprocessable(*wrong)
    return ErrorReport(tuple(_plain(name, 300) for name in forms), problems)


def without_patient_data(message: str) -> str:
    """The message with everything that could be a patient's data taken out, and not too long.

    >>> without_patient_data("Cannot convert 'Orla' born 1974-03-02 (Patient/orla) to Quantity at line 12")
    'Cannot convert … born … (…) to Quantity at line …'
    """
    return _plain(_SENSITIVE.sub("…", message), LONGEST)


def _problem(issue: Json) -> Problem:
    named = next(iter(codings(issue.get("details"))), None)
    said = " ".join(dict.fromkeys(filter(None, (text(issue, "details", "text"), text(issue, "diagnostics")))))
    places = ", ".join(each for each in (*many(issue, "expression"), *many(issue, "location")) if isinstance(each, str))
    return Problem(
        severity=_plain(text(issue, "severity") or "error", 20),
        code=_plain(text(issue, "code") or "exception", 40),
        details=_plain(named.code, 60) if named else "",
        place=without_patient_data(places),
        message=without_patient_data(said),
    )


def _is(part: Json, name: str) -> bool:
    return str(part.get("name", "")).casefold() == name


def _canonical(part: Json) -> str | None:
    return next(filter(None, (text(part, key) for key in ("valueCanonical", "valueUri", "valueUrl", "valueString"))), None)


def _plain(value: str, longest: int) -> str:
    printable = "".join(character if character.isprintable() else " " for character in value)
    return printable[:longest]


def in_words(report: ErrorReport) -> Iterator[str]:
    """One line for each problem, for an operator."""
    for problem in report.problems:
        place = f" at {problem.place}" if problem.place else ""
        yield f"{problem.severity} {problem.details or problem.code}{place}: {problem.message or 'no message'}"
