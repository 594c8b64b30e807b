"""A Claim Update: the request as it stands now, what changed marked, the earlier Claim named as prior (pas.md §1.6)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from fhir_pa.provider.codes import APPEALED, CANCELLED, REVISED
from fhir_pa.provider.elements import checked, concept, pas_extension, reference
from fhir_pa.provider.pas.claim import claim_of
from fhir_pa.provider.pas.request import REQUEST, collection
from fhir_pa.provider.pas.submission import Line, Submission
from ig_profiles.names import PAS_PROFILE, PAS_TEMP_CODES, RELATED_CLAIM, X12_CERTIFICATION_TYPE
from ig_profiles.reading import Json

CERTIFICATION = f"{PAS_PROFILE}extension-certificationType"
MESSAGE = 101  # a sequence no document has


def with_documents(before: Submission, number: str, added: tuple[Json, ...], lines: tuple[Line, ...] = ()) -> tuple[Submission, Json]:
    """The submission with more documents, and the Bundle that says so; sequences stay what they were.

    ``lines`` take the place of those before where what is asked for changed. 2.2 carries the prior Claim in the Bundle;
    2.0.1 allows one Claim only and names the prior by identifier.
    """
    after = replace(before, number=number, documents=(*before.documents, *added), lines=lines or before.lines)
    prior = claim_of(before)
    claim = deepcopy(claim_of(after))
    claim["meta"] = {"profile": [f"{PAS_PROFILE}profile-claim-update"]}
    claim["related"] = [_prior(prior, before.guide)]
    for entry in claim.get("supportingInfo", [])[len(before.linked) :]:
        entry["extension"] = [*entry.get("extension", []), pas_extension("infoChanged", valueCode="added")]
    revised = _of_type(REVISED)
    for item in claim["item"]:
        kept = [each for each in item["extension"] if each["url"] != CERTIFICATION]
        item["extension"] = [*kept, revised, pas_extension("infoChanged", valueCode="changed")]
    also = (prior,) if before.guide == "2.2" else ()
    return after, collection(checked(claim), after.known(), after, REQUEST, *also)


def withdrawn(bundle: Json) -> Json:
    """The update with the whole request withdrawn: certification type 3 on the Claim itself."""
    changed = deepcopy(bundle)
    claim = changed["entry"][0]["resource"]
    claim["extension"] = [*claim.get("extension", []), _of_type(CANCELLED)]
    return changed


def without_item(bundle: Json, sequence: int) -> Json:
    """The update with one item withdrawn: it stays, flagged as cancelled, of certification type 3."""
    changed = deepcopy(bundle)
    item = changed["entry"][0]["resource"]["item"][sequence - 1]
    item["modifierExtension"] = [{"url": f"{PAS_PROFILE}modifierextension-infoCancelled", "valueBoolean": True}]
    item["extension"] = [*(each for each in item["extension"] if each["url"] != CERTIFICATION), _of_type(CANCELLED)]
    return changed


def appealing(bundle: Json, because: str) -> Json:
    """The update as an appeal: certification type 2 on each item, and why in the provider's own words."""
    changed = deepcopy(bundle)
    claim = changed["entry"][0]["resource"]
    for item in claim["item"]:
        item["extension"] = [*(each for each in item["extension"] if each["url"] != CERTIFICATION), _of_type(APPEALED)]
    message = {"sequence": MESSAGE, "category": concept(PAS_TEMP_CODES, "freeFormMessage"), "valueString": because}
    claim["supportingInfo"] = [*claim.get("supportingInfo", []), message]
    return changed


def _of_type(code: str) -> Json:
    return pas_extension("certificationType", valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, code))


def _prior(prior: Json, guide: str) -> Json:
    by = reference(prior) if guide == "2.2" else {"identifier": prior["identifier"][0]}
    return {"claim": by, "relationship": concept(RELATED_CLAIM, "prior")}
