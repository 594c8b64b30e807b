"""Every element and code of the coverage information is reachable: from a policy an owner may write, or a configured situation, through a hook call.

The policies are policy.toml text, read as the shelf reads it; each answer keeps the rules and fits its profile.
"""

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cds_hooks.given import Exemption
from cds_hooks.granting import Granted
from cds_hooks.membership import MemberStanding, Standing
from cds_hooks.network import Network, Provider
from cds_hooks.turnaround import Turnaround
from ig_profiles.names import COVERAGE_INFORMATION, NPI, PLACE_OF_SERVICE
from ig_profiles.reading import extensions
from questionnaires.authoring.wording import read_policy
from questionnaires.library import Shelf, Volume
from tests.cds_hooks.builders import OXYGEN_FORM, PATIENT, TODAY, all_told, answered, bundle, call, coverage, device_request, found, house
from tests.cds_hooks.profiles import faults
from tests.cds_hooks.rules import CODES, PURPOSES, broken_rules

DIALECTS = ("2.0", "2.1", "2.2")
PERIOD = {"occurrencePeriod": {"start": "2026-12-01", "end": "2026-12-31"}}
SHOP = {"resourceType": "Organization", "id": "shop", "active": True, "name": "Hazel Oxygen", "identifier": [{"system": NPI, "value": "9000000056"}]}
INSIDE = Network((Provider("9000000007", "Birch Oxygen"),))
CRITERIA = """
certifies = { days = 90, quantity = 2, unit = "each" }
[[edition.criteria]]
id = "low"
title = "Too little oxygen"
fact = "spo2"
at_most = 88
"""


@dataclass(frozen=True)
class Situation:
    """What the policy says, who the member is, what the order says, and what the payer brings."""

    policy: str
    order: dict = field(default_factory=dict)
    hook: str = "order-sign"
    standing: MemberStanding = MemberStanding(Standing.ACTIVE)
    spo2: str | None = None
    more: dict = field(default_factory=dict)
    besides: str = ""


def needed(more="", documentation='["clinical"]'):
    return f'authorization = "needed"\ndocumentation = {documentation}\n{more}'


def free(more="", documentation="[]"):
    return f'authorization = "not needed"\ndocumentation = {documentation}\n{more}'


def standing(which):
    return Situation(needed(), standing=MemberStanding(which))


SITUATIONS = {
    "authorization needed": Situation(needed()),
    "two answer": Situation(needed(documentation='["clinical", "admin"]')),
    "the front desk answers": Situation(needed(documentation='["admin"]')),
    "the patient answers": Situation(needed(documentation='["patient"]')),
    "asked for by the performer": Situation(needed('authorization_asked_by = "performer"')),
    "documentation with the order": Situation(needed('documentation_for = "order"')),
    "documentation with the claim": Situation(free(documentation='["admin"]')),
    "documentation kept in the chart": Situation(free('documentation_for = "chart"', '["clinical"]')),
    "documentation as the reason says": Situation(free('documentation_for = "other"', '["clinical"]')),
    "nothing to ask": Situation(free()),
    "not covered": Situation(free("covered = false")),
    "granted": Situation(needed(CRITERIA), PERIOD, spo2="86", more={"grant": lambda wanted: Granted("PA-1", TODAY, date(2027, 2, 18), Decimal(2), "each")}),
    "measured": Situation(needed(), more={"turnaround": lambda edition, codes: Turnaround(9, timedelta(hours=1), timedelta(days=2))}),
    "gold card": Situation(needed(), more={"exempt": lambda *asked: Exemption("97 % certified", date(2027, 3, 1))}),
    "outside the network only": Situation(needed("authorization_outside_network_only = true"), more={"network": INSIDE}),
    "sent outside": Situation(needed("authorization_outside_network_only = true"), hook="order-dispatch", more={"network": INSIDE}),
    "network unknown": Situation(needed("authorization_outside_network_only = true"), hook="order-dispatch"),
    "shares": Situation(free("share = { in_network = 10, out_of_network = 40 }")),
    "limited": Situation(free('limit = { quantity = 20, unit = "visits" }')),
    "looked at later": Situation(needed("ahead = { concurrent_review_every_days = 7, appropriate_use = true }")),
    "place and time": Situation(needed('awaits = ["place", "time"]')),
    "follows another": Situation(free('depends_on = ["walkers"]'), besides="walkers"),
    "no code": Situation(needed(), {"codeCodeableConcept": {"text": "Oxygen"}}),
    "after the contract": Situation(needed(), PERIOD, standing=MemberStanding(Standing.ACTIVE, until=date(2026, 11, 30))),
    "nobody we know": standing(Standing.UNKNOWN_MEMBER),
    "not active": standing(Standing.NOT_ACTIVE),
    "not singled out": standing(Standing.NOT_SINGLED_OUT),
    "out of reach": standing(Standing.UNREACHABLE),
}
HEAD = """topic = "{topic}"
title = "Home oxygen"
owner = "Medical policy"
source = "Internal criteria"
phone = "555-555-0140"
policy_link = "https://larkfield.example/policies/home-oxygen"
[[edition]]
version = "2026.1"
in_force_from = 2026-01-01
in_force_until = 2026-12-31
signed_by = "Ada Quill, MD, 2025-12-01"
because = "Home oxygen is for too little oxygen in the blood."
services = {{ HCPCS = ["{code}"] }}
"""
CATCH_ALL = 'topic = "anything_else"\ntitle = "Else"\nowner = "o"\nsource = "s"\n[[edition]]\nversion = "1"\nin_force_from = 2000-01-01\n'
CATCH_ALL += 'signed_by = "A"\nauthorization = "needed"\nbecause = "A nurse looks."\n'


def edition(text):
    (wording,), mistakes = read_policy(tomllib.loads(text), "home_oxygen/policy.toml".replace("home_oxygen", tomllib.loads(text)["topic"]))
    assert mistakes == []
    return replace(wording.edition, questionnaire=OXYGEN_FORM if wording.edition.documentation else None)


def shelf(situation):
    texts = [HEAD.format(topic="home_oxygen", code="E1390") + situation.policy, CATCH_ALL]
    texts += [HEAD.format(topic=situation.besides, code="E0130") + free()] if situation.besides else []
    return Shelf(Volume(edition(text), None, None, None, Path()) for text in texts)


def order(named="order-1", billed="E1390", **more):
    return {**device_request(billed, named), **more}


def said(situation, dialect):
    """Every repetition of the answer, and the orders that carry them."""
    given = house(found(situation.spo2) if situation.spo2 else {}, shelf=shelf(situation), **situation.more)
    given = replace(given, member_standing=lambda coverage, patient, on: situation.standing)
    orders = [order(**situation.order)] + ([order("order-2", "E0130")] if situation.besides else [])
    doctor = {"resourceType": "Practitioner", "id": "dr", "identifier": [{"system": NPI, "value": "9000000031"}]}
    prefetch = {"patient": PATIENT, "coverage": bundle(coverage()), "others": bundle(doctor, SHOP)}
    prefetch |= {"orders": bundle(*orders)} if situation.hook == "order-dispatch" else {}
    body, _ = answered(call(situation.hook, *orders, prefetch=prefetch), dialect, given)
    carriers = [action["resource"] for action in body["systemActions"]]
    return [each for carrier in carriers for each in extensions(carrier, COVERAGE_INFORMATION)], carriers


@pytest.mark.requirement("crd-2.2:resp-47")
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_keeps_the_rules_and_its_order_fits_its_profile(name, dialect):
    repetitions, carriers = said(SITUATIONS[name], dialect)
    assert [broken_rules(each, dialect) for each in repetitions] == [set() for _ in repetitions]
    if dialect != "2.1":  # its definitions are not compiled: it is written as 2.2, but for what 2.2 changed
        assert [faults(carrier, dialect) for carrier in carriers] == [[] for _ in carriers]


def everything_said(dialect):
    return [each for situation in SITUATIONS.values() for each in said(situation, dialect)[0]]


def codes(concepts):
    return {coding["code"] for concept in concepts for coding in concept.get("coding", [])}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("element", ["covered", "pa-needed", "doc-needed", "info-needed", "doc-purpose"])
def test_every_code_is_reached(element, dialect):
    reached = {value for each in everything_said(dialect) for value in all_told(each, element)}
    assert reached == (PURPOSES if element == "doc-purpose" else CODES[dialect][element])


@pytest.mark.parametrize(
    ("dialect", "wanted"),
    [
        ("2.0", {"gold-card", "detail-code"}),
        ("2.1", {"gold-card", "detail-code"}),
        ("2.2", {"gold-card", "no-member-found", "no-active-coverage", "coverage-not-found", "auth-out-network", "technical"}),
    ],
)
def test_every_reason_with_a_code_is_reached(dialect, wanted):
    assert {code for each in everything_said(dialect) for code in codes(all_told(each, "reason"))} == wanted


DETAILS = {"allowed-quantity", "allowed-period", "in-network-copay", "out-network-copay", "concurrent-review", "appropriate-use-needed"}
CATEGORIES = {"cat-limitation", "cat-decisional", "cat-other"}


@pytest.mark.parametrize(
    ("dialect", "wanted"),
    [
        ("2.0", DETAILS | {"auth-out-network-only"}),
        ("2.1", DETAILS | {"auth-out-network-only", "policy-link", "instructions"}),
        ("2.2", DETAILS | {"policy-link", "instructions"}),
    ],
)
def test_every_detail_is_reached_in_its_category(dialect, wanted):
    parts = [part["extension"] for each in everything_said(dialect) for part in each["extension"] if part["url"] == "detail"]
    assert {code for part in parts for code in codes(each["valueCodeableConcept"] for each in part if each["url"] == "code")} == wanted
    assert {each["valueCode"] for part in parts for each in part if each["url"] == "category"} == (CATEGORIES if dialect == "2.2" else set())


@pytest.mark.requirement("crd-2.2:conf-5")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_element_is_reached(dialect):
    elements = {"coverage", "covered", "pa-needed", "doc-needed", "doc-purpose", "info-needed", "billingCode", "reason", "detail", "dependency"}
    elements |= {"questionnaire", "date", "coverage-assertion-id", "satisfied-pa-id", "contact"} | (set() if dialect == "2.0" else {"expiry-date"})
    assert {part["url"] for each in everything_said(dialect) for part in each["extension"]} == elements


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("asked for by the performer", "Who performs it sends the request, with the documents."),
        ("place and time", "depends on where it is done and when it is done, which the order does not say yet."),
        ("after the contract", "contracted until 2026-11-30, and Oxygen concentrator is planned for 2026-12-01."),
        ("network unknown", "Ask Larkfield Health Plan who is inside it."),
        ("documentation as the reason says", "Home oxygen is for too little oxygen in the blood."),
    ],
)
def test_what_an_answer_hinges_on_is_told_in_words(name, words):
    (repetition,), _ = said(SITUATIONS[name], "2.2")
    assert words in " ".join(reason["text"] for reason in all_told(repetition, "reason"))


def test_what_was_awaited_and_has_come_is_answered():
    service = device_request()
    awaited, code = SITUATIONS["place and time"], service["codeCodeableConcept"]
    office = {"coding": [{"system": PLACE_OF_SERVICE, "code": "12"}]}
    for come, left in ((PERIOD, ["location"]), ({"locationCode": [office]}, ["timeframe"]), ({**PERIOD, "locationCode": [office]}, [])):
        (repetition,), _ = said(replace(awaited, order={"resourceType": "ServiceRequest", "code": code, **come}), "2.2")
        assert all_told(repetition, "info-needed") == left
