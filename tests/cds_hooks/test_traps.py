"""The traps of ``traps.py`` that no other test watches, on the clinician's floor; and that every trap is watched by some test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cds_hooks.card import Action, Draft, Source, Suggestion, shortened, worded
from cds_hooks.configuration import DUPLICATE
from cds_hooks.dialect import DIALECTS
from cds_hooks.membership import Standing
from cds_hooks.moments import day
from cds_hooks.prefetch import PAGES, complete
from cds_hooks.services import HOOKS
from ig_profiles.json import dump
from ig_profiles.names import COVERAGE_INFORMATION, HCPCS
from ig_profiles.outcome import Unavailable
from ig_profiles.reading import Json, many
from tests.cds_hooks.builders import OXYGEN_FORM, PATIENT, all_told, answered, bundle, call, coverage, device_request, found, heard, house, only, told
from tests.cds_hooks.traps import TRAPS, proofs

VISIT: Json = {"resourceType": "Appointment", "id": "order-1", "status": "proposed", "serviceType": [{"coding": [{"system": HCPCS, "code": "E1390"}]}]}
STAY: Json = {"resourceType": "Encounter", "id": "order-1", "status": "planned", "class": {"code": "IMP"}}
EHR = "https://ehr.example/fhir"
SOURCE = Source("Larkfield Health Plan", "https://larkfield.example", "555-555-0100")


def test_every_trap_is_watched_and_no_other_number_is_borne() -> None:
    assert sorted(TRAPS) == list(range(1, 47))
    assert sorted(set(TRAPS) - set(proofs())) == [], "mark the test that notices the trap with @pytest.mark.trap(number), or write it"
    assert sorted(set(proofs()) - set(TRAPS)) == [], "correct the number"


def any_call(hook: str, **more: Any) -> Json:
    """A call of this hook about one thing, everything at hand."""
    subject = VISIT if hook == "appointment-book" else STAY if hook.startswith("encounter") else device_request()
    prefetch = {"patient": PATIENT, "coverage": bundle(coverage()), "orders": bundle(subject)}
    return call(hook, subject, prefetch=prefetch, context={"encounterId": "order-1"} if hook.startswith("encounter") else {}, **more)


def down(*_: object) -> Any:
    raise Unavailable("down")


@pytest.mark.trap(1)
@pytest.mark.parametrize(("hook", "dialect"), list(product([hook.name for hook in HOOKS], DIALECTS)))
def test_coverage_information_comes_as_a_system_action_and_nothing_of_it_in_a_card(hook: str, dialect: str) -> None:
    body, _ = answered(any_call(hook), dialect)
    assert [action["type"] for action in body["systemActions"]] == ["update"]
    assert body["cards"] != [] or hook.startswith("encounter"), "no card, nothing tested"
    written = dump(body["cards"])
    for word in (COVERAGE_INFORMATION, "auth-needed", "coverage-assertion-id", "pa-needed"):
        assert word.encode() not in written


@pytest.mark.trap(4)
@pytest.mark.parametrize("standing", [*Standing, None])
@pytest.mark.parametrize("hook", ["order-sign", "order-dispatch", "appointment-book"])
def test_a_primary_hook_is_answered_with_cards_and_actions_however_little_there_is_to_say(hook: str, standing: Standing | None) -> None:
    given = house(member_standing=down, facts=down) if standing is None else house(standing=standing)
    for dialect in ("2.0",) if standing in (Standing.ANOTHER_PAYER, Standing.NOT_SINGLED_OUT) else DIALECTS:
        body, _ = answered(any_call(hook), dialect, given)
        assert isinstance(body["cards"], list)
        assert [action["description"] != "" for action in body["systemActions"]] == [True]


class Pages:
    """An EHR that gives its Observations one a page, each page leading to the next by an absolute link, and remembers what it was asked."""

    def __init__(self, pages: int, base: str = EHR) -> None:
        self.pages, self.base, self.asked = pages, base, list[str]()

    def page(self, number: int) -> Json:
        """One page."""
        told: Json = {**bundle({"resourceType": "Observation", "id": f"o{number}"}), "type": "searchset", "link": [{"relation": "self", "url": self.base}]}
        if number < self.pages:
            told["link"].append({"relation": "next", "url": f"{self.base}?_getpages=abc&page={number + 1}"})
        return told

    def __call__(self, query: str) -> Json | None:
        self.asked.append(query)
        if query.startswith("Observation?"):
            return self.page(1)
        return self.page(int(query.rsplit("=", 1)[1])) if query.startswith("?_getpages=") else None


def seen(pages: Pages, **more: Any) -> tuple[list[str], str]:
    """Which Observations the facts of the policy see, and the reason told."""
    met: list[str] = []

    def facts(edition: object, resources: Any) -> Any:
        met.extend(each["id"] for each in resources if each["resourceType"] == "Observation")
        return found(None)

    return met, told(only(call(fhirServer=EHR, **more), given=house(facts=facts, fetch=pages)), "reason")


@pytest.mark.trap(14)
def test_a_search_is_followed_to_its_last_page() -> None:
    assert seen(Pages(3)) == (["o1", "o2", "o3"], seen(Pages(1))[1])


@pytest.mark.trap(14)
def test_a_prefetched_search_that_goes_on_is_followed_too() -> None:
    pages = Pages(3)
    prefetch = {"patient": PATIENT, "coverage": bundle(coverage()), "vitals": pages.page(1)}
    request = complete(heard(call(prefetch=prefetch, fhirServer=EHR)), pages)
    assert [entry.resource["id"] for entry in request.index.of_type("Observation")] == ["o1", "o2", "o3"]


@pytest.mark.trap(14, 38)
def test_a_page_that_leads_elsewhere_or_never_ends_is_told_and_not_followed() -> None:
    elsewhere = Pages(3, "https://elsewhere.example/fhir")
    assert "The EHR did not give every page of Observation." in seen(elsewhere)[1]
    assert not any("elsewhere" in query for query in elsewhere.asked)
    endless = Pages(1000)
    assert len(seen(endless)[0]) == PAGES and "did not give every page" in seen(endless)[1]


@pytest.mark.trap(19)
@pytest.mark.parametrize(
    "system",
    [
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "https://bluebutton.cms.gov/resources/codesystem/hcpcs",
        "urn:oid:2.16.840.1.113883.6.285",
    ],
)
def test_a_billing_code_is_known_under_every_spelling_of_its_system_and_echoed_as_it_came(system: str) -> None:
    order = device_request(codeCodeableConcept={"coding": [{"system": system, "code": "E1390"}]})
    body, _ = answered(call("order-sign", order))
    assert body["systemActions"][0]["resource"]["codeCodeableConcept"] == order["codeCodeableConcept"]
    repetition = only(call("order-sign", order))
    assert all_told(repetition, "questionnaire") == [OXYGEN_FORM] and all_told(repetition, "billingCode") == [{"system": system, "code": "E1390"}]


@pytest.mark.trap(27)
@given(some.text(min_size=1, max_size=400))
def test_a_summary_is_counted_in_characters_and_keeps_its_words(words: str) -> None:
    short = shortened(words)
    assert len(short) < 140
    whole = words.split()
    if short.endswith(" …") and short[:-2].split() != whole[:1]:
        kept = short[:-2].split()
        assert kept[:-1] == whole[: len(kept) - 1], "only the end is cut"


@pytest.mark.trap(27)
def test_letters_of_several_bytes_cost_no_words() -> None:
    assert len(shortened("x" * 140)) < 140 and len(shortened("wo " * 46 + "rd")) < 140
    assert shortened("ö" * 139) == "ö" * 139
    assert shortened(f"{'ö' * 70} {'ß' * 75}") == f"{'ö' * 70} …"


@pytest.mark.trap(28)
@pytest.mark.parametrize("hook", [hook.name for hook in HOOKS])
def test_a_system_action_updates_only_what_the_call_is_about(hook: str) -> None:
    bystander = device_request("E0431", "bystander")
    body = any_call(hook)
    body["prefetch"]["others"] = bundle(bystander)
    actions = answered(body)[0]["systemActions"]
    assert [action["resource"]["id"] for action in actions] == ["order-1"]
    assert [("resourceId" in action, action["type"]) for action in actions] == [(False, "update")]


def suggested(*suggestions: Suggestion, dialect: Any = "2.2", **more: Any) -> Json:
    """A card with these suggestions, as it is written."""
    draft = Draft(DUPLICATE, "insurance.j2", {"payer": "Larkfield", "phone": None}, answered(call())[1], suggestions=suggestions, **more)
    return worded(draft, SOURCE, dialect, "instance-1")


@pytest.mark.trap(28)
def test_a_delete_names_its_resource_by_type_and_id_and_carries_none() -> None:
    gone = Action("delete", "Take the first order away", resource_id="DeviceRequest/order-1")
    (action,) = suggested(Suggestion("Drop it", (gone,)))["suggestions"][0]["actions"]
    assert action == {"type": "delete", "description": "Take the first order away", "resourceId": "DeviceRequest/order-1"}
    for wrong in ({"resource": device_request()}, {"resource": device_request(), "resource_id": "DeviceRequest/order-1"}, {}):
        with pytest.raises(ValueError, match="A delete action needs resource_id and no resource"):
            Action("delete", "Wrong", **wrong)


@pytest.mark.requirement("crd-2.2:resp-3", "crd-2.0.1:77", "cds-hooks-2.0:119", "cds-hooks-2.0:96")
@pytest.mark.trap(29)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_suggestions_have_uuids_of_their_own_actions_and_a_way_to_choose(dialect: str) -> None:
    change = Action("update", "Change the amount", device_request())
    card = suggested(Suggestion("One", (change,)), Suggestion("Two", (change,)), dialect=dialect)
    assert card["selectionBehavior"] == "at-most-one"
    assert len({each["uuid"] for each in card["suggestions"]} | {card["uuid"]}) == 3
    assert all(each["label"] and each["actions"] for each in card["suggestions"])
    with pytest.raises(ValueError, match="changes nothing"):
        Suggestion("Nothing", ())
    assert "selectionBehavior" not in suggested(dialect=dialect)


@pytest.mark.trap(41)
@pytest.mark.parametrize("when", ["2024", "2024-05", "2024-05-04T23:30:00-05:00", "24th of May", "", 7, None, {"start": 1}])
def test_a_date_of_any_precision_or_kind_is_read_or_passed_over(when: Any) -> None:
    order = device_request(authoredOn=when, occurrenceDateTime=when, occurrencePeriod={"start": when, "end": when})
    repetition = only(call("order-sign", {key: value for key, value in order.items() if value is not None}))
    assert told(repetition, "date") == "2026-11-21"


@pytest.mark.trap(41)
def test_a_year_or_a_month_stands_for_its_first_day_or_its_last() -> None:
    assert (day("2024"), day("2024", last=True)) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (day("2024-02"), day("2024-02", last=True)) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.trap(44)
def test_what_one_call_asks_for_does_not_show_in_the_answer_to_the_next() -> None:
    plain = answered(call())
    switched = call(extension={"davinci-crd.configuration": {"coverage-info": False, "max-cards": 0}})
    assert answered(switched)[0] == {"cards": []}
    answered(call("order-sign", device_request("X0001")), "2.0", house(standing=Standing.UNKNOWN_MEMBER))
    assert answered(call()) == plain


@pytest.mark.requirement("cds-hooks-2.0:3")
@pytest.mark.trap(26)
@pytest.mark.parametrize(("hook", "dialect"), list(product([hook.name for hook in HOOKS], DIALECTS)))
def test_no_hook_writes_a_null_or_anything_empty_but_its_list_of_cards(hook: str, dialect: str) -> None:
    body, _ = answered(any_call(hook), dialect, house(found("86")))
    assert _holes(body) == []
    assert _holes({"cards": [], "systemActions": []}) == ["systemActions"], "the test would notice"


def _holes(node: Any, path: str = "") -> list[str]:
    if isinstance(node, dict):
        inner = [hole for key, value in node.items() for hole in _holes(value, f"{path}.{key}".lstrip("."))]
        return inner if node else [path]
    if isinstance(node, list):
        inner = [hole for position, value in enumerate(node) for hole in _holes(value, f"{path}[{position}]")]
        return inner if node or path == "cards" else [path]
    return [path] if node is None or node == "" else []


@pytest.mark.trap(2)
def test_an_order_comes_back_with_its_digits_and_its_order_of_elements() -> None:
    order = device_request(extension=[{"url": "http://ehr.example/n", "valueDecimal": Decimal("100.00")}], zebra={"odd": [1, {"x": Decimal("1E+2")}]})
    back = answered(call("order-sign", order))[0]["systemActions"][0]["resource"]
    ours = {"extension": [item for item in many(back, "extension") if item["url"] != COVERAGE_INFORMATION]}
    assert dump({**back, **ours}) == dump(order)
