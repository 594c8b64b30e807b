"""All reviews of one course of care are one story, whichever cases they are in; another course is another story (F07)."""

from dataclasses import replace
from datetime import timedelta

from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.reviewing import appealing
from fhir_pa.um.stays.episode import episode, steps
from tests.builders import NOON, authorization, certify, item, physician, refer, request

DAY = timedelta(days=1)
NO = Decision((1,), Verdict.DENY, "Above the rule.", ("saturation",), ("0F",), "555-555-0142")


def case(number, day, *items, answer=None, **told):
    made = authorization(answer or certify(), request=request(*(items or (item(),)), **told))
    return replace(made, number=number, reference=f"R{number}", clock=replace(made.clock, received_at=NOON + day * DAY))


FIRST = case("A", 0)
EXTENSION = case("B", 30, item(certification_type=CertificationType.EXTENSION))
NAMED = case("C", 60, item(authorization_number="B"))
RENEWAL = case("D", 90, item(certification_type=CertificationType.RENEWAL))
ANOTHER_SERVICE = case("E", 91, item(code="K0823"))
ANOTHER_COURSE = case("F", 92)
ALL = (FIRST, EXTENSION, NAMED, RENEWAL, ANOTHER_SERVICE, ANOTHER_COURSE)


def test_extensions_renewals_and_what_names_a_case_are_one_episode_from_wherever_one_looks():
    for one in (FIRST, EXTENSION, NAMED, RENEWAL):
        assert [each.number for each in episode(one, reversed(ALL))] == ["A", "B", "C", "D"]


def test_another_service_and_the_same_one_asked_for_anew_are_episodes_of_their_own():
    assert [each.number for each in episode(ANOTHER_SERVICE, ALL)] == ["E"]
    assert [each.number for each in episode(ANOTHER_COURSE, ALL)] == ["F"]
    assert [each.number for each in episode(FIRST, ())] == ["A"]


def test_requests_decisions_and_appeals_of_all_its_cases_are_told_in_order():
    denied = authorization(refer()).decide(NO, physician(), NOON + DAY)
    appealed = appealing.file(denied, Filing((1,), Appellant.MEMBER, "Orla Penhallow", "I need it."), NOON + 2 * DAY)
    later = case("B", 3, item(certification_type=CertificationType.EXTENSION))
    told = steps((later, appealed))
    kinds = [(each.kind, each.number) for each in told if each.number == "PA0001"]
    assert kinds == [("prospective review", "PA0001"), ("decision", "PA0001"), ("decision", "PA0001"), ("appeal", "PA0001")]
    assert (told[-1].number, [each.kind for each in told if each.number == "B"][-1]) == ("B", "concurrent review")
    assert [each.at for each in told] == sorted(each.at for each in told)
    signed = next(each for each in told if "Not certified" in each.says)
    assert (signed.by, signed.items) == ("Ada Quill, MD", (1,)) and any("I need it." in each.says for each in told)
