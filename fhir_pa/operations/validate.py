"""{type}/$validate: a resource comes in; out goes everything that is wrong with it, where, and how to mend it.

Chapter: FHIR R4 Resource-operation-validate. Nothing is kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.wiring import Payer
from ig_profiles import validator
from ig_profiles.outcome import Issue, Unprocessable, Unreadable, operation_outcome
from ig_profiles.reading import Json, many, text
from ig_profiles.resource_text import read_resource
from questionnaires.responses_in import form_faults

MOST = 50  # findings told in an answer that is about something else


def validate(body: bytes, kind: str, profile: str | None, guide: str, caller: Caller, payer: Payer) -> Json:
    """The OperationOutcome of validating the resource, or the ``resource`` part of Parameters, strictly; filled-in forms by their form too.

    ``profile`` (in the URL, or as a part) is checked beside those in meta.profile. Raises Unreadable when there is no
    resource of this type in the body.
    """
    sent = read_resource(body, guide, payer.settings.max_body_bytes)
    resource, asked = _asked(sent, kind, profile)
    issues = [*validator.validate(resource, payer.definitions(guide), asked, strict=True), *_of_forms(resource, payer)]
    return operation_outcome(issues or [Issue("Nothing is wrong with it.", "informational", "information")])


def findings(resource: Json, guide: str, caller: Caller, payer: Payer, at: str | None = None) -> tuple[Issue, ...]:
    """What breaks a rule of the standard in a resource that can be processed all the same, as warnings to tell beside the answer.

    Where the payer is strict, with everybody or with this client, it is refused: raises Unprocessable with all of it.
    ``at`` is where the resource stands in what was sent, such as ``context.draftOrders.entry[0].resource``.
    """
    errors = faults(resource, guide, payer, at)
    if errors and is_strict(caller, payer):
        raise Unprocessable(*errors)
    of_forms = tuple(_placed(issue, at) for issue in _of_forms(resource, payer))
    return tuple(issue.as_warning() for issue in (*errors, *of_forms))[:MOST]


def faults(resource: Json, guide: str, payer: Payer, at: str | None = None, profile: str | None = None) -> tuple[Issue, ...]:
    """Every error in a resource by the standard, the profiles it claims and the one asked for."""
    issues = validator.validate(resource, payer.definitions(guide), profile, strict=True)
    return tuple(_placed(issue, at) for issue in issues if issue.severity in ("fatal", "error"))


def is_strict(caller: Caller, payer: Payer) -> bool:
    """Whether what breaks a rule of the standard is refused: to this client, or to everybody."""
    client = caller.client
    return ((client.validation if client else "") or payer.settings.validation) == "strict"


def _of_forms(resource: Json, payer: Payer) -> list[Issue]:
    """Where filled-in forms break their forms; what of it matters for a criterion is for a person to judge, never a refusal."""
    return form_faults(resource, None, payer.shelf.questionnaire, payer.shelf.value_sets.expansions())


def _placed(issue: Issue, at: str | None) -> Issue:
    if at is None or issue.expression is None:
        return issue
    return replace(issue, expression=at + issue.expression[len(issue.expression.split(".")[0].split("[")[0]) :])


def _asked(sent: Any, kind: str, profile: str | None) -> tuple[Json, str | None]:
    if isinstance(sent, dict) and sent.get("resourceType") == "Parameters" and kind != "Parameters":
        parts = {text(part, "name"): part for part in many(sent, "parameter") if isinstance(part, dict)}
        named = (text(parts.get("profile"), key) for key in ("valueUri", "valueCanonical", "valueUrl"))
        profile = profile or next(filter(None, named), None)
        sent = (parts.get("resource") or {}).get("resource")
    if not isinstance(sent, dict) or sent.get("resourceType") != kind:
        found = sent.get("resourceType") if isinstance(sent, dict) else "no resource"
        raise Unreadable(f"This address validates a {kind}, and the body holds {found}. Post it to {found}/$validate, or send a {kind}.")
    return sent, profile
