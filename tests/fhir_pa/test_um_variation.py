"""Where decisions and documentation differ: p-charts, criteria most often missing, causes by practice, what claims show (F23, F53, F94, F98, F99)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import sqrt

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.request import Identifier, Party
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.missing import missing
from fhir_pa.um.measures.pareto import few_explain, pareto
from fhir_pa.um.measures.population import FEWEST, report
from fhir_pa.um.measures.variation import By, Judged, chart, limits
from fhir_pa.um.on_file.rendered import Rendered
from ig_profiles.names import HCPCS, NPI, RXNORM
from ig_profiles.reading import Coding
from questionnaires.criteria import Truth
from tests.builders import MEMBER, NOON, TODAY, authorization, certify, finding, item, physician, refer, request

DAY = timedelta(days=1)
OAK, FERN = (Party(name, (Identifier(NPI, npi),)) for name, npi in (("Oakwood Clinic", "9000000023"), ("Fernhill Supply", "9000000031")))


def asked(number: int, denied: bool, by: Party = OAK, reviewer: str = "quill", cause: RootCause = RootCause.NOT_NECESSARY, topic: str = "") -> Authorization:
    """One request of a practice, denied by a physician or certified by the engine."""
    given = {"request": request(item(), requestor=by), "number": f"PA{number:04}", "reference": f"PR{number:04}"}
    if not denied:
        return authorization(certify(), **given)
    decision = Decision((1,), Verdict.DENY, "No.", ("saturation",), ("0F",), "555-555-0142", root_cause=cause)
    case = authorization(refer(), **given)
    if topic:
        made = case.item(1).determination
        moved = replace(case.item(1), determination=replace(made, edition=replace(made.edition, topic=topic) if made.edition else None))
        case = replace(case, items=(moved,))
    return case.decide(decision, physician(person=reviewer, name=f"Dr. {reviewer}"), NOON)


MANY = [asked(n, n % 10 == 0) for n in range(1, 101)] + [asked(n, n % 2 == 0, FERN) for n in range(101, 141)]


def test_limits_are_three_standard_deviations_from_the_share_of_all() -> None:
    share, of = 30 / 140, 40
    wide = 3 * sqrt(share * (1 - share) / of)
    assert limits(share, of) == (round(100 * (share - wide), 1), round(100 * (share + wide), 1))
    assert limits(0.02, 10)[0] == 0.0, "a share is never below nothing"


def test_a_provider_beyond_the_limits_stands_first_with_its_cases() -> None:
    found = chart(MANY, By.PROVIDER)
    assert (found.mean, found.of) == (21.4, 140)
    first, second = found.points
    assert (first.name, first.percent, first.of, first.judged) == ("Fernhill Supply (9000000031)", 50.0, 40, Judged.ABOVE)
    assert (second.percent, second.judged) == (10.0, Judged.WITHIN if second.lower <= 10 else Judged.BELOW)
    assert len(first.adverse) == 20 and first.adverse[0] == "PA0102/1"


def test_few_decisions_are_judged_by_nobody() -> None:
    found = chart([asked(1, True), *MANY[100:]], By.PROVIDER)
    assert next(point for point in found.points if point.name.startswith("Oakwood")).judged is Judged.TOO_FEW


def test_only_what_a_person_signed_is_grouped_by_reviewer() -> None:
    cases = [asked(1, True, reviewer="quill"), asked(2, True, reviewer="marrow"), asked(3, False)]
    found = chart(cases, By.REVIEWER)
    assert {point.name: point.of for point in found.points} == {"Dr. quill": 1, "Dr. marrow": 1} and found.of == 2


def test_months_are_in_order_and_nothing_decided_says_nothing() -> None:
    assert [point.name for point in chart(MANY, By.MONTH).points] == ["2026-11"]
    assert chart([], By.SERVICE).mean is None


def test_the_criteria_a_clinician_leaves_open_are_counted_of_all_he_asked() -> None:
    clear, vague = certify(), refer(finding("at_rest", Truth.UNKNOWN), finding(truth=Truth.NOT_MET))
    cases = [authorization(clear, number="PA1"), authorization(vague, number="PA2"), authorization(vague, number="PA3", request=request(requestor=FERN))]
    rows = missing(cases)
    assert [(row.clinician, row.criterion, row.items, row.of, row.percent) for row in rows] == [
        ("Oakwood Clinic", "at_rest", ("PA2/1",), 2, 50.0),
        ("Fernhill Supply", "at_rest", ("PA3/1",), 1, 100.0),
    ], "a criterion shown and not met is no gap"


def test_what_was_sent_later_does_not_hide_what_the_first_note_lacked() -> None:
    case = authorization(refer(finding("at_rest", Truth.UNKNOWN)))
    answered = case.receive_evidence({1: certify()}, "r2", "oakwood-ehr", "The study came.", NOON)
    assert [row.criterion for row in missing([answered])] == ["at_rest"]


def test_the_causes_of_one_service_or_reviewer_are_counted_alone() -> None:
    cases = [asked(1, True), asked(2, True, cause=RootCause.EXPIRED, reviewer="marrow"), asked(3, True, topic="lumbar_mri")]
    assert [(bar.cause, bar.count) for bar in pareto(cases, TODAY)] == [(RootCause.NOT_NECESSARY, 2), (RootCause.EXPIRED, 1)]
    assert [bar.cause for bar in pareto(cases, TODAY, lambda topic, person: person == "marrow")] == [RootCause.EXPIRED]
    (alone,) = pareto(cases, TODAY, lambda topic, person: topic == "lumbar_mri")
    assert alone.count == 1 and alone.rows[0].number == "PA0003"
    assert few_explain(pareto(cases, TODAY)) == 100.0 and few_explain([]) is None


def line(claim: str, on: date, days: int = 1, **told: object) -> Rendered:
    fields = {"line": 1, "member": MEMBER, "line_of_business": "qhp", "npi": "9000000023", "code": Coding(HCPCS, "E1390")}
    return Rendered(**{**fields, "claim": claim, "on": on, "until": on + (days - 1) * DAY, **told})  # type: ignore[arg-type]


def stay(claim: str, on: date, days: int, **told: object) -> Rendered:
    return line(claim, on, days, place="21", ended=True, code=Coding("https://x", "871"), **told)


def told(*lines: Rendered) -> object:
    return report(lines, TODAY - 300 * DAY, TODAY + 300 * DAY, lambda line: 6)


def test_a_stay_within_thirty_days_of_a_discharge_is_a_readmission() -> None:
    other = Identifier(MEMBER.system, "SYN-02")
    first, again, late = stay("A", TODAY, 3), stay("B", TODAY + 32 * DAY, 2), stay("C", TODAY + 100 * DAY, 2)
    (found,) = told(first, again, late, stay("D", TODAY + 5 * DAY, 2, member=other)).readmissions  # type: ignore[attr-defined]
    assert (found.name, found.are, found.percent) == ("871", ("A/1",), 25.0)


def test_a_stay_still_going_on_is_no_discharge() -> None:
    assert told(line("A", TODAY, 3, place="21"), stay("B", TODAY + 9 * DAY, 2)).readmissions[0].are == ()  # type: ignore[attr-defined]


def test_stays_longer_than_the_policy_expects_are_told_with_their_claims() -> None:
    (found,) = told(stay("A", TODAY, 3), stay("B", TODAY + 50 * DAY, 9)).stays  # type: ignore[attr-defined]
    assert (found.mean_days, found.goal_days, found.longer.are, found.longer.percent) == (6.0, 6, ("B/1",), 50.0)


def test_use_far_from_that_of_peers_is_over_or_under_use_and_few_members_are_not_compared() -> None:
    def given(npi: str, each: int, members: int) -> list[Rendered]:
        people = [Identifier(MEMBER.system, f"{npi}-{n}") for n in range(members)]
        return [line(f"{npi}-{n}-{k}", TODAY, member=person, npi=npi) for n, person in enumerate(people) for k in range(each)]

    quiet = [line(f"q{n}", TODAY, member=Identifier(MEMBER.system, f"q{n}"), npi="quiet", code=Coding(HCPCS, "A0001")) for n in range(60)]
    found = told(*given("much", 6, 60), *given("usual", 2, 60), *given("usual2", 2, 60), *quiet, line("q", TODAY, npi="quiet"), *given("few", 9, FEWEST - 1))
    assert [use.npi for use in found.over] == ["much"] and found.over[0].rate == 600.0  # type: ignore[attr-defined]
    assert [use.npi for use in found.under] == ["quiet"] and found.under[0].upper > found.under[0].rate  # type: ignore[attr-defined]


@pytest.mark.parametrize(("diagnoses", "viral"), [(("J06.9",), True), (("J06.9", "J18.9"), False), ((), False)])
def test_an_antibiotic_is_without_reason_when_every_diagnosis_is_viral(diagnoses: tuple[str, ...], viral: bool) -> None:
    codes = tuple(Coding("http://hl7.org/fhir/sid/icd-10-cm", each) for each in diagnoses)
    (found,) = told(line("A", TODAY, code=Coding(RXNORM, "18631"), diagnoses=codes)).antibiotics  # type: ignore[attr-defined]
    assert (len(found.are), len(found.of)) == (int(viral), 1)


def test_beside_its_limits_each_group_tells_how_long_its_decisions_took() -> None:
    def decided_after(number: int, hours: int, by: Party) -> Authorization:
        case = asked(number, True, by)
        return replace(case, clock=replace(case.clock, received_at=NOON - timedelta(hours=hours)))

    cases = [decided_after(n, n, OAK) for n in range(1, 21)] + [decided_after(n, 200, FERN) for n in range(21, 26)]
    took = {point.name.split()[0]: point.hours for point in chart(cases, By.PROVIDER).points}
    assert took == {"Oakwood": {50: 10.0, 75: 15.0, 90: 18.0, 95: 19.0}, "Fernhill": {50: 200.0, 75: 200.0, 90: 200.0, 95: 200.0}}
