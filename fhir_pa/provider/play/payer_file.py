"""The payer's configuration file for the demonstration: the plan, this provider as a client, the reviewers, two practices, the members."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from fhir_pa.provider.charts.chart import MEMBERS
from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.charts.practice import CLINIC_NPI, INTERNAL_MEDICINE, MEDICAL_ONCOLOGY, PULMONOLOGY, SUPPLIER_NPI
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import Charts
from ig_profiles.names import NPI
from ig_profiles.reading import identifier_value

CLIENT_ID = "oakwood-ehr"
SCOPES = ["system/Claim.cru", "system/Questionnaire.rs", "system/Library.rs", "system/ValueSet.rs", "system/Subscription.cruds", "system/DocumentReference.c"]
NURSE, PULMONOLOGIST, ONCOLOGIST, SECOND_ONCOLOGIST = "finch", "quill", "marrow", "halloway"
CLERK, AUDITOR, CASE_MANAGER, POLICY_OWNER, OPERATOR = "burnet", "vetch", "medlar", "lovage", "yarrow"
COORDINATOR, CLINICIAN, READER, SUPPLIERS_COORDINATOR = "linnet", "brisk", "sedge", "bracken"
CLINICIANS = (synthetic_npi(30_001), synthetic_npi(30_002))


def payer_file(payer_url: str, ehr_url: str, keys: Keys, charts: Charts, today: date, inline_keys: bool = False) -> str:
    """The text of fhir-pa.toml; public keys only. With ``inline_keys`` those for hooks stand in it too, so that no EHR need run."""
    insurer = charts.practice.payer
    tables = [
        _table(
            "[payer]",
            name=insurer["name"],
            identifier={"system": NPI, "value": identifier_value(insurer, NPI)},
            phone="555-555-0100",
            public_url=payer_url,
        ),
        _table(
            "[[client]]",
            id=CLIENT_ID,
            name="Oakwood Clinic EHR",
            jwks=keys.public_set() if inline_keys else {"keys": [keys.backend.as_dict(private=False)]},
            scopes=SCOPES,
            cds_issuer=ehr_url,
            **({} if inline_keys else {"cds_jwks_url": f"{ehr_url}/jwks.json"}),
            fhir_bases=[f"{ehr_url}/fhir"],
            organizations=[CLINIC_NPI],
            notification_endpoints=[f"{ehr_url}/"],
        ),
        _person(NURSE, "Rowan Finch, RN", ["nurse"], 1, "RN-0077", [], today),
        _person(PULMONOLOGIST, "Ada Quill, MD", ["physician"], 2, "MD-0142", [INTERNAL_MEDICINE, PULMONOLOGY], today),
        _person(ONCOLOGIST, "Ines Marrow, MD", ["physician"], 3, "MD-0318", [MEDICAL_ONCOLOGY], today),
        _person(SECOND_ONCOLOGIST, "Tomas Halloway, MD", ["physician"], 4, "MD-0455", [MEDICAL_ONCOLOGY], today),
        _table("[[person]]", id=CLERK, name="Nola Burnet", roles=["clerk"], phone="555-555-0145"),
        _table("[[person]]", id=AUDITOR, name="Edda Vetch", roles=["auditor"], phone="555-555-0146"),
        _table("[[person]]", id=CASE_MANAGER, name="Sol Medlar, LCSW", roles=["case manager"], phone="555-555-0147"),
        _table("[[person]]", id=POLICY_OWNER, name="Imre Lovage", roles=["policy"], phone="555-555-0148"),
        _table("[[person]]", id=OPERATOR, name="Bo Yarrow", roles=["operator"], phone="555-555-0149"),
        _table("[[practice]]", id="oakwood", name="Oakwood Clinic", npis=[CLINIC_NPI, *CLINICIANS], phone="555-555-0110"),
        _table("[[practice]]", id="fernhill", name="Fernhill Home Oxygen", npis=[SUPPLIER_NPI], phone="555-555-0120"),
        _colleague(COORDINATOR, "Della Linnet, RN", "oakwood", "coordinator"),
        _colleague(CLINICIAN, "Halvard Brisk, MD", "oakwood", "clinician", npi=CLINICIANS[0]),
        _colleague(READER, "Tam Sedge", "oakwood", "reader"),
        _colleague(SUPPLIERS_COORDINATOR, "Ollie Bracken", "fernhill", "coordinator"),
        *(_member(chart.patient, chart.coverage) for chart in charts.by_patient.values()),
    ]
    return "\n\n".join(tables) + "\n"


def _person(name: str, title: str, roles: list[str], number: int, licence: str, specialties: list[str], today: date) -> str:
    held = {"number": licence, "state": "OH", "until": date(today.year + 2, 6, 30)}
    return _table(
        "[[person]]", id=name, name=title, roles=roles, npi=synthetic_npi(40_000 + number), licence=held, specialties=specialties, phone=f"555-555-014{number}"
    )


def _colleague(name: str, title: str, practice: str, role: str, **more: str) -> str:
    return _table("[[practice_person]]", id=name, name=title, practice=practice, roles=[role], phone="555-555-0111", **more)


def _member(patient: Mapping[str, Any], coverage: Mapping[str, Any]) -> str:
    human = patient["name"][0]
    return _table(
        "[[member]]",
        id=coverage["subscriberId"],
        system=MEMBERS,
        name=f"{human['given'][0]} {human['family']}",
        birth_date=date.fromisoformat(patient["birthDate"]),
        line_of_business="medicare-advantage",
        plan=coverage["class"][0]["name"],
        covered_from=date.fromisoformat(coverage["period"]["start"]),
    )


def _table(header: str, **values: Any) -> str:
    return "\n".join([header, *(f"{key} = {inline(value)}" for key, value in values.items())])


def inline(value: Any) -> str:
    """A value as TOML writes it on one line.

    >>> inline({"keys": [{"kty": "EC"}], "until": date(2028, 6, 30)})
    '{ keys = [{ kty = "EC" }], until = 2028-06-30 }'
    """
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {inline(each)}" for key, each in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)
