"""A practice's measures stand with their targets and the rows behind every number, over all its NPIs and nobody else's (F92-F94, F96)."""

from __future__ import annotations

import re
from datetime import timedelta

from fhir_pa.provider.charts.practice import SUPPLIER_NPI
from fhir_pa.provider.play.payer_file import CLIENT_ID, CLINICIANS, SUPPLIERS_COORDINATOR
from fhir_pa.um.deciding.request import CertificationType
from questionnaires.criteria import Truth
from tests.builders import finding, item, refer
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.desk_parties import words
from tests.stories.parties import NOW, Plan, Staff, System
from tests.stories.practice_parties import AtPractice, asked_by, certified, on_file
from tests.stories.test_practice_lists import DENIAL, WEEKLY

TODAY = NOW.date()


def test_the_four_stand_with_targets_and_what_is_not_known_says_why(linnet: AtPractice) -> None:
    told = linnet.data("/practice/measures.json")
    assert [each["target"] for each in told["measures"]] == ["more than 98 %", "exactly 0 days", "more than 50 %", "exactly 0"]
    page = words(linnet.page("/practice/measures"))
    assert "Not known The plan has no claims for this time" in page and "Nothing was denied or reduced in this time." in page


def test_a_missed_target_leads_to_its_rows_and_a_denial_to_its_cause(plan: Plan, linnet: AtPractice, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = str(physician.worklist()[0]["number"])
    physician.decide(number, **DENIAL)
    page = linnet.page("/practice/measures")
    (cause,) = linnet.data("/practice/measures.json")["causes"]
    assert cause["count"] == 1 and cause["so_far"] == 100 and cause["rows"][0]["number"] == number
    assert f'<a href="/practice/requests/{number}">{number}</a>' in page
    assert "Not medically necessary 100 %" in words(page) and "<svg" not in page, "one cause needs no picture"
    on_file(plan, "PA9", refer(finding(truth=Truth.UNKNOWN)))
    physician.decide("PA9", **{**DENIAL, "reason_code": "0P", "criteria": ["saturation"], "because": "The report did not come."})
    page = linnet.page("/practice/measures")
    assert 'role="img" aria-label="Causes by count' in page and page.count('class="cause"') == 2 and "documents asked for did not arrive 1" in page


def test_days_nobody_certified_are_counted_day_by_day_over_all_npis_of_the_practice(plan: Plan, linnet: AtPractice) -> None:
    for position, npi in enumerate((CLINICIANS[0], SUPPLIER_NPI), start=1):
        first = certified(TODAY - timedelta(days=20), TODAY - timedelta(days=14), 7, "days", WEEKLY)
        on_file(plan, f"PA{position}", first, requestor=asked_by(npi))
        plan.clock.turn(minutes=1)
        more = item(certification_type=CertificationType.EXTENSION, authorization_number=f"PA{position}")
        on_file(plan, f"PB{position}", certified(TODAY - timedelta(days=11), TODAY, 12, "days", WEEKLY), items=(more,), requestor=asked_by(npi))
    told = linnet.data("/practice/measures.json")
    assert told["unfunded"]["days"] == 2 and {row["number"] for row in told["unfunded"]["rows"]} == {"PB1"}
    page = linnet.page("/practice/measures")
    assert '<a href="#rows-unfunded">2</a>' in page and 'id="rows-unfunded"' in page and "PB2" not in page
    bracken = AtPractice(plan, SUPPLIERS_COORDINATOR)
    bracken.sign_in()
    assert {row["number"] for row in bracken.data("/practice/measures.json")["unfunded"]["rows"]} == {"PB2"}


def test_every_number_has_its_rows_on_the_page(plan: Plan, linnet: AtPractice, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    physician.decide(str(physician.worklist()[0]["number"]), **DENIAL)
    page = linnet.page("/practice/measures")
    led = set(re.findall(r'href="#([\w-]+)"', page)) - {"main"}
    assert led and led <= set(re.findall(r'id="([\w-]+)"', page))


def test_a_day_that_cannot_be_read_is_told_and_an_earlier_one_looks_further_back(linnet: AtPractice) -> None:
    assert "'soon' is no day" in words(linnet.page("/practice/measures?since=soon", 422))
    assert linnet.data("/practice/measures.json?since=2026-01-01")["since"] == "2026-01-01"
