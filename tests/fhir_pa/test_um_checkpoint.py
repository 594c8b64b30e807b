"""A certified course has its calendar: reviews, evidence of the response, the next of a series, the end; each asked for in time (F14, F46)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fhir_pa.um.case.item import Event
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference
from fhir_pa.um.deciding.recurrence import Recurrence
from fhir_pa.um.stays.checkpoint import Kind, checkpoints
from fhir_pa.um.stays.falls_due import Matter, fallen_due
from questionnaires.library import open_shelf
from tests.builders import NOON, TODAY, authorization, finding, refer

DAY = timedelta(days=1)
COURSE = EditionReference("infliximab", "2026.1", "0" * 64, 180, response_every=90)


def certified(edition=COURSE, days=180, **held):
    return authorization(Certify("Met.", (finding(),), edition, Authorized(TODAY, TODAY + (days - 1) * DAY, Decimal(4), "doses", **held)))


def rung(case, after):
    return [due.says for due in fallen_due(case, NOON + after * DAY) if due.matter is Matter.RESPONSE]


def test_a_drug_course_has_evidence_of_its_response_and_its_end_on_the_calendar():
    assert [(each.kind, (each.on - TODAY).days) for each in checkpoints(certified())] == [(Kind.RESPONSE, 90), (Kind.END, 179)]


def test_a_stay_and_a_series_have_theirs_and_what_is_not_certified_has_none():
    stay = certified(EditionReference("residential_sud", "2026.1", "0" * 64, 14, review_every=7), days=14)
    assert [each.kind for each in checkpoints(stay)] == [Kind.REVIEW, Kind.REVIEW, Kind.END]
    assert "discharge plan" in checkpoints(stay)[1].wants and "discharge plan" not in checkpoints(stay)[0].wants
    series = certified(EditionReference("surveillance_imaging", "2026.1", "0" * 64, 730), days=730, recurs=Recurrence(183, 19))
    assert [each.kind for each in checkpoints(series)] == [Kind.NEXT, Kind.END]
    assert checkpoints(authorization(refer())) == ()


def test_it_rings_on_its_day_and_once_more_two_weeks_later_and_ends_nothing():
    case = certified()
    assert rung(case, 89) == [] and len(rung(case, 91)) == 1 and len(rung(case, 105)) == 2
    assert "each with its day" in rung(case, 91)[0] and "nothing ends by it" in rung(case, 105)[1]


def test_what_came_in_time_is_asked_for_no_more_and_what_came_at_the_start_does_not_count_for_it():
    def sent(day):
        return replace(certified(), trail=(*certified().trail, Event(NOON + day * DAY, str(EventKind.EVIDENCE_RECEIVED), "oakwood-ehr", (1,))))

    assert rung(sent(80), 120) == [] and len(rung(sent(0), 120)) == 2
    assert len(rung(sent(95), 120)) == 0, "what came a little late is there all the same"


def test_who_answers_at_the_practice_is_named_when_the_plan_asks():
    case = replace(certified(), practice_owner="Della Linnet, RN, Oakwood Clinic")
    assert rung(case, 91)[0].endswith("Ask Della Linnet, RN, Oakwood Clinic.")
    weekly = EditionReference("residential_sud", "2026.1", "0" * 64, 14, review_every=7)
    stay = replace(certified(weekly, days=14), practice_owner="Della Linnet, RN, Oakwood Clinic")
    assert any("ask Della Linnet, RN, Oakwood Clinic what today's need is" in due.says for due in fallen_due(stay, NOON + 8 * DAY))


def test_the_drugs_on_the_shelf_ask_for_it():
    ahead = {each.topic: EditionReference.of(each).response_every for each in open_shelf().editions()}
    assert (ahead["adalimumab"], ahead["infliximab"], ahead["lumbar_mri"]) == (180, 90, None)
