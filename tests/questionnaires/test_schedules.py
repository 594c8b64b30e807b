"""What an edition says of care at intervals: read as written, every mistake told with its mending, and the page shows one that works (F35)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from questionnaires.authoring.mistakes import Mistake
from questionnaires.authoring.schedules import read_schedules
from questionnaires.authoring.table import Table
from questionnaires.criteria import Finding, Truth
from questionnaires.library import BUILT_IN, open_shelf
from questionnaires.policy import Certifies, RequestedService
from questionnaires.schedule import Schedule
from tests.questionnaires.test_add_a_policy import PAGE

MRI, CHEST = (code for code in open_shelf(BUILT_IN).volume("surveillance_imaging").edition.services if code.code in ("70553", "71260"))
BRAIN = Schedule(every_days=183, days=730, quantity=4, early_days=19, services=("70553",))
GOOD = "services = ['70553']\nevery_days = 183\nearly_days = 19\nquantity = 4\ndays = 730\n"
ON = date(2026, 11, 30)


def read(*rows: str) -> tuple[tuple[Schedule, ...], str]:
    mistakes: list[Mistake] = []
    data = {"schedules": [tomllib.loads(row) for row in rows]}
    found = read_schedules(Table(data, "scans/policy.toml", "edition 2026.1", mistakes), (MRI, CHEST))
    return found, " ".join(f"{each.key}: {each.what} {each.mend}" for each in mistakes)


def test_a_schedule_is_read_as_written() -> None:
    assert read(GOOD) == ((BRAIN,), "")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (GOOD.replace("70553", "70554"), "Did you mean"),
        (GOOD.replace("quantity = 4", "quantity = 5"), "Certify at most 4, or for at least 733 days."),
        (GOOD.replace("quantity = 4", "quantity = 1"), "[edition.certifies] is enough"),
        (GOOD.replace("early_days = 19", "early_days = 183"), "early by less than the interval"),
        (GOOD.replace("days = 730", "days = 0"), "Count days from one on"),
        (GOOD.replace("every_days = 183\n", ""), "has no 'every_days'"),
        (GOOD + "every_month = 6\n", "means nothing"),
    ],
)
def test_each_mistake_says_how_to_mend_it(written: str, told: str) -> None:
    assert told in read(written)[1]


def test_a_service_has_one_schedule() -> None:
    assert "Give each service one schedule" in read(GOOD, GOOD)[1]
    assert "Give each service one schedule" in read(GOOD.replace("services = ['70553']\n", ""), GOOD)[1]


def test_the_page_shows_every_key_with_an_example_that_can_be_read() -> None:
    (example,) = re.findall(r"^```\n\[\[edition\.schedules\]\]\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert read(example) == ((BRAIN,), "")


def several(quantity: int, days: int | None) -> RequestedService:
    until = None if days is None else ON + timedelta(days=days - 1)
    return RequestedService((MRI,), on=ON, until=until, quantity=Decimal(quantity))


@pytest.mark.parametrize(
    ("asked", "beyond"),
    [
        (several(4, 730), ""),
        (several(2, None), ""),
        (several(5, 730), "The quantity asked for is 5"),
        (several(4, 731), "The period asked for ends on"),
        (several(4, 400), "4 in 400 days are more often than one every 183 days."),
        (several(1, 90), ""),
        (several(1, 91), "The period asked for ends on"),
    ],
)
def test_more_or_oftener_than_the_schedule_is_beyond_it(asked: RequestedService, beyond: str) -> None:
    edition = open_shelf(BUILT_IN).volume("surveillance_imaging").edition
    limit = edition.certifying((), asked)
    assert limit is not None and limit.beyond(asked, ON).startswith(beyond) and bool(limit.beyond(asked, ON)) == bool(beyond)


def test_what_certifies_less_knows_no_schedule() -> None:
    edition = replace(open_shelf(BUILT_IN).volume("surveillance_imaging").edition, certifies_less=(Certifies(30, when=("thoracic_cancer",)),))
    limit = edition.certifying((Finding("thoracic_cancer", Truth.MET, "It is on file."),), several(4, 730))
    assert limit is not None and limit.days == 30 and limit.beyond(several(4, 730), ON)
