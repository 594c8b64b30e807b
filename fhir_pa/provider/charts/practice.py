"""Oakwood Clinic and the parties around it: who orders, who performs, who pays. All of them invented."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
DIAGNOSTIC_RADIOLOGY, RESPIRATORY_THERAPIST = "2085R0202X", "227900000X"
X12_FACILITY, X12_PAYER, X12_PROVIDER = "FA", "PR", "1P"


@dataclass(frozen=True)
class Clinician:
    """A practitioner with the role in which they order or perform."""

    practitioner: Json
    role: Json


@dataclass(frozen=True)
class Practice:
    """One clinic with its clinicians, the suppliers it orders from, and the payer of its patients.

    An order names a person's role as its performer, because CRD takes no organization there: ``therapist`` works for
    the supplier, ``radiologist`` for the imaging centre.
    """

    clinic: Json
    place: Json
    pulmonologist: Clinician
    oncologist: Clinician
    supplier: Json
    therapist: Clinician
    imaging: Json
    radiologist: Clinician
    payer: Json

    def resources(self) -> tuple[Json, ...]:
        """Everything the EHR's directory holds."""
        clinicians = (self.pulmonologist, self.oncologist, self.therapist, self.radiologist)
        people = (part for who in clinicians for part in (who.practitioner, who.role))
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
            "type": [concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "OF")],
            "address": {"type": "physical", **_address("12 Acorn Lane")},
            "managingOrganization": reference(clinic),
        }
    )
    supplier = _organization("fernhill-oxygen", "Fernhill Home Oxygen", SUPPLIER_NPI, X12_PROVIDER, "555-555-0120", "4 Bracken Way")
    imaging = _organization("brightwater-imaging", "Brightwater Imaging", IMAGING_NPI, X12_FACILITY, "555-555-0130", "77 Harbour Road")
    return Practice(
        clinic,
        place,
        _physician("halvard-brisk", "Halvard", "Brisk", 1, PULMONOLOGY, clinic, place),
        _physician("noor-tamsin", "Noor", "Tamsin", 2, MEDICAL_ONCOLOGY, clinic, place),
        supplier,
        _clinician("wick-marlow", "Wick", "Marlow", "RRT", 3, RESPIRATORY_THERAPIST, supplier),
        imaging,
        _physician("sunniva-crake", "Sunniva", "Crake", 4, DIAGNOSTIC_RADIOLOGY, imaging),
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


def _physician(name: str, given: str, family: str, number: int, specialty: str, employer: Json, place: Json | None = None) -> Clinician:
    who = _clinician(name, given, family, "MD", number, specialty, employer)
    doctor = [concept("http://terminology.hl7.org/CodeSystem/practitioner-role", "doctor")]
    return replace(who, role=checked({**who.role, "code": doctor, "location": [reference(place)] if place else []}))


def _clinician(name: str, given: str, family: str, suffix: str, number: int, specialty: str, employer: Json) -> Clinician:
    phone = [{"system": "phone", "value": f"555-555-011{number}", "use": "work"}]
    practitioner = checked(
        {
            "resourceType": "Practitioner",
            "id": name,
            "meta": {"profile": [f"{US_CORE}us-core-practitioner"]},
            "identifier": [identifier(NPI, synthetic_npi(30_000 + number))],
            "active": True,
            "name": [{"family": family, "given": [given], "suffix": [suffix]}],
            "telecom": phone,
            "address": employer["address"],
        }
    )
    role = checked(
        {
            "resourceType": "PractitionerRole",
            "id": f"{name}-at-{employer['id'].partition('-')[0]}",
            "meta": {"profile": [f"{US_CORE}us-core-practitionerrole"]},
            "active": True,
            "practitioner": reference(practitioner),
            "organization": reference(employer),
            "specialty": [concept(NUCC, specialty)],
            "telecom": phone,
        }
    )
    return Clinician(practitioner, role)


def _address(street: str) -> Json:
    return {"line": [street], "city": "Maplecross", "state": "OH", "postalCode": "43004", "country": "US"}
