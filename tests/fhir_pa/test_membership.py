"""Who a member number names: families share numbers, and a child is not the policy holder; days are days where the plan is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from fhir_pa.auth.directory import Directory, Member
from fhir_pa.configuration import Misconfigured
from fhir_pa.operations.weighing.membership import standing
from fhir_pa.settings import read
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.wiring import local_clock

ON = date(2026, 11, 21)
HOLDER = Member("SYN-70", "http://larkfield.example/members", "Corin Vale", date(1980, 5, 4), "commercial-erisa")
CHILD = replace(HOLDER, name="Lark Vale", birth_date=date(2015, 8, 9), line_of_business="medicaid")
NUMBER = (Identifier(HOLDER.system, HOLDER.id),)


def test_of_a_family_on_one_number_the_one_born_that_day_is_meant():
    family = Directory(members=(HOLDER, CHILD))
    assert standing(family, NUMBER, ON, CHILD.birth_date).line_of_business == "medicaid"
    assert standing(family, NUMBER, ON, HOLDER.birth_date).line_of_business == "commercial-erisa"


def test_a_child_who_is_not_on_file_is_not_taken_for_the_holder_and_not_for_a_stranger():
    found = standing(Directory(members=(HOLDER,)), NUMBER, ON, CHILD.birth_date)
    assert not found.known and found.of_another and found.member is None


def test_a_number_nobody_has_is_a_strangers():
    found = standing(Directory(members=(HOLDER,)), (Identifier("", "SYN-99"),), ON, CHILD.birth_date)
    assert not found.known and not found.of_another


@pytest.mark.parametrize("born", [None, HOLDER.birth_date])
def test_without_a_birthday_or_with_the_right_one_the_number_is_enough(born):
    assert standing(Directory(members=(HOLDER,)), NUMBER, ON, born).member == HOLDER
    assert standing(Directory(members=(replace(HOLDER, birth_date=None),)), NUMBER, ON, born).known


def test_the_plans_clock_tells_its_own_day_and_keeps_elapsed_time():
    now = local_clock("Pacific/Kiritimati")()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert now.utcoffset() == timedelta(hours=14) and type(now.tzinfo) is timezone


def test_a_time_zone_that_is_none_is_named_with_what_to_write():
    with pytest.raises(Misconfigured, match="America/New_York"):
        read({"time_zone": "Larkfield/Downtown"}, {})
