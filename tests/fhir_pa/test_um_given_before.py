"""What claims tell of a member is read against that member's cases: same service first, and what rests on nothing says so (F33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fhir_pa.um.on_file.given_before import given_before
from fhir_pa.um.on_file.rendered import Rendered
from fhir_pa.um.on_file.status import Standing
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.library import open_shelf
from tests.builders import MEMBER, TODAY, authorization, certify, refer
from tests.fhir_pa.storage_fixtures import CLINIC

OXYGEN, CHAIR = Coding(HCPCS, "E1390"), Coding(HCPCS, "K0861")
LINE = Rendered("C-1", 1, MEMBER, "medicare-advantage", OXYGEN, TODAY, TODAY, CLINIC)


def test_the_same_service_comes_first_and_the_newest_of_each() -> None:
    told = (("A", CHAIR, 0), ("B", OXYGEN, 9), ("C", OXYGEN, 2))
    lines = [replace(LINE, claim=claim, code=code, on=TODAY - timedelta(days=days)) for claim, code, days in told]
    found = given_before(lines, (), [OXYGEN], open_shelf().in_force)
    assert [(each.rendered.claim, each.same_service) for each in found] == [("C", True), ("B", True), ("A", False)]


def test_each_names_the_case_it_rests_on_or_that_none_is_on_file() -> None:
    case = authorization(certify())
    chair = replace(LINE, claim="C-2", code=CHAIR)
    covered, bare = given_before([LINE, chair], [case], [OXYGEN], open_shelf().in_force)
    assert (covered.number, covered.status.standing) == (case.number, Standing.APPROVED)
    assert (bare.number, bare.status.standing) == ("", Standing.NONE)


def test_a_case_still_under_review_leads_to_the_case_though_only_its_reference_is_told() -> None:
    case = authorization(refer(), number="PA0009", reference="PR0009")
    (told,) = given_before([LINE], [case], [], open_shelf().in_force)
    assert (told.status.standing, told.status.number, told.number) == (Standing.PENDED, "PR0009", "PA0009")


def test_what_no_policy_asks_an_authorization_for_is_not_called_missing() -> None:
    in_force = open_shelf().in_force
    free = replace(in_force(LINE.service(), TODAY), authorization="not needed")
    (told,) = given_before([LINE], (), [], lambda service, on: free)
    assert told.status.standing is Standing.NOT_NEEDED and "asked for no authorization" in told.status.says
