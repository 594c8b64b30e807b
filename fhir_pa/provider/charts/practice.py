"""Oakwood Clinic and the parties around it: who orders, who performs, who pays. All of them invented."""

from __future__ import annotations

from dataclasses import dataclass

from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.elements import checked, concept, identifier, reference
from ig_profiles.names import EIN, NPI, NUCC, X12_ENTITY
from ig_profiles.reading import Json

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
CLINIC_NPI = synthetic_npi(10_001)
SUPPLIER_NPI = synthetic_npi(10_002)
IMAGING_NPI = synthetic_npi(10_003)
PAYER_NPI = synthetic_npi(20_001)
INTERNAL_MEDICINE, PULMONOLOGY, MEDICAL_ONCOLOGY = "207R00000X", "207RP1001X", "207RX0202X"
X12_FACILITY, X12_PAYER, X12_PROVIDER = "FA", "PR", "1P"


@dataclass(frozen=True)
class Clinician:
    """A practitioner with the role in which they order."""

    practitioner: Json
    role: Json


@dataclass(frozen=True)
class Practice:
    """One clinic with its clinicians, the suppliers it orders from, and the payer of its patients."""

    clinic: Json
    place: Json
    pulmonologist: Clinician
    oncologist: Clinician
    supplier: Json
    imaging: Json
    payer: Json

    def resources(self) -> tuple[Json, ...]:
        """Everything the EHR's directory holds."""
        people = (part for who in (self.pulmonologist, self.oncologist) for part in (who.practitioner, who.role))
        return (self.clinic, self.place, *people, self.supplier, self.imaging, self.payer)


def oakwood(payer_name: str = "Larkfield Health Plan", payer_npi: str = PAYER_NPI) -> Practice:
    """Oakwood Clinic, whose patients are insured with this payer."""
    clinic = _organization("oakwood-clinic", "Oakwood Clinic", CLINIC_NPI, X12_PROVIDER, "555-555-0110", "12 Acorn Lane")
    place = checked(
        {
            "resourceType": "Location",
            "id": "oakwood-rooms",
            "meta": {"profile": [f"{US_CORE}us-core-location"]},
            "status": "active",
            "name": "Oakwood Clinic, consulting rooms",
            "address": {"type": "physical", **_address("12 Acorn Lane")},
            "managingOrganization": reference(clinic),
        }
    )
    return Practice(
        clinic,
        place,
        _clinician("halvard-brisk", "Halvard", "Brisk", 1, PULMONOLOGY, clinic, place),
        _clinician("noor-tamsin", "Noor", "Tamsin", 2, MEDICAL_ONCOLOGY, clinic, place),
        _organization("fernhill-oxygen", "Fernhill Home Oxygen", SUPPLIER_NPI, X12_PROVIDER, "555-555-0120", "4 Bracken Way"),
        _organization("brightwater-imaging", "Brightwater Imaging", IMAGING_NPI, X12_FACILITY, "555-555-0130", "77 Harbour Road"),
        _organization("larkfield", payer_name, payer_npi, X12_PAYER, "555-555-0100", "1 Larkfield Square"),
    )


def _organization(name: str, title: str, npi: str, kind: str, phone: str, street: str) -> Json:
    contact = {"name": {"text": "Authorization desk"}, "telecom": [{"system": "phone", "value": phone}]}
    return checked(
        {
            "resourceType": "Organization",
            "id": name,
            "meta": {"profile": [f"{US_CORE}us-core-organization"]},
            "identifier": [identifier(NPI, npi), identifier(EIN, f"99-{npi[2:9]}")],
            "active": True,
            "type": [concept(X12_ENTITY, kind)],
            "name": title,
            "telecom": [{"system": "phone", "value": phone}],
            "address": [_address(street)],
            "contact": [contact],
        }
    )


def _clinician(name: str, given: str, family: str, number: int, specialty: str, clinic: Json, place: Json) -> Clinician:
    phone = [{"system": "phone", "value": f"555-555-011{number}", "use": "work"}]
    practitioner = checked(
        {
            "resourceType": "Practitioner",
            "id": name,
            "meta": {"profile": [f"{US_CORE}us-core-practitioner"]},
            "identifier": [identifier(NPI, synthetic_npi(30_000 + number))],
            "active": True,
            "name": [{"family": family, "given": [given], "suffix": ["MD"]}],
            "telecom": phone,
            "address": [_address("12 Acorn Lane")],
        }
    )
    role = checked(
        {
            "resourceType": "PractitionerRole",
            "id": f"{name}-at-oakwood",
            "meta": {"profile": [f"{US_CORE}us-core-practitionerrole"]},
            "active": True,
            "practitioner": reference(practitioner),
            "organization": reference(clinic),
            "code": [concept("http://terminology.hl7.org/CodeSystem/practitioner-role", "doctor")],
            "specialty": [concept(NUCC, specialty)],
            "location": [reference(place)],
            "telecom": phone,
        }
    )
    return Clinician(practitioner, role)


def _address(street: str) -> Json:
    return {"line": [street], "city": "Maplecross", "state": "OH", "postalCode": "43004", "country": "US"}
