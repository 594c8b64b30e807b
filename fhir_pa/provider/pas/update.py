"""A Claim Update: the request as it stands now, what changed marked, the earlier Claim named as prior (pas.md §1.6)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from fhir_pa.provider.codes import REVISED
from fhir_pa.provider.elements import checked, concept, pas_extension, reference
from fhir_pa.provider.pas.claim import claim_of
from fhir_pa.provider.pas.request import REQUEST, collection
from fhir_pa.provider.pas.submission import Submission
from ig_profiles.names import PAS_PROFILE, RELATED_CLAIM, X12_CERTIFICATION_TYPE
from ig_profiles.reading import Json


def with_documents(before: Submission, number: str, added: tuple[Json, ...]) -> tuple[Submission, Json]:
    """The submission with more documents, and the Bundle that says so; sequences stay what they were.

    2.2 carries the prior Claim in the Bundle; 2.0.1 allows one Claim only and names the prior by identifier.
    """
    after = replace(before, number=number, documents=(*before.documents, *added))
    prior = claim_of(before)
    claim = deepcopy(claim_of(after))
    claim["meta"] = {"profile": [f"{PAS_PROFILE}profile-claim-update"]}
    claim["related"] = [_prior(prior, before.guide)]
    for entry in claim["supportingInfo"][len(before.documents) :]:
        entry["extension"] = [*entry.get("extension", []), pas_extension("infoChanged", valueCode="added")]
    revised = pas_extension("certificationType", valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, REVISED))
    for item in claim["item"]:
        kept = [each for each in item["extension"] if each["url"] != revised["url"]]
        item["extension"] = [*kept, revised, pas_extension("infoChanged", valueCode="changed")]
    also = (prior,) if before.guide == "2.2" else ()
    return after, collection(checked(claim), after.known(), after, REQUEST, *also)


def _prior(prior: Json, guide: str) -> Json:
    by = reference(prior) if guide == "2.2" else {"identifier": prior["identifier"][0]}
    return {"claim": by, "relationship": concept(RELATED_CLAIM, "prior")}
