"""Stories of one authorization, told to the heart directly."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import EventKind, State, follow
from fhir_pa.um.deciding.determination import Authorized, Determination, EditionReference, ReviewAction
from fhir_pa.um.deciding.request import CertificationType, Follows
from ig_profiles.names import HCPCS
from ig_profiles.outcome import Conflict, Forbidden, NotFound, Unprocessable
from ig_profiles.reading import Coding
from questionnaires.criteria import Truth
from tests.builders import NOON, TODAY, authorization, certify, finding, item, nurse, physician, refer, request, service

LATER = NOON + timedelta(hours=4)


def deny(*items, **given):
    told = {"because": "The saturation is above what the coverage rule names.", "criteria": ("saturation",), "reason_codes": ("0F",), "phone": "555-555-0142"}
    return Decision(items or (1,), Verdict.DENY, **{**told, **given})


def certified(*items, **given):
    return Decision(items or (1,), Verdict.CERTIFY, **{"because": "The chart shows daily desaturation.", **given})


def test_a_case_the_engine_certifies_is_final_at_once_and_names_nobody():
    case = authorization(certify())
    assert case.is_final and case.action is ReviewAction.CERTIFIED
    assert not case.item(1).determination.by_a_person


def test_a_case_the_engine_refers_is_pended_in_the_same_exchange():
    case = authorization(refer())
    assert case.action is ReviewAction.PENDED and [item.sequence for item in case.pended] == [1]
    assert case.item(1).state is State.IN_REVIEW_PHYSICIAN


def test_one_certified_and_one_pended_item_make_a_pended_case():
    assert authorization(certify(), refer()).action is ReviewAction.PENDED


def test_a_mixture_of_final_decisions_is_certified_partial():
    case = authorization(certify(), refer()).decide(deny(2), physician(), LATER)
    assert case.is_final and case.action is ReviewAction.PARTIAL


def test_a_physician_may_deny_and_the_decision_bears_reason_phone_and_licence():
    denial = authorization(refer()).decide(deny(), physician(), LATER).item(1).determination
    assert denial.action is ReviewAction.NOT_CERTIFIED
    assert denial.signed_by and denial.signed_by.licence == "OH MD-0142"
    assert denial.phone == "555-555-0142" and denial.criteria == ("saturation",)


def test_a_nurse_may_certify_but_not_deny():
    case = authorization(refer(to="nurse"))
    assert case.decide(certified(), nurse(), LATER).is_final
    with pytest.raises(Forbidden, match="Refer the item instead"):
        case.decide(deny(), nurse(), LATER)


def test_a_physician_whose_licence_ran_out_may_not_deny():
    with pytest.raises(Forbidden, match="no licence that is valid on 2026-11-20"):
        authorization(refer()).decide(deny(), physician(licence_until=date(2026, 11, 19)), LATER)


@pytest.mark.parametrize(
    ("left_out", "mend"),
    [({"because": " "}, "one plain sentence"), ({"reason_codes": ()}, "a reason code"), ({"criteria": ()}, "Choose from: saturation")],
)
def test_an_adverse_decision_without_its_parts_is_refused_and_says_which(left_out, mend):
    with pytest.raises(Unprocessable, match=mend):
        authorization(refer()).decide(deny(**left_out), physician(), LATER)


def test_an_adverse_decision_needs_a_phone_number_from_somebody():
    with pytest.raises(Unprocessable, match="Give a phone number"):
        authorization(refer()).decide(deny(phone=None), physician(phone=None), LATER)


def test_a_determination_that_takes_away_cannot_even_be_built_unsigned():
    for action in (ReviewAction.NOT_CERTIFIED, ReviewAction.MODIFIED, ReviewAction.PARTIAL):
        with pytest.raises(Forbidden, match="Only a named physician"):
            Determination(action, "No.", NOON, reason_codes=("0F",), phone="555-555-0100", authorized=Authorized(TODAY, TODAY))


def test_a_criterion_nobody_weighed_cannot_carry_a_denial():
    with pytest.raises(Unprocessable, match="'weather' is no criterion of this item"):
        authorization(refer()).decide(deny(criteria=("weather",)), physician(), LATER)


def test_a_denial_is_not_decided_twice():
    denied = authorization(refer()).decide(deny(), physician(), LATER)
    with pytest.raises(Conflict, match="What may follow: appeal filed, reviewer reopened"):
        denied.decide(certified(), physician(), LATER)


def test_several_items_are_decided_all_or_none():
    case = authorization(refer(), certify())
    with pytest.raises(Conflict):
        case.decide(deny(1, 2), physician(), LATER)
    assert case.item(1).state is State.IN_REVIEW_PHYSICIAN


def test_an_unknown_item_is_named_with_those_that_exist():
    with pytest.raises(NotFound, match="Its items are 1"):
        authorization(refer()).decide(deny(7), physician(), LATER)


def test_new_evidence_lets_the_engine_certify_what_was_pended():
    case = authorization(refer()).receive_evidence({1: certify()}, "received-2", "oakwood-ehr", "chest CT report", LATER)
    assert case.item(1).state is State.CERTIFIED_BY_ENGINE and case.received == ("received-1", "received-2")


def test_new_evidence_never_turns_a_denial_by_itself():
    denied = authorization(refer()).decide(deny(), physician(), LATER)
    after = denied.receive_evidence({1: certify()}, "received-2", "oakwood-ehr", "chest CT report", LATER)
    assert after.item(1).determination == denied.item(1).determination
    assert after.trail[-1].what == "evidence received"


def test_a_reopened_denial_is_pended_again_and_can_be_certified_with_its_history_kept():
    denied = authorization(refer()).decide(deny(), physician(), LATER)
    fresh = {1: certify(finding("report"))}
    reopened = denied.reopen((1,), physician(person="vale", name="Ines Vale, MD"), "The April report arrived.", fresh, LATER)
    assert [each.criterion for each in reopened.item(1).determination.findings] == ["report"]
    assert reopened.action is ReviewAction.PENDED
    final = reopened.decide(certified(), physician(person="vale", name="Ines Vale, MD"), LATER)
    assert final.action is ReviewAction.CERTIFIED
    assert [d.action for d in final.item(1).earlier] == [ReviewAction.PENDED, ReviewAction.NOT_CERTIFIED, ReviewAction.PENDED]


def test_what_a_person_denied_is_not_certified_by_reopening_alone():
    denied = authorization(refer()).decide(deny(), physician(), LATER)
    assert denied.reopen((1,), physician(), "The April report arrived.", {1: certify()}, LATER).action is ReviewAction.PENDED


def test_only_a_changed_determination_is_news_for_the_provider():
    denied = authorization(refer()).decide(deny(), physician(), LATER)
    with_evidence = denied.receive_evidence({}, "received-2", "oakwood-ehr", "chest CT report", LATER)
    assert not with_evidence.answers_differently(denied)
    assert denied.answers_differently(authorization(refer()))


def test_a_reviewers_certification_without_a_period_holds_for_the_policys_days():
    case = authorization(refer())
    pended = replace(case.item(1).determination, edition=EditionReference("home_oxygen", "2026.1", "0" * 64, days=90))
    case = replace(case, items=(replace(case.item(1), determination=pended),))
    authorized = case.decide(certified(), physician(), LATER).item(1).determination.authorized
    assert authorized and (authorized.until - authorized.starts_on).days == 89


def test_a_certified_item_is_not_reopened_to_take_it_away():
    with pytest.raises(Conflict, match="does not follow"):
        authorization(certify()).reopen((1,), physician(), "Second thoughts.", {1: refer()}, LATER)


def test_every_act_raises_the_revision_and_lengthens_the_trail():
    case = authorization(refer())
    after = case.decide(certified(), physician(), LATER)
    assert after.revision == case.revision + 1 and after.trail[: len(case.trail)] == case.trail


def update(*items, **given):
    return request(*items, **{"follows": Follows(), **given})


def test_an_update_decides_what_was_added_and_keeps_what_did_not_change():
    case = authorization(certify())
    wish = update(item(1), item(2, "E0431"))
    assert [changed.sequence for changed in case.to_weigh(wish)] == [2]
    after = case.revise(wish, {2: refer()}, "received-2", "oakwood-ehr", LATER)
    assert after.item(1).determination == case.item(1).determination
    assert after.item(2).determination.action is ReviewAction.PENDED and after.submission == "received-2"


def test_an_update_that_changes_a_certified_item_weighs_it_anew():
    case = authorization(certify())
    wish = update(replace(item(1), service=service(until=date(2027, 11, 1))))
    after = case.revise(wish, {asked.sequence: refer() for asked in case.to_weigh(wish)}, "received-2", "oakwood-ehr", LATER)
    assert after.action is ReviewAction.PENDED and after.item(1).earlier[-1].action is ReviewAction.CERTIFIED


def test_an_update_that_brings_missing_evidence_lets_the_engine_certify_what_was_pended():
    case = authorization(certify(), refer())
    wish = update(item(1), item(2))
    assert [asked.sequence for asked in case.to_weigh(wish)] == [2]
    after = case.revise(wish, {2: certify()}, "received-2", "oakwood-ehr", LATER)
    assert after.is_final and after.item(2).state is State.CERTIFIED_BY_ENGINE


def test_weighing_anew_without_news_leaves_the_item_where_it_is():
    case = authorization(refer())
    after = case.receive_evidence({1: refer()}, "received-2", "oakwood-ehr", "a photograph", LATER)
    assert after.item(1) == case.item(1) and not after.answers_differently(case)


def test_a_cancelled_item_stays_on_file_as_cancelled():
    case = authorization(certify(), refer())
    after = case.revise(update(item(1), item(2, cancelled=True)), {}, "received-2", "oakwood-ehr", LATER)
    assert after.item(2).state is State.CANCELLED and after.action is ReviewAction.CERTIFIED


def test_cancel_all_cancels_with_or_without_items():
    for items in ((), (item(1), item(2))):
        wish = replace(update(*items or (item(1),), certification_type=CertificationType.CANCEL), items=items)
        after = authorization(certify(), refer()).revise(wish, {}, "received-2", "oakwood-ehr", LATER)
        assert after.action is ReviewAction.CANCELLED and after.is_final


def test_nothing_is_updated_after_a_denial():
    denied = authorization(refer()).decide(deny(), physician(), LATER)
    with pytest.raises(Conflict, match="Submit a new request, or appeal"):
        denied.revise(update(item(1)), {}, "received-2", "oakwood-ehr", LATER)


def test_no_event_leads_from_a_cancelled_item_anywhere():
    for event in EventKind:
        with pytest.raises(Conflict):
            follow(State.CANCELLED, event, 1)


def test_findings_travel_with_the_signed_decision():
    case = authorization(refer(finding("saturation", Truth.NOT_MET), finding("order")))
    assert [f.criterion for f in case.decide(deny(), physician(), LATER).item(1).determination.findings] == ["saturation", "order"]


def test_an_update_that_changes_only_a_modifier_is_weighed_anew():
    case = authorization(certify())
    wish = update(replace(item(1), modifiers=(Coding(HCPCS, "RR"),)))
    assert [asked.sequence for asked in case.to_weigh(wish)] == [1]
