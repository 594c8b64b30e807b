"""The engine certifies or refers; whatever the evidence, it has no third word."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.um.deciding.determination import ADVERSE, Certify, Refer, determine
from questionnaires.criteria import Answer, Circumstances, Criterion, Test, Truth, weigh
from questionnaires.policy import Certifies, Edition
from tests.builders import NOON, TODAY, finding, service

EDITION = Edition(
    topic="home_oxygen",
    version="2026.1",
    title="Home oxygen",
    owner="Medical policy",
    source="invented for this test",
    signed_by="Ada Quill, MD",
    in_force_from=date(2026, 1, 1),
    in_force_until=None,
    lines_of_business=(),
    services=service().codes,
    covered=True,
    authorization="needed",
    documentation=("clinical",),
    because="Home oxygen needs authorization.",
    criteria=(),
    certifies=Certifies(90, Decimal(3), "month"),
    refer_to="physician",
    questionnaire=None,
    phone="555-555-0100",
    policy_link=None,
    fingerprint="f" * 64,
)


def test_every_criterion_met_certifies_from_the_first_day_of_service_for_the_policys_days():
    answer = determine(EDITION, (finding(),), service(on=date(2026, 12, 1)), TODAY)
    assert isinstance(answer, Certify)
    assert (answer.authorized.starts_on, answer.authorized.until) == (date(2026, 12, 1), date(2027, 2, 28))


def test_one_unknown_criterion_refers_and_names_what_is_missing():
    answer = determine(EDITION, (finding(), finding("report", Truth.UNKNOWN, missing=("previous_report",))), service(), TODAY)
    assert isinstance(answer, Refer) and answer.missing == ("previous_report",) and answer.to == "physician"


def test_silence_never_certifies():
    assert isinstance(determine(EDITION, (), service(), TODAY), Refer)
    assert isinstance(determine(replace(EDITION, certifies=None), (finding(),), service(), TODAY), Refer)


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"quantity": Decimal(4), "unit": "month"}, "4 month"), ({"on": TODAY, "until": TODAY + timedelta(days=90)}, "The period asked for ends on")],
)
def test_asking_for_more_than_the_policy_certifies_is_referred_never_shortened(asked, told):
    answer = determine(EDITION, (finding(),), service(**asked), TODAY)
    assert isinstance(answer, Refer) and told in answer.because


truths = st.sampled_from(Truth)


@given(st.lists(truths, max_size=6), st.one_of(st.none(), st.decimals(1, 9, places=0)))
def test_no_evidence_whatever_makes_the_engine_deny_or_reduce(verdicts, quantity):
    findings = tuple(finding(f"c{number}", truth) for number, truth in enumerate(verdicts))
    answer = determine(EDITION, findings, service(quantity=quantity), TODAY)
    determination = answer.determination(NOON)
    assert determination.action not in ADVERSE and determination.signed_by is None
    if isinstance(answer, Certify):
        assert verdicts and set(verdicts) == {Truth.MET}


trees = st.deferred(
    lambda: st.builds(lambda fact: Criterion(fact, fact, test=Test(fact, "is", True)), st.sampled_from("abcd"))
    | st.builds(
        lambda below, group, count: Criterion("group", "group", group=group, at_least=min(count, len(below)), below=tuple(below)),
        st.lists(trees, min_size=1, max_size=3),
        st.sampled_from(("all", "any", "count")),
        st.integers(1, 3),
    )
)


@given(trees, st.dictionaries(st.sampled_from("abcd"), st.booleans()))
def test_unknown_means_that_the_missing_facts_could_still_turn_it_either_way(tree, known):
    day = Circumstances(TODAY, TODAY)

    def truth(facts):
        return weigh(tree, {name: Answer(name, (value,)) for name, value in facts.items()}, day).truth

    now = truth(known)
    hopeful, bleak = truth({**dict.fromkeys("abcd", True), **known}), truth({**dict.fromkeys("abcd", False), **known})
    if now is Truth.UNKNOWN:
        assert {hopeful, bleak} == {Truth.MET, Truth.NOT_MET}
    else:
        assert hopeful is bleak is now
