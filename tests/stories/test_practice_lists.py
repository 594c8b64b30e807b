"""What a practice watches is on its lists, the nearest first, counted and paged by the database; nothing of other practices is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.operations.requests.stays import link
from fhir_pa.provider.charts.practice import SUPPLIER_NPI
from fhir_pa.provider.play.payer_file import CLIENT_ID, CLINICIANS, SUPPLIERS_COORDINATOR
from fhir_pa.um.deciding.determination import EditionReference
from tests.builders import item, refer
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, scans, submit
from tests.stories.desk_parties import words
from tests.stories.parties import CLERK, NOW, Plan, Staff, System
from tests.stories.practice_parties import AtPractice, asked_by, certified, on_file

TODAY = NOW.date()
WEEKLY = EditionReference("residential_sud", "2026.1", "0" * 64, 7, review_every=7)
SENSITIVE = EditionReference("residential_sud", "2026.1", "0" * 64, 7, sensitive=True)


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def counts(at_desk: AtPractice) -> dict[str, int]:
    return {each["name"]: each["count"] for each in at_desk.data("/practice/desk.json")["lists"]}


def test_the_first_page_tells_what_waits_and_every_number_leads_to_its_rows(clinic: System, linnet: AtPractice) -> None:
    for asked in (oxygen(clinic), oxygen(clinic, BORDERLINE), scans(clinic)):
        submit(clinic, asked)
    page = linnet.page("/practice")
    assert "Teodric Amble E1390" in words(page) and "the report of the oximetry" in words(page)
    for name, count in counts(linnet).items():
        assert f'href="/practice/lists/{name}"' in page
        assert linnet.data(f"/practice/lists/{name}.json")["total"] == count
    assert counts(linnet) | {"requests": 3, "pended": 2, "waiting": 2} == counts(linnet)


def test_what_is_pended_says_what_is_awaited_from_whom_and_until_when(plan: Plan, clinic: System, linnet: AtPractice, physician: Staff) -> None:
    submit(clinic, scans(clinic))
    assert "From the practice: the report of the last CT of the chest" in words(linnet.page("/practice/lists/pended"))
    (line,) = linnet.data("/practice/lists/pended.json")["rows"]
    assert line["services"] == ["71260", "70491"], "the service that is certified does not wait"
    on_file(plan, "PA7", replace(refer(), asks=()))
    plan.clock.turn(days=6)
    linnet.sign_in()
    page = words(linnet.page("/practice/lists/pended"))
    assert "From the plan: A decision by a physician of the plan." in page and "1 day left" in page


def test_what_ends_soon_is_on_a_list_until_what_follows_is_asked_for(plan: Plan, linnet: AtPractice) -> None:
    on_file(plan, "PA1", certified(TODAY - days(80), TODAY + days(9)))
    on_file(plan, "PA2", certified(TODAY, TODAY + days(89)))
    on_file(plan, "PA3", certified(TODAY - days(90), TODAY - days(1)))
    on_file(plan, "PA4", certified(TODAY - days(10), TODAY))
    assert linnet.numbers("on-file") == ["PA4", "PA1", "PA2"], "the last day counts, what is over does not"
    assert linnet.numbers("expiring") == ["PA4", "PA1"]
    follows = item(certification_type="extension", authorization_number="PA1")
    extension = on_file(plan, "PA5", refer(), items=(follows,))
    with plan.payer.store.transaction() as tx:
        link(extension, tx, plan.payer.clock())
    assert linnet.numbers("expiring") == ["PA4"]
    assert "Extension asked for" in words(linnet.page("/practice/lists/on-file"))


def test_units_left_stand_with_the_least_first(plan: Plan, linnet: AtPractice) -> None:
    on_file(plan, "PA1", certified(TODAY, TODAY + days(89), 10, "visits"))
    on_file(plan, "PA2", certified(TODAY, TODAY + days(89), 20, "visits"))
    on_file(plan, "PA3", certified(TODAY, TODAY + days(89)))
    clerk = Staff(plan, CLERK)
    assert clerk.call("POST", "/um/authorizations/PA2/uses", {"item": 1, "quantity": 19, "on": TODAY.isoformat(), "claim": "CLM-1"}).status_code == 200
    assert linnet.numbers("units") == ["PA2", "PA1"]
    assert "1 of 20 visits" in words(linnet.page("/practice/lists/units"))


def test_each_review_of_a_stay_is_due_in_its_week_and_a_missing_extension_after_the_last_day(plan: Plan, linnet: AtPractice) -> None:
    on_file(plan, "PA5", certified(TODAY, TODAY + days(13), 14, "days", WEEKLY))
    assert "Review 1: send today’s need" in words(linnet.page("/practice/lists/stays"))
    plan.clock.turn(days=8)
    linnet.sign_in()
    assert "Review 2" in words(linnet.page("/practice/lists/stays")) and "discharge plan" in words(linnet.page("/practice/lists/stays"))
    plan.clock.turn(days=7)
    linnet.sign_in()
    look(plan.payer)
    assert "no extension is on file. Send it now" in words(linnet.page("/practice/lists/stays"))
    assert linnet.numbers("stays") == ["PA5"]


def test_what_was_denied_lately_may_be_appealed_until_its_day(plan: Plan, clinic: System, linnet: AtPractice, physician: Staff) -> None:
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = str(physician.worklist()[0]["number"])
    physician.decide(number, **DENIAL)
    assert linnet.numbers("denied") == [number] == linnet.numbers("appeals")
    page = words(linnet.page("/practice/lists/appeals"))
    assert "May be appealed" in page and "42 CFR 422.582" in page and "65 days left" in page.replace("64 days 23 hours left", "65 days left")
    plan.clock.turn(days=31)
    linnet.sign_in()
    assert linnet.numbers("denied") == [] and linnet.numbers("appeals") == [number]
    plan.clock.turn(days=40)
    linnet.sign_in()
    assert linnet.numbers("appeals") == []


def test_another_practice_sees_what_it_performs_and_nothing_else(plan: Plan, linnet: AtPractice) -> None:
    bracken = AtPractice(plan, SUPPLIERS_COORDINATOR)
    bracken.sign_in()
    on_file(plan, "PA1", refer())
    on_file(plan, "PA2", refer(), providers=(asked_by(SUPPLIER_NPI, "Fernhill Home Oxygen"),))
    on_file(plan, "PA3", replace(refer(), edition=SENSITIVE), providers=(asked_by(SUPPLIER_NPI, "Fernhill Home Oxygen"),))
    assert linnet.numbers("requests") == ["PA1", "PA2", "PA3"] and bracken.numbers("requests") == ["PA2"], "what is sensitive stays with who asked"
    assert bracken.numbers("requests", "?q=PA1") == []


def test_a_case_under_two_npis_of_the_practice_counts_once(plan: Plan, linnet: AtPractice) -> None:
    on_file(plan, "PA1", refer(), providers=(asked_by(CLINICIANS[0], "Halvard Brisk"), asked_by(CLINICIANS[1], "Noor Tamsin")))
    assert linnet.numbers("requests") == ["PA1"] and counts(linnet)["requests"] == 1 and counts(linnet)["pended"] == 1


def test_lists_are_paged_and_narrowed_by_the_database(plan: Plan, linnet: AtPractice) -> None:
    for number in range(1, 29):
        plan.clock.turn(minutes=1)
        on_file(plan, f"PA{number:02}", refer())
    first, second = (linnet.data(f"/practice/lists/requests.json?page={page}") for page in (1, 2))
    assert (first["total"], first["pages"], len(first["rows"])) == (28, 2, 25)
    assert [row["number"] for row in second["rows"]] == ["PA03", "PA02", "PA01"]
    assert 'rel="next" href="/practice/lists/requests?page=2"' in linnet.page("/practice/lists/requests")
    assert linnet.numbers("requests", "?q=pa07") == ["PA07"] and linnet.numbers("requests", "?q=%25") == []
    assert "Nothing here matches “nobody”" in words(linnet.page("/practice/lists/requests?q=nobody"))


@pytest.mark.parametrize(("path", "status", "said"), [("everything", 404, "Choose waiting, pended"), ("pended?page=0", 422, "from 1 to")])
def test_what_cannot_be_read_is_told(linnet: AtPractice, path: str, status: int, said: str) -> None:
    assert said in words(linnet.page(f"/practice/lists/{path}", status))
