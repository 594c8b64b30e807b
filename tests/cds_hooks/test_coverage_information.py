"""Whatever can be answered is written within the rules of every guide version."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cds_hooks.answer import (
    Amount,
    AnsweredBy,
    Basis,
    Contact,
    CoverageAnswer,
    Covered,
    Detail,
    Need,
    Particular,
    PriorAuthorization,
    Purpose,
    Reason,
    Span,
    Why,
)
from cds_hooks.coverage_information import write
from cds_hooks.dialect import DIALECTS
from ig_profiles.names import COVERAGE_INFORMATION, CRD_DETAIL_CODES, CRD_TEMP_CODES, HCPCS
from ig_profiles.reading import Coding, many, without_empty
from tests.cds_hooks.builders import all_told, told

BASIS = Basis("DeviceRequest/1", "f" * 64, "Oxygen")
NEEDED = {"covered": Covered.YES, "authorization": PriorAuthorization.NEEDED, "reasons": (Reason("Ask first."),)}


def answer(**parts) -> CoverageAnswer:
    return CoverageAnswer(**{"coverage": "Coverage/cov1", "assertion_id": "a-1", "on": date(2026, 11, 21), "basis": BASIS} | parts)


# --- what can be asked of the writer: every answer that can be built ---------------------------------------------------

REASONS = some.lists(some.builds(Reason, some.text(min_size=1).filter(str.strip), some.none() | some.sampled_from(Why)), max_size=3).map(tuple)
VALUES = {
    Particular.ALLOWED_QUANTITY: some.builds(Amount, some.decimals(0, 999, places=2), some.just("visits")),
    Particular.ALLOWED_PERIOD: some.builds(Span, some.dates(), some.dates()),
    Particular.IN_NETWORK_COPAY: some.builds(Amount, some.decimals(0, 100, places=1), some.just("%")),
    Particular.OUT_NETWORK_COPAY: some.builds(Amount, some.decimals(0, 100, places=1), some.just("%")),
    Particular.CONCURRENT_REVIEW: some.booleans(),
    Particular.APPROPRIATE_USE_NEEDED: some.booleans(),
    Particular.POLICY_LINK: some.just("https://payer.example/policy#a"),
    Particular.INSTRUCTIONS: some.just("Call the desk."),
}
DETAILS = some.lists(
    some.sampled_from(Particular).flatmap(lambda about: some.builds(Detail, some.just(about), VALUES[about], some.none() | some.just("if renewed"))), max_size=3
).map(tuple)


def several(of):
    return some.lists(some.sampled_from(of), unique=True, max_size=3).map(tuple)


@some.composite
def answers(draw) -> CoverageAnswer:
    parts = {
        "covered": draw(some.sampled_from(Covered)),
        "authorization": draw(some.none() | some.sampled_from(PriorAuthorization)),
        "documentation": draw(several(AnsweredBy)),
        "purposes": draw(several(Purpose)),
        "needs": draw(several(Need)),
        "billing_codes": draw(some.sampled_from([(), (Coding(HCPCS, "E1390"),)])),
        "reasons": draw(REASONS),
        "details": draw(DETAILS),
        "dependencies": draw(some.sampled_from([(), ("ServiceRequest/2",)])),
        "questionnaires": draw(some.sampled_from([(), ("https://payer.example/q|1",)])),
        "authorization_number": draw(some.none() | some.just("PA-1")),
        "contact": draw(some.none() | some.just(Contact("Desk", "555-555-0100"))),
        "expires_on": draw(some.none() | some.dates()),
    }
    mended = _mended(parts) if draw(some.booleans()) else parts
    try:
        return answer(**mended)
    except ValueError:
        return answer(**_mended(parts))


def _mended(parts):
    """The nearest answer without contradiction, so that few draws are lost."""
    parts = dict(parts)
    if parts["covered"] is Covered.NO:
        parts |= {"authorization": None, "documentation": ()}
    else:
        parts["authorization"] = parts["authorization"] or PriorAuthorization.NEEDED
    states = (parts["covered"], parts["authorization"])
    conditional = Covered.CONDITIONAL in states or PriorAuthorization.CONDITIONAL in states
    parts["needs"] = (parts["needs"] or (Need.PERFORMER,)) if conditional else ()
    parts["authorization_number"] = "PA-1" if parts["authorization"] is PriorAuthorization.SATISFIED else None
    if parts["authorization"] in (PriorAuthorization.SATISFIED, PriorAuthorization.NOT_NEEDED):
        parts["purposes"] = tuple(each for each in parts["purposes"] if each is not Purpose.WITH_AUTHORIZATION)
    parts["purposes"] = (parts["purposes"] or (Purpose.RETAINED,)) if parts["documentation"] else ()
    parts["questionnaires"] = parts["questionnaires"] if parts["documentation"] else ()
    parts["reasons"] = parts["reasons"] or (Reason("Because."),)
    return parts


# --- the rules ---------------------------------------------------------------------------------------------------------

CARDINALITIES = {
    "2.0": {"doc-needed": 1, "expiry-date": 0},
    "2.1": {},
    "2.2": {},
}
CODES = {
    "2.0": {
        "covered": {"covered", "not-covered", "conditional"},
        "pa-needed": {"no-auth", "auth-needed", "satisfied", "performpa", "conditional"},
        "doc-needed": {"clinical", "admin", "both", "conditional"},
        "info-needed": {"performer", "location", "timeframe", "contract-window", "OTH"},
    },
    "2.1": {
        "covered": {"covered", "not-covered", "conditional"},
        "pa-needed": {"no-auth", "auth-needed", "satisfied", "performpa", "conditional"},
        "doc-needed": {"clinical", "admin", "patient", "conditional"},
        "info-needed": {"performer", "location", "timeframe", "contract-window", "OTH"},
    },
    "2.2": {
        "covered": {"covered", "not-covered", "conditional", "indeterminate"},
        "pa-needed": {"no-auth", "auth-needed", "satisfied", "performpa", "conditional", "indeterminate"},
        "doc-needed": {"clinical", "admin", "patient", "conditional", "indeterminate"},
        "info-needed": {"performer", "location", "timeframe", "contract-window", "detail-code", "OTH"},
    },
}
PURPOSES = {"withpa", "withclaim", "withorder", "retain-doc", "OTH"}
SINGLE = ("coverage", "covered", "pa-needed", "date", "coverage-assertion-id", "satisfied-pa-id", "expiry-date")


def broken_rules(written, dialect):
    """The names of the invariants, in the guides' words (crd.md §1.7.1), that this repetition breaks in any version."""

    def has(name):
        return bool(all_told(written, name))

    states = {value for name in ("covered", "pa-needed", "doc-needed") for value in all_told(written, name)}
    reasons = all_told(written, "reason")
    rules = {
        "q1": not has("questionnaire") or has("doc-needed"),
        "q2": has("pa-needed") != (told(written, "covered") == "not-covered"),
        "q3": has("info-needed") == ("conditional" in states),
        "q4": told(written, "pa-needed") not in ("satisfied", "no-auth") or "withpa" not in all_told(written, "doc-purpose"),
        "q5": has("satisfied-pa-id") == (told(written, "pa-needed") == "satisfied"),
        "q6": "OTH" not in all_told(written, "info-needed") or bool(reasons),
        "q7": all(reason.get("text", "").strip() for reason in reasons),
        "q8": not has("doc-purpose") or bool(reasons),
        "q9": "indeterminate" not in states or bool(reasons),
        "single": all(len(all_told(written, name)) <= 1 for name in SINGLE),
        "required": all(has(name) for name in ("coverage", "covered", "date", "coverage-assertion-id")),
        "cardinality": all(len(all_told(written, name)) <= most for name, most in CARDINALITIES[dialect].items()),
        "codes": all(set(all_told(written, name)) <= known for name, known in CODES[dialect].items()),
        "purposes": set(all_told(written, "doc-purpose")) <= PURPOSES,
        "nothing empty": without_empty(written) == written,
        "repeated codes": all(len(set(all_told(written, name))) == len(all_told(written, name)) for name in ("doc-needed", "info-needed", "doc-purpose")),
    }
    return {name for name, kept in rules.items() if not kept}


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=300, deadline=None)
@given(said=answers())
def test_the_invariants_hold_for_everything_the_writer_can_be_asked(dialect, said):
    written = write(said, dialect)
    assert written["url"] == COVERAGE_INFORMATION
    assert broken_rules(written, dialect) == set()


@settings(max_examples=300, deadline=None)
@given(said=answers())
def test_details_have_a_category_in_2_2_and_none_before(said):
    for dialect in DIALECTS:
        for detail in [part for part in many(write(said, dialect), "extension") if part["url"] == "detail"]:
            names = [part["url"] for part in detail["extension"]]
            assert ("category" in names) == (dialect == "2.2")
            system = next(part for part in detail["extension"] if part["url"] == "code")["valueCodeableConcept"]["coding"][0]["system"]
            assert system == (CRD_DETAIL_CODES if dialect == "2.2" else CRD_TEMP_CODES)
            assert dialect != "2.0" or not any("valueUrl" in part for part in detail["extension"])


# --- contradictions cannot be built ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "mending"),
    [
        ({"covered": Covered.NO, "authorization": PriorAuthorization.NEEDED}, "unless the service is not covered"),
        ({"covered": Covered.YES}, "Say whether prior authorization is needed"),
        ({**NEEDED, "needs": (Need.PERFORMER,)}, "exactly when something depends on it"),
        ({"covered": Covered.CONDITIONAL, "authorization": PriorAuthorization.CONDITIONAL, "reasons": NEEDED["reasons"]}, "what must become known"),
        ({**NEEDED, "authorization": PriorAuthorization.SATISFIED}, "Give an authorization number"),
        ({**NEEDED, "authorization_number": "PA-1"}, "exactly when the authorization is granted"),
        ({**NEEDED, "questionnaires": ("q|1",)}, "only when documentation is asked for"),
        ({**NEEDED, "documentation": (AnsweredBy.CLINICAL,)}, "what documentation is for"),
        (
            {**NEEDED, "authorization": PriorAuthorization.NOT_NEEDED, "documentation": (AnsweredBy.ADMIN,), "purposes": (Purpose.WITH_AUTHORIZATION,)},
            "that nobody needs to make",
        ),
        ({"covered": Covered.UNKNOWN, "authorization": PriorAuthorization.UNKNOWN}, "Give the reason"),
        ({**NEEDED, "reasons": (Reason(" ", Why.TECHNICAL),)}, "in words"),
    ],
)
def test_an_answer_that_contradicts_itself_cannot_be_built(parts, mending):
    with pytest.raises(ValueError, match=mending):
        answer(**parts)


# --- one state table, three manners (crd.md §1.7.4) --------------------------------------------------------------------


def test_what_could_not_be_found_out_is_indeterminate_in_2_2_and_depends_on_other_information_before():
    said = answer(covered=Covered.UNKNOWN, authorization=PriorAuthorization.UNKNOWN, reasons=(Reason("Records are down.", Why.TECHNICAL),))
    new, old = write(said, "2.2"), write(said, "2.0")
    assert (told(new, "covered"), told(new, "pa-needed"), all_told(new, "info-needed")) == ("indeterminate", "indeterminate", [])
    assert all_told(new, "reason")[0]["coding"][0]["code"] == "technical"
    assert (told(old, "covered"), told(old, "pa-needed"), all_told(old, "info-needed")) == ("conditional", "conditional", ["OTH"])
    assert all_told(old, "reason") == [{"text": "Records are down."}]


def test_documentation_by_several_is_repeated_later_and_both_in_2_0():
    said = answer(**NEEDED, documentation=(AnsweredBy.CLINICAL, AnsweredBy.ADMIN), purposes=(Purpose.WITH_AUTHORIZATION,))
    assert all_told(write(said, "2.2"), "doc-needed") == ["clinical", "admin"]
    assert all_told(write(said, "2.1"), "doc-needed") == ["clinical", "admin"]
    assert all_told(write(said, "2.0"), "doc-needed") == ["both"]


def test_what_the_patient_answers_reaches_a_2_0_client_through_the_front_desk():
    said = answer(**NEEDED, documentation=(AnsweredBy.PATIENT,), purposes=(Purpose.WITH_AUTHORIZATION,))
    assert all_told(write(said, "2.0"), "doc-needed") == ["admin"]
    assert all_told(write(said, "2.2"), "doc-needed") == ["patient"]


def test_a_missing_detailed_code_is_info_needed_in_2_2_and_a_reason_before():
    reasons = (Reason("Which scanner?"),)
    said = answer(covered=Covered.CONDITIONAL, authorization=PriorAuthorization.CONDITIONAL, needs=(Need.DETAIL_CODE,), reasons=reasons)
    assert all_told(write(said, "2.2"), "info-needed") == ["detail-code"]
    assert all_told(write(said, "2.0"), "info-needed") == ["OTH"]
    assert all_told(write(said, "2.0"), "reason")[0]["coding"] == [{"system": CRD_TEMP_CODES, "code": "detail-code"}]


def test_out_of_network_is_a_reason_in_2_2_and_a_detail_before():
    reasons = (Reason("Only outside the network.", Why.OUT_OF_NETWORK),)
    said = answer(covered=Covered.YES, authorization=PriorAuthorization.CONDITIONAL, needs=(Need.PERFORMER,), reasons=reasons)
    assert all_told(write(said, "2.2"), "reason")[0]["coding"][0]["code"] == "auth-out-network"
    detail = next(part for part in write(said, "2.0")["extension"] if part["url"] == "detail")
    assert detail["extension"][0]["valueCodeableConcept"]["coding"] == [{"system": CRD_TEMP_CODES, "code": "auth-out-network-only"}]
    assert detail["extension"][1]["valueBoolean"] is True


def test_expiry_and_instructions_are_told_in_words_where_no_element_exists():
    said = answer(**NEEDED, expires_on=date(2026, 12, 31), details=(Detail(Particular.INSTRUCTIONS, "Measure on room air."),))
    assert told(write(said, "2.1"), "expiry-date") == told(write(said, "2.2"), "expiry-date") == "2026-12-31"
    assert [reason["text"] for reason in all_told(write(said, "2.0"), "reason")] == [
        "Ask first.",
        "Measure on room air.",
        "This answer holds until 2026-12-31.",
    ]


def test_the_policy_link_is_a_url_from_2_1_on_and_left_to_the_card_before():
    said = answer(**NEEDED, details=(Detail(Particular.POLICY_LINK, "https://payer.example/p#a"),))
    for dialect in ("2.1", "2.2"):
        detail = next(part for part in write(said, dialect)["extension"] if part["url"] == "detail")
        assert detail["extension"][-1] == {"url": "value", "valueUrl": "https://payer.example/p#a"}
    assert "detail" not in [part["url"] for part in write(said, "2.0")["extension"]]


def test_whom_to_ask_is_a_contact_point_before_2_2_and_a_contact_detail_after():
    said = answer(**NEEDED, contact=Contact("Oxygen desk", "555-555-0140"))
    phone = {"system": "phone", "value": "555-555-0140"}
    for dialect in ("2.0", "2.1"):
        assert {"url": "contact", "valueContactPoint": phone} in write(said, dialect)["extension"]
    assert {"url": "contact", "valueContactDetail": {"name": "Oxygen desk", "telecom": [phone]}} in write(said, "2.2")["extension"]


def test_amounts_keep_their_digits():
    said = answer(**NEEDED, details=(Detail(Particular.ALLOWED_QUANTITY, Amount(Decimal("2.50"), "L")),))
    detail = next(part for part in write(said, "2.2")["extension"] if part["url"] == "detail")
    assert str(detail["extension"][-1]["valueQuantity"]["value"]) == "2.50"


def test_the_rules_of_this_test_notice_what_they_are_for():
    written = write(answer(**NEEDED, documentation=(AnsweredBy.CLINICAL,), purposes=(Purpose.WITH_AUTHORIZATION,), questionnaires=("q|1",)), "2.2")

    def without(name):
        return {**written, "extension": [part for part in written["extension"] if part["url"] != name]}

    assert broken_rules(without("doc-needed"), "2.2") == {"q1"}
    assert broken_rules(without("pa-needed"), "2.2") == {"q2"}
    assert broken_rules(without("reason"), "2.2") == {"q8"}
    assert broken_rules(without("date"), "2.2") == {"required"}
    assert broken_rules({**written, "extension": [*written["extension"], {"url": "info-needed", "valueCode": "location"}]}, "2.2") == {"q3"}
    assert broken_rules({**written, "extension": [*written["extension"], {"url": "satisfied-pa-id", "valueString": "1"}]}, "2.2") == {"q5"}
