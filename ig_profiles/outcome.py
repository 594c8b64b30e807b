"""Issue, and the tree of refusals that carry them.

A refusal is an operation we cannot perform; an issue is one thing to put right. Every floor raises refusals; only
``fhir_pa/web/errors.py`` knows which HTTP status each kind means.

    Refusal
    ├── Unreadable          the bytes are not JSON, or not the resource the operation takes
    ├── Unprocessable       readable, but breaks a rule that makes the request meaningless
    │   └── OutOfProfile    sound FHIR, but not what a profile required here makes of it
    ├── TooLarge            more bytes, depth or entries than the server takes
    ├── WrongMediaType      a Content-Type or Accept we do not speak
    ├── Unauthenticated     we do not know who is calling
    ├── Forbidden           we know, and the caller may not
    ├── NotFound            nothing here by that name
    ├── NotSupported        a published operation or dialect this server does not offer
    ├── Conflict            what is asked does not follow from the present state
    ├── PreconditionFailed  something the caller had to bring is missing, and we cannot fetch it
    ├── TooMany             more calls than agreed
    └── Unavailable         try again later: the only refusal that is our fault
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from ig_profiles.reading import without_empty

Severity = Literal["fatal", "error", "warning", "information"]


@dataclass(frozen=True)
class Issue:
    """One thing to put right: where (a FHIRPath expression), what, and how to mend it, in one or two sentences.

    A finding of the validator also names the ``profile`` (canonical) that asks, and the key of the ``constraint`` broken.
    """

    text: str
    code: str = "invalid"
    severity: Severity = "error"
    expression: str | None = None
    message_id: str | None = None
    diagnostics: str | None = None
    profile: str | None = None
    constraint: str | None = None

    def as_warning(self) -> Issue:
        """The same, told to somebody whose request is served all the same."""
        return replace(self, severity="warning") if self.severity in ("fatal", "error") else self

    def as_fhir(self) -> dict[str, Any]:
        """OperationOutcome.issue."""
        coding = [{"system": "urn:fhir-pa:message", "code": self.message_id}] if self.message_id else None
        issue = {
            "severity": self.severity,
            "code": self.code,
            "details": {"coding": coding, "text": self.text},
            "diagnostics": "; ".join(filter(None, (self.diagnostics, self.constraint, self.profile))),
            "expression": [self.expression] if self.expression else None,
        }
        return without_empty(issue)


def operation_outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """The issues as one OperationOutcome.

    >>> operation_outcome([Issue("Add a Claim as the first entry.", "required", expression="Bundle.entry[0]")])["issue"][0]["expression"]
    ['Bundle.entry[0]']
    """
    return {"resourceType": "OperationOutcome", "issue": [issue.as_fhir() for issue in issues]}


class Refusal(Exception):
    """An operation we cannot perform, with every reason we know.

    >>> str(NotFound("No authorization PA-1 is on file. Check the number.", expression="number"))
    'number: No authorization PA-1 is on file. Check the number.'
    """

    code = "processing"

    def __init__(self, *issues: Issue | str, expression: str | None = None, message_id: str | None = None) -> None:
        self.issues: tuple[Issue, ...] = tuple(
            issue if isinstance(issue, Issue) else Issue(issue, self.code, expression=expression, message_id=message_id) for issue in issues
        )
        super().__init__("; ".join(f"{issue.expression}: {issue.text}" if issue.expression else issue.text for issue in self.issues))


class Unreadable(Refusal):
    code = "structure"


class Unprocessable(Refusal):
    code = "processing"


class OutOfProfile(Unprocessable):
    code = "invariant"


class TooLarge(Refusal):
    code = "too-long"


class WrongMediaType(Refusal):
    code = "not-supported"


class Unauthenticated(Refusal):
    code = "login"


class Forbidden(Refusal):
    code = "forbidden"


class NotFound(Refusal):
    code = "not-found"


class NotSupported(Refusal):
    code = "not-supported"


class Conflict(Refusal):
    code = "conflict"


class PreconditionFailed(Refusal):
    code = "required"


class TooMany(Refusal):
    """``wait_seconds``: how long to wait before asking again."""

    code = "throttled"

    def __init__(self, *issues: Issue | str, expression: str | None = None, message_id: str | None = None, wait_seconds: int = 10) -> None:
        super().__init__(*issues, expression=expression, message_id=message_id)
        self.wait_seconds = wait_seconds


class Unavailable(Refusal):
    code = "transient"
