"""What a proof holds: everything a decision rests on, in one text, so that the same facts always give the same answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.storage import document
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import determine
from fhir_pa.um.proving import proof
from fhir_pa.um.proving.chain import KeptLink, first_broken
from ig_profiles.fingerprint import canonical, fingerprint
from ig_profiles.json import parse
from ig_profiles.reading import Coding, Json
from questionnaires.criteria import Answer, Answers, Circumstances, Criterion, Evidence, Test, Truth, facts_tested
from questionnaires.library import open_shelf
from questionnaires.policy import Edition, RequestedService
from tests.builders import NOON, TODAY, authorization, certify, finding, item, physician, refer, request, service

SEEN = Evidence("spo2", "86 %", "Observation/1", "value", "2026-11-16", "2026-11-17", "auto", "a" * 64)
DENIAL = Decision((1,), Verdict.DENY, "Above the limit.", ("saturation",), ("0V",), "555-555-0142")


def link(case: Authorization, previous: str = "", answered: dict[int, int] | None = None) -> Json:
    return proof.link(case, previous, "d" * 64, {}, answered or {}, "1.0")


# --- what it tells ----------------------------------------------------------------------------------------------------
def test_the_engines_answer_is_told_with_service_wording_facts_and_evidence() -> None:
    asked = request(item(service=service(quantity=Decimal("1.50"), unit="unit", on=TODAY)))
    (told,) = link(authorization(certify(finding(evidence=(SEEN,))), request=asked))["determinations"]
    assert told["service"]["quantity"] == "1.50" and told["service"]["on"] == TODAY.isoformat()
    assert told["facts"] == [vars(SEEN)] and told["findings"][0]["facts"] == ["spo2"]
    assert told["policy"] == {"topic": "home_oxygen", "version": "2026.1", "fingerprint": "0" * 64}
    assert told["decided_by"] == {"kind": "engine"} and told["outcome"]["authorized"]["until"] == "2027-02-17"


def test_no_words_of_a_code_system_are_kept_only_codes() -> None:
    asked = request(item(service=service(diagnoses=(Coding("http://hl7.org/fhir/sid/icd-10-cm", "J96.11", "words of others"),))))
    assert b"words of others" not in canonical(link(authorization(request=asked)))


def test_a_persons_determination_is_told_with_the_credentials_of_that_moment() -> None:
    denied = authorization().decide(DENIAL, physician(), NOON + timedelta(hours=1))
    (told,) = link(denied, answered={1: 1})["determinations"]
    assert (told["position"], told["decided_by"]["licence"], told["decided_by"]["role"]) == (2, "OH MD-0142", "physician")
    assert told["outcome"]["reason_codes"] == ["0V"] and told["outcome"]["criteria"] == ["saturation"]


def test_a_reopening_is_a_persons_act_although_nobody_signs_it() -> None:
    denied = authorization().decide(DENIAL, physician(), NOON)
    reopened = denied.reopen((1,), physician(), "New evidence.", {1: refer()}, NOON + timedelta(days=1))
    assert link(reopened, answered={1: 2})["determinations"][0]["decided_by"] == {"kind": "person", "person": "quill"}


def test_a_pend_before_the_engine_was_done_says_that_nothing_was_weighed() -> None:
    late = authorization(replace(refer(), findings=(), awaits_engine=True))
    assert [each["weighed"] for each in (*link(late)["determinations"], *link(authorization())["determinations"])] == [False, True]


def test_each_determination_stands_in_one_link() -> None:
    case = authorization(certify(), refer())
    denied = case.decide(replace(DENIAL, items=(2,)), physician(), NOON)
    both = [link(case), link(denied, answered={1: 1, 2: 1})]
    assert [[(each["item"], each["position"]) for each in said["determinations"]] for said in both] == [[(1, 1), (2, 1)], [(2, 2)]]


# --- where a replay differs -------------------------------------------------------------------------------------------
def told(*findings: Any) -> Json:
    (said,) = link(authorization(certify(*findings)))["determinations"]
    return dict(said)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (finding(evidence=(SEEN,), truth=Truth.NOT_MET), "Criterion 'saturation' was met; replayed it is not met."),
        (finding(), "'spo2' rested on Observation/1, which is not found any more."),
        (finding(evidence=(replace(SEEN, sha256="b" * 64),)), "'spo2' was 86 % by Observation/1; replayed it is 86 %, or the resource differs"),
        (finding(evidence=(SEEN, replace(SEEN, resource="Observation/2"))), "'spo2' rests on Observation/2 now, which did not count before."),
        (replace(finding(evidence=(SEEN,)), because="Otherwise."), "The findings are worded otherwise than those on file."),
    ],
)
def test_a_difference_is_told_in_a_sentence(now: Any, words: str) -> None:
    before = told(finding(evidence=(SEEN,)))
    assert proof.differences(before, before) == ()
    assert any(words in each for each in proof.differences(before, told(now)))


def test_another_outcome_from_the_same_findings_is_told() -> None:
    before = told(finding())
    other = {**before, "outcome": {**before["outcome"], "because": "For another reason."}}
    (difference,) = proof.differences(before, other)
    assert difference.startswith("The answer was 'certified in total until 2027-02-17: Every criterion is met.';")
    assert difference.endswith("replayed it is 'certified in total until 2027-02-17: For another reason.'.")


# --- same facts, same answer ------------------------------------------------------------------------------------------
SHELF = open_shelf()
WHEN = Circumstances(TODAY, TODAY)


def _leaves(criterion: Criterion) -> list[Test]:
    return ([criterion.test] if criterion.test else []) + [test for inner in criterion.below for test in _leaves(inner)]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Edition, RequestedService, Answers]:
    """A policy of ours, a service it speaks about, and any answers at all to what it asks."""
    edition = draw(st.sampled_from([each for each in SHELF.editions() if each.services and each.criteria]))
    asked = service(draw(st.sampled_from(edition.services)).code, codes=(draw(st.sampled_from(edition.services)),), on=draw(st.none() | st.just(TODAY)))
    wanted = [test.value for criterion in edition.criteria for test in _leaves(criterion)]
    near = st.sampled_from([each for each in wanted if isinstance(each, bool | Decimal | str | Coding)] or [True])
    days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    value = near | st.booleans() | st.integers(0, 120).map(Decimal) | days
    facts = dict.fromkeys(fact for criterion in edition.criteria for fact in facts_tested(criterion))
    answers = {}
    for fact in facts:
        values = tuple(draw(st.lists(value, max_size=2)))
        evidence = (Evidence(fact, str(values[0]), f"Observation/{fact}", "value", sha256=fingerprint(str(values[0]))),) if values else ()
        answers[fact] = Answer(fact, values, evidence, disputed=draw(st.none() | st.just("Two sources disagree.")))
    return edition, asked, answers


def decided(edition: Edition, asked: RequestedService, answers: Answers) -> Authorization:
    return authorization(determine(edition, edition.weigh(asked, answers, WHEN), asked, TODAY), request=request(item(service=asked)))


@given(cases(), st.randoms(use_true_random=False))
def test_the_same_facts_give_the_same_answer_in_whatever_order_they_come_and_however_they_were_kept(
    case: tuple[Edition, RequestedService, Answers], random: Any
) -> None:
    edition, asked, answers = case
    names = list(answers)
    random.shuffle(names)
    first, again = decided(edition, asked, answers), decided(edition, asked, {name: answers[name] for name in names})
    kept = document.read(document.write(first), Authorization)
    assert canonical(link(first)) == canonical(link(again)) == canonical(link(kept))
    one, other = link(first)["determinations"][0], link(kept)["determinations"][0]
    assert proof.differences(one, other) == ()
    assert parse(canonical(link(first))) == link(first), "one text, and it reads back as it was"


@given(cases())
def test_no_answer_of_the_engine_bears_a_signature_or_takes_anything_away(case: tuple[Edition, RequestedService, Answers]) -> None:
    (told_,) = link(decided(*case))["determinations"]
    assert told_["decided_by"] == {"kind": "engine"} and told_["outcome"]["action"] in ("certified in total", "pended")


# --- the chain --------------------------------------------------------------------------------------------------------
def chain(links: int) -> list[KeptLink]:
    made: list[KeptLink] = []
    for revision in range(1, links + 1):
        said = link(authorization(revision=revision, received=()), made[-1].fingerprint if made else "")
        made.append(KeptLink(revision, fingerprint(said), fingerprint(said), said))
    return made


@given(st.integers(1, 6), st.data())
def test_a_chain_holds_until_one_link_is_changed_taken_away_or_put_elsewhere(length: int, data: st.DataObject) -> None:
    links, documents = chain(length), dict.fromkeys(range(1, length + 1), "d" * 64)
    assert first_broken("PA0001", length, links, documents, {}) is None
    at = data.draw(st.integers(0, length - 1))
    act = data.draw(st.sampled_from(["forged", "taken away", "moved", "of another case", "revision changed"]))
    hit = links[at]
    assert hit.document is not None
    if act == "forged":
        said = {**hit.document, "engine": "another"}
        links[at] = KeptLink(hit.revision, fingerprint(said), fingerprint(said), said)
        expected = at + 2  # its own fingerprint fits, so the next link betrays it; of the last one, only a copy kept elsewhere
    elif act == "taken away":
        links.pop(at)
        expected = at + 1
    elif act == "moved":
        links[at] = replace(hit, revision=length + 5)
        expected = at + 1
    elif act == "of another case":
        said = {**hit.document, "authorization": "PA0002"}
        links[at] = KeptLink(hit.revision, fingerprint(said), fingerprint(said), said)
        expected = at + 1
    else:
        documents[at + 1] = "e" * 64
        expected = at + 1
    found = first_broken("PA0001", length, links, documents, {})
    if expected > length:
        assert found is None
    else:
        assert found is not None and found.revision == expected
