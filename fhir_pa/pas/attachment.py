"""CDex ``$submit-attachment`` Parameters -> what was sent, for which request and which items.

Source: CDex 2.1 OperationDefinition submit-attachment, cdex-parameters-submit-attachment (pas.md §1.9 rule 84, trap 62).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fhir_pa.pas.bundle import claim_elements, modifier_faults
from fhir_pa.pas.dates import full_date
from fhir_pa.pas.evidence import entered_in_error, numbers_of
from fhir_pa.pas.extensions import DOCUMENT_INFORMATION
from fhir_pa.pas.people import identifiers
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import AuthorizationRequest, Identifier
from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Coding, Entry, Json, codings, extension_value, many, one
from ig_profiles.resource_types import RESOURCE_TYPES


@dataclass(frozen=True)
class Attachment:
    """One document or resource; ``items`` are the sequences it is for (none: the whole request), ``code`` says what it is."""

    content: Json
    items: tuple[int, ...] = ()
    code: Coding | None = None


@dataclass(frozen=True)
class Attachments:
    """Everything one call brought. ``tracking`` is the control number we gave out, or the sender's own for unasked ones.

    ``final`` says that nothing more will come, so that the request is decided anew.
    """

    tracking: Identifier
    member: Identifier
    attachments: tuple[Attachment, ...]
    final: bool = True
    payer: Identifier | None = None
    organization: Identifier | None = None
    provider: Identifier | None = None
    administrative_reference: str | None = None
    service_on: date | None = None

    @property
    def responses(self) -> tuple[Json, ...]:
        """The QuestionnaireResponses among the attachments."""
        return tuple(each.content for each in self._weighable if each.content["resourceType"] == "QuestionnaireResponse")

    @property
    def resources(self) -> tuple[Json, ...]:
        """Every other resource that may be weighed."""
        return tuple(each.content for each in self._weighable if each.content["resourceType"] != "QuestionnaireResponse")

    @property
    def _weighable(self) -> tuple[Attachment, ...]:
        return tuple(each for each in self.attachments if not entered_in_error(each.content))

    @property
    def items(self) -> tuple[int, ...]:
        """The sequences the attachments are for, each once."""
        return tuple(dict.fromkeys(sequence for each in self.attachments for sequence in each.items))


def read(parameters: Any, guide: str) -> Attachments:
    """The attachments in these Parameters; both guides take the same ones.

    Raises Unreadable when they are no Parameters, Unprocessable with every fault otherwise.
    """
    if not isinstance(parameters, dict) or parameters.get("resourceType") != "Parameters":
        raise Unreadable("The body is not Parameters. Post the Parameters of $submit-attachment.", expression="Parameters")
    issues: list[Issue] = []
    given = [(where, node) for where, node in _parameters(parameters.get("parameter"), "Parameters")]
    for name in ("TrackingId", "AttachTo", "MemberId"):
        if sum(node.get("name") == name for _, node in given) != 1:
            issues.append(Issue(f"Give {name} once.", "required", expression=f"Parameters.parameter.where(name='{name}')"))
    if _value(given, "AttachTo", "valueCode") not in (None, "preauthorization"):
        said = "Attachments are taken for prior authorizations only. Set AttachTo to 'preauthorization'."
        issues.append(Issue(said, "not-supported", expression="Parameters.parameter.where(name='AttachTo')"))
    found = [_attachment(node, where, issues) for where, node in given if node.get("name") == "Attachment"]
    if not found:
        issues.append(Issue("Nothing is attached. Give at least one Attachment with its Content.", "required", expression="Parameters.parameter"))
    tracking, member = _identifier(given, "TrackingId"), _identifier(given, "MemberId")
    for name, value in (("TrackingId", tracking), ("MemberId", member)):
        if value is None and any(node.get("name") == name for _, node in given):
            issues.append(Issue(f"{name} has no value. Give valueIdentifier.value.", "required", expression=f"Parameters.parameter.where(name='{name}')"))
    if issues or tracking is None or member is None:
        raise Unprocessable(*issues)
    reference = _value(given, "AdminRefNumber", "valueString") or (_identifier(given, "AdminRefNumber") or Identifier("", "")).value
    return Attachments(
        tracking=tracking,
        member=member,
        attachments=tuple(each for each in found if each is not None),
        final=_value(given, "Final", "valueBoolean") is not False,
        payer=_identifier(given, "PayerId"),
        organization=_identifier(given, "OrganizationId"),
        provider=_identifier(given, "ProviderId"),
        administrative_reference=reference if isinstance(reference, str) and reference else None,
        service_on=full_date(_value(given, "ServiceDate", "valueDateTime") or _value(given, "ServiceDate", "valueDate")),
    )


def about(attachments: Attachments, authorization: Authorization) -> bool:
    """Whether these attachments are for this authorization: the same member, and a number by which the case is known.

    Known are the numbers we gave out, the control numbers we asked under, and the sender's own trace numbers.
    """
    if not _of_the_member(attachments, authorization.request):
        return False
    known = {authorization.number, authorization.reference, *_traces(authorization.request)}
    named = {attachments.tracking.value, attachments.administrative_reference}
    return bool(known.intersection(named)) or attachments.tracking.value.startswith(f"{authorization.reference}-")


def numbers_for(request: AuthorizationRequest, claim: Entry) -> frozenset[str]:
    """The numbers under which attachments may have been sent before this request.

    Those are its trace numbers, and the control numbers by which its supporting information announces documents (X12 PWK06).
    """
    announced = (extension_value(node, DOCUMENT_INFORMATION, "controlNumber") for _, node in claim_elements(claim, "supportingInfo"))
    return _traces(request) | {each for each in announced if isinstance(each, str) and each}


def _of_the_member(attachments: Attachments, request: AuthorizationRequest) -> bool:
    return attachments.member.value in numbers_of(request.member)


def _traces(request: AuthorizationRequest) -> frozenset[str]:
    return frozenset(trace.value for trace in (*request.trace_numbers, *(trace for item in request.items for trace in item.trace_numbers)))


def _attachment(node: Json, where: str, issues: list[Issue]) -> Attachment | None:
    parts = list(_parameters(node.get("part"), where, "part"))
    content = next((part.get("resource") for _, part in parts if part.get("name") == "Content"), None)
    kind = content.get("resourceType") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(kind, str) or kind not in RESOURCE_TYPES:
        said = "The attachment has no Content that is a FHIR resource. Put a DocumentReference or QuestionnaireResponse there."
        issues.append(Issue(said, "required", expression=f"{where}.part.where(name='Content')"))
        return None
    issues.extend(modifier_faults(content, f"{where}.part.where(name='Content').resource"))
    items = []
    for place, part in parts:
        if part.get("name") == "LineItem":
            line = part.get("valueString")
            if isinstance(line, str) and line.strip().isascii() and line.strip().isdigit():
                items.append(int(line))
            else:
                issues.append(Issue("LineItem is the item's sequence, written as a string. Give e.g. valueString '1'.", "value", expression=place))
    code = next(iter(codings(one([part for _, part in parts if part.get("name") == "Code"], "valueCodeableConcept"))), None)
    return Attachment(content, tuple(dict.fromkeys(items)), code)


def _parameters(nodes: Any, where: str, name: str = "parameter") -> Iterator[tuple[str, Json]]:
    for position, node in enumerate(nodes if isinstance(nodes, list) else []):
        if isinstance(node, dict):
            yield f"{where}.{name}[{position}]", node


def _value(given: list[tuple[str, Json]], name: str, element: str) -> Any:
    return next((node.get(element) for _, node in given if node.get("name") == name), None)


def _identifier(given: list[tuple[str, Json]], name: str) -> Identifier | None:
    return next(iter(identifiers(many(_value(given, name, "valueIdentifier")))), None)
