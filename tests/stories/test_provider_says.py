"""Everything the provider's side sends in the three scenes keeps to the published profiles of the guide it speaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ig_profiles.names import CRD, DTR_PROFILE, PAS_PROFILE
from ig_profiles.reading import Json, many, one
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.stories.parties import Plan
from tests.stories.playing import play

CDEX_ATTACHMENT = "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition/cdex-parameters-submit-attachment"
PROFILES = {
    "$questionnaire-package": {"2.0.1": f"{DTR_PROFILE}dtr-qpackage-input-parameters", "2.2": f"{DTR_PROFILE}dtr-qpackage-input-parameters"},
    "$submit": {"2.0.1": f"{PAS_PROFILE}profile-pas-request-bundle", "2.2": f"{PAS_PROFILE}profile-pas-request-bundle"},
    "$inquire": {"2.0.1": f"{PAS_PROFILE}profile-pas-inquiry-request-bundle", "2.2": f"{PAS_PROFILE}profile-pas-inquiry-request-bundle"},
    "$submit-attachment": {"2.2": CDEX_ATTACHMENT},
    "Subscription": {"2.2": f"{PAS_PROFILE}profile-subscription"},
}


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_everything_the_provider_sends_in_the_scenes_keeps_to_the_profiles(plan: Plan, guide: str) -> None:
    sent, failures = play(plan, guide)
    assert failures == []
    said = [each for path, body in sent for each in spoken(path, body, guide)]
    assert {act for act, _, _ in said} == {*PROFILES, "draft order", "prefetch"}
    assert [error for act, resource, profile in said for error in errors(act, resource, profile, guide)] == []


def spoken(path: str, body: Json, guide: str) -> Iterator[tuple[str, Json, str | None]]:
    """The FHIR resources of a body sent to the payer, each with what it is there and the profile that asks of it."""
    act = path.rpartition("/")[2]
    if "resourceType" in body:
        yield act, body, PROFILES[act].get(guide)
    elif "hook" in body:
        for order in many(body, "context", "draftOrders", "entry", "resource"):
            yield "draft order", order, f"{CRD}/StructureDefinition/profile-{order['resourceType'].lower()}"
        for resource in body["prefetch"].values():
            yield "prefetch", resource, None


def errors(act: str, resource: Json, profile: str | None, guide: str) -> list[str]:
    """The errors by the strict reading, a line for each."""
    found = validate(resource, open_set(guide), profile, strict=True)
    return [f"{act} {one(resource, 'id') or ''} {each.expression}: {each.text}" for each in found if each.severity in ("fatal", "error")]
