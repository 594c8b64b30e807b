"""The situation that shows every element: a request with all the guides let a provider say, modified after review, then updated."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fhir_pa.provider.charts.documents import note_of
from fhir_pa.provider.codes import GIVES_THE_SERVICE, MODIFIED, PENDED
from fhir_pa.provider.elements import concept, pas_extension
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.update import with_documents
from fhir_pa.provider.testdata.clinic import BORDERLINE, Clinic
from fhir_pa.provider.testdata.expectations import RESPONSE, added_as, decided, whole
from fhir_pa.provider.testdata.later import decision, found_in, inquire
from fhir_pa.provider.testdata.situation import Expected, Situation
from ig_profiles.names import HCPCS, PAS_PROFILE, PAS_TEMP_CODES, X12, X12_ENTITY
from ig_profiles.reading import Json

REVENUE = {"2.0.1": "https://www.nubc.org/revenue-code", "2.2": "https://www.nubc.org/CodeSystem/RevenueCodes"}
RESIDENCE, LEVEL_OF_CARE = "1345", "1337"  # X12 data elements
EARLIER = "PA-EARLIER-7"
STAY = 101  # a sequence no document has


def situations(clinic: Clinic) -> Iterator[Situation]:
    """One situation."""
    newer, found = clinic.guide == "2.2", found_in(clinic)
    asked = clinic.oxygen("fullest", BORDERLINE)
    first = clinic.submit(_fullest(request_of(asked), clinic), "POST the request, with every element a provider may fill", *decided({1: PENDED}))
    first = replace(first, take={"reference": "entry.first().resource.id"})
    less = {"quantity": 1, "unit": "unit", "from": str(clinic.today), "until": str(clinic.today + timedelta(days=29))}
    why = {"because": "Shown for a month; measure again before renting on.", "criteria": ["hypoxemia"], "phone": "555-555-0142"}
    chart = clinic.chart(BORDERLINE)
    note = note_of(chart.patient, chart.clinician, chart.encounter, "Walks to the shop and back.", "later-note", "11506-3", clinic.today)
    update = _fullest(with_documents(asked, f"{asked.number}-2", (note,))[1], clinic)
    kept = Expected(
        "the number of the earlier authorization is given back",
        f"{RESPONSE}.item.extension('{PAS_PROFILE}extension-authorizationNumber').value = '{EARLIER}'",
    )
    order = f"{RESPONSE}.addItem.extension('{PAS_PROFILE}extension-requestedService').value.reference"
    brought = Expected("the order an added item names is in the Bundle", f"entry.fullUrl.where($this = %resource.{order}).count() = 1")
    more = [whole(MODIFIED), brought] if newer else []
    steps = (
        first,
        decision("a physician authorizes fewer days", decision="modify", reason_code="0L", authorized=less, **why),
        inquire(clinic, asked, *decided({1: MODIFIED}, found), *([added_as(1, "1", found)] if newer else [])),
        clinic.submit(update, "POST an update with one more note: the decision stays", *decided({1: MODIFIED}), kept, *more),
    )
    yield Situation("fullest", clinic.guide, "Every element shown: modified after review, and unchanged by an update", steps)


def _fullest(bundle: Json, clinic: Clinic) -> Json:
    """The same request, with everything else the profile lets a provider say."""
    changed = deepcopy(bundle)
    for entry in changed["entry"]:
        if entry["resource"]["resourceType"] == "Claim":
            _fill(entry["resource"], clinic)
    return changed


def _fill(claim: Json, clinic: Clinic) -> None:
    state = {"coding": [{"system": "https://www.usps.com/", "code": "OH"}]}
    claim["identifier"][0]["extension"] = [
        pas_extension("identifierSubDepartment", valueString="Lung clinic"),
        pas_extension("identifierJurisdiction", valueCodeableConcept=state),
    ]
    whole_claim = pas_extension("careTeamClaimScope", valueBoolean=True)
    claim["careTeam"] += [{"extension": [whole_claim], "sequence": 2, "provider": claim["provider"], "role": concept(X12_ENTITY, GIVES_THE_SERVICE)}]
    days = {"start": str(clinic.today), "end": str(clinic.today + timedelta(days=2))}
    claim["supportingInfo"] += [
        {"sequence": STAY, "category": concept(PAS_TEMP_CODES, "admissionDates"), "timingPeriod": days},
        {"sequence": STAY + 1, "category": concept(PAS_TEMP_CODES, "dischargeDates"), "timingDate": days["end"]},
    ]
    (item,) = claim["item"]
    item["extension"] += [
        pas_extension("authorizationNumber", valueString=EARLIER),
        pas_extension("administrationReferenceNumber", valueString="PEND-EARLIER-7"),
        pas_extension("epsdtIndicator", valueBoolean=False),
        pas_extension("nursingHomeResidentialStatus", valueCodeableConcept=concept(f"{X12}{RESIDENCE}", "3")),
        pas_extension("nursingHomeLevelOfCare", valueCodeableConcept=concept(f"{X12}{LEVEL_OF_CARE}", "2")),
        pas_extension("productOrServiceCodeEnd", valueCodeableConcept=concept(HCPCS, "E1391")),
        pas_extension("revenueUnitRateLimit", valueDecimal=Decimal("120.00")),
    ]
    item["modifier"] = [concept(HCPCS, "RR")]
    item["revenue"] = concept(REVENUE[clinic.guide], "0290")
    item["unitPrice"] = {"value": Decimal("100.00"), "currency": "USD"}
