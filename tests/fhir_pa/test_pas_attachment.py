"""$submit-attachment: what was sent, for which case and items."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fhir_pa.pas import attachment
from fhir_pa.pas.response import write
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.names import LOINC
from ig_profiles.outcome import Refusal, Unreadable
from ig_profiles.reading import Coding, Json
from tests.fhir_pa.pas_bundles import FORM, MEMBERS, SATURATION, concept, extension
from tests.fhir_pa.pas_cases import LATER, PAYER_BASE, every_decision

LETTER = {"resourceType": "DocumentReference", "id": "letter", "status": "current", "content": [{"attachment": {"data": "SGk="}}]}


def attached(content: Json, *lines: str, code: str | None = "52053-6") -> Json:
    parts: list[Json] = [{"name": "LineItem", "valueString": line} for line in lines]
    if code:
        parts.append({"name": "Code", "valueCodeableConcept": concept(LOINC, code)})
    return {"name": "Attachment", "part": [*parts, {"name": "Content", "resource": content}]}


def parameters(*more: Json, tracking: str = "PR0001-2-11503-0", **given: Any) -> Json:
    base = {
        "TrackingId": {"valueIdentifier": {"system": f"{PAYER_BASE}/CommunicationRequest", "value": tracking}},
        "AttachTo": {"valueCode": "preauthorization"},
        "MemberId": {"valueIdentifier": {"system": MEMBERS, "value": "SYN-01"}},
        **given,
    }
    told = [{"name": name, **value} for name, value in base.items() if value is not None]
    return {"resourceType": "Parameters", "parameter": [*told, *(more or (attached(LETTER, "2"),))]}


def test_attachments_are_read_with_their_items_and_kinds() -> None:
    given = {"Final": {"valueBoolean": False}, "ServiceDate": {"valueDateTime": "2026-11-22"}, "AdminRefNumber": {"valueString": "PR0001"}}
    read = attachment.read(parameters(attached(LETTER, "2", "3"), attached(FORM, code=None), attached(SATURATION), **given), "2.2")
    assert read.tracking.value == "PR0001-2-11503-0" and read.member == Identifier(MEMBERS, "SYN-01")
    assert (read.final, read.service_on, read.administrative_reference) == (False, date(2026, 11, 22), "PR0001")
    assert read.items == (2, 3)
    assert read.attachments[0].code == Coding(LOINC, "52053-6") and read.attachments[1].code is None
    assert [each["id"] for each in read.responses] == ["form"]
    assert [each["id"] for each in read.resources] == ["letter", "spo2"]


def test_what_is_not_said_to_be_more_is_all() -> None:
    assert attachment.read(parameters(), "2.0.1").final is True


def test_what_was_entered_in_error_is_not_weighed() -> None:
    wrong = {**SATURATION, "status": "entered-in-error"}
    assert attachment.read(parameters(attached(wrong)), "2.2").resources == ()


@pytest.mark.parametrize(
    ("body", "expression", "mend"),
    [
        (parameters(TrackingId=None), "Parameters.parameter.where(name='TrackingId')", "Give TrackingId once"),
        (parameters(TrackingId={}), "Parameters.parameter.where(name='TrackingId')", "valueIdentifier.value"),
        (parameters(MemberId=None), "Parameters.parameter.where(name='MemberId')", "Give MemberId once"),
        (parameters(AttachTo={"valueCode": "claim"}), "Parameters.parameter.where(name='AttachTo')", "'preauthorization'"),
        ({**parameters(), "parameter": parameters()["parameter"][:3]}, "Parameters.parameter", "at least one Attachment"),
        (parameters(attached({"no": "type"})), "Parameters.parameter[3].part.where(name='Content')", "DocumentReference or QuestionnaireResponse"),
        (parameters(attached(LETTER, "two")), "Parameters.parameter[3].part[0]", "valueString '1'"),
        (
            parameters(attached({**LETTER, "modifierExtension": [extension("http://elsewhere.example/not", valueBoolean=True)]})),
            "Parameters.parameter[3].part.where(name='Content').resource.modifierExtension[0]",
            "Send the request without it",
        ),
    ],
)
def test_a_fault_is_told_where_it_stands_with_how_to_mend_it(body: Json, expression: str, mend: str) -> None:
    with pytest.raises(Refusal) as refused:
        attachment.read(body, "2.2")
    assert [mend in issue.text for issue in refused.value.issues if issue.expression == expression] == [True]


@pytest.mark.parametrize("body", [None, [], {"resourceType": "Bundle"}])
def test_what_are_no_parameters_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable, match="Post the Parameters"):
        attachment.read(body, "2.2")


@pytest.mark.parametrize(
    ("tracking", "member", "is_meant"),
    [
        ("PR0001-2-11503-0", "SYN-01", True),
        ("PR0001", "SYN-01", True),
        ("PA0001", "SYN-01", True),
        ("T-2", "SYN-01", True),
        ("C-1", "SYN-01", True),
        ("PR00012", "SYN-01", False),
        ("PR0001-2-11503-0", "SYN-02", False),
        ("anything", "SYN-01", False),
    ],
)
def test_a_case_is_known_by_its_numbers_and_its_member(tracking: str, member: str, is_meant: bool) -> None:
    case, _ = every_decision("2.2")
    read = attachment.read(parameters(tracking=tracking, MemberId={"valueIdentifier": {"value": member}}), "2.2")
    assert attachment.about(read, case) is is_meant


@pytest.mark.pas_trap(63)
def test_the_control_number_we_ask_under_leads_back_to_the_case() -> None:
    case, received = every_decision("2.2")
    answered = write(case, received, "2.2", at=LATER, base_url=PAYER_BASE)
    asked = next(each["resource"] for each in answered["entry"] if each["resource"]["resourceType"] == "CommunicationRequest")
    read = attachment.read(parameters(tracking=asked["identifier"][0]["value"]), "2.2")
    assert attachment.about(read, case)
