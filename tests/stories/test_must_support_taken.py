"""Every must-support element of a Claim and of a Claim Inquiry is taken, filled or left out: none of them makes a request fail."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest

from fhir_pa.provider.pas.request import request_of
from ig_profiles import json
from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json
from ig_profiles.registry import open_set
from tests.stories.asking import inquiry, oxygen, update
from tests.stories.parties import System
from tests.stories.test_hrex_elements import VALUES

PROFILES = ("profile-claim", "profile-claim-update", "profile-claim-inquiry")


def elements(profile: str, guide: str) -> Iterator[tuple[str, str, str, bool, bool]]:
    """Of each must-support element: the part it is in (empty for the Claim), name as JSON writes it, type, whether it repeats, whether it may be missing."""
    table = open_set(guide).profile(PAS_PROFILE + profile) or {"elements": []}
    base = {row["path"]: row for row in (open_set(guide).type("Claim") or {"elements": []})["elements"]}
    for row in table["elements"]:
        path, parts = row["path"], row["path"].split(".")
        if row.get("must") and row.get("slice") and parts[-1] == "extension" and len(parts) in (2, 3):
            url = row["types"][0]["profile"][0].split("|")[0]
            yield parts[1] if len(parts) == 3 else "", "extension", url, True, not row.get("min", 0)
        if row.get("must") and ":" not in row.get("id", "") and len(parts) in (2, 3) and path in base:
            optional = not row.get("min", 0) and not base[path].get("min", 0)
            for kind in base[path].get("types", ()):
                name = parts[-1].replace("[x]", kind["code"][:1].upper() + kind["code"][1:])
                yield parts[1] if len(parts) == 3 else "", name, kind["code"], base[path]["max"] == "*", optional


def variations(profile: str, guide: str, claim: Json) -> Iterator[tuple[str, Json]]:
    """The Claim with each of these elements filled where it was not (extensions by a value of whatever type), and without it where it may be missing."""
    for part, name, kind, repeats, optional in elements(profile, guide):
        filled, without = deepcopy(claim), deepcopy(claim)
        for changed, is_there in ((filled, True), (without, False)):
            holders = [changed] if not part else [each for each in changed.get(part, []) if isinstance(each, dict)]
            for holder in holders:
                if kind.startswith("http") and (is_there or optional):
                    others = [each for each in holder.get("extension", []) if each["url"] != kind]
                    holder["extension"] = [*others, {"url": kind, "valueCodeableConcept": VALUES["CodeableConcept"]}] if is_there else others
                    continue
                if is_there and kind in VALUES and kind != "BackboneElement" and not any(other.startswith(name.rstrip("[x]")) for other in holder):
                    holder[name] = [VALUES[kind]] if repeats else VALUES[kind]
                elif not is_there and optional:
                    holder.pop(name, None)
        for changed in (filled, without):
            if changed != claim:
                yield f"{part}.{name} {kind}", changed


@pytest.mark.requirement("pas-2.0.1:35", "pas-2.0.1:36", "pas-2.2.1:conf-4", "pas-2.2.1:conf-5")
@pytest.mark.parametrize("profile", PROFILES)
def test_no_must_support_element_filled_or_missing_makes_a_request_fail(profile: str, clinic: System) -> None:
    asked, tried = oxygen(clinic), 0
    body = inquiry(asked) if profile.endswith("inquiry") else update(asked)[1] if profile.endswith("update") else request_of(asked)
    operation = "Claim/$inquire" if profile.endswith("inquiry") else "Claim/$submit"
    for what, claim in variations(profile, clinic.guide, body["entry"][0]["resource"]):
        answer = clinic.call("POST", operation, {**body, "entry": [{**body["entry"][0], "resource": claim}, *body["entry"][1:]]})
        assert answer.status_code == 200, f"{what}: {answer.text}"
        assert json.parse(answer.data)["resourceType"] in ("Bundle", "Parameters")
        tried += 1
    assert tried >= 20, "the profile's must-support elements were not found"
    clinic.plan.wrong.clear()  # what is filled in is made up, and the answers echo it as it came
