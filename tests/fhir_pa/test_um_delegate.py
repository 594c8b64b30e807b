"""A review organization acts within its scope and days, under the plan's own clock; its configuration is read with every mistake named (F80-F83)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from fhir_pa.configuration import Misconfigured
from fhir_pa.settings import read
from fhir_pa.um.case.transitions import State
from fhir_pa.um.reviewing.delegate import Delegate, delegate_of
from tests.builders import NOON, TODAY, authorization, certify, refer

DAY = timedelta(days=1)
NORTHLIGHT = Delegate("Northlight Imaging Review", "555-555-0160", ("home_oxygen",), ("medicare-advantage",), TODAY, TODAY)


def test_it_acts_within_its_policies_lines_and_days() -> None:
    assert NORTHLIGHT.acts_for(authorization(refer()))
    assert not replace(NORTHLIGHT, topics=("lumbar_mri",)).acts_for(authorization(refer()))
    assert not replace(NORTHLIGHT, lines_of_business=("medicaid",)).acts_for(authorization(refer()))
    assert not replace(NORTHLIGHT, begins=TODAY + DAY, until=None).acts_for(authorization(refer()))
    assert not replace(NORTHLIGHT, begins=None, until=TODAY - DAY).acts_for(authorization(refer()))
    assert Delegate("Everything Review", "555-555-0161").acts_for(authorization(refer()))


def test_a_case_that_lies_only_partly_in_its_scope_stays_with_the_plan() -> None:
    case = authorization(refer(), certify())
    second = case.item(2)
    other = replace(second, determination=replace(second.determination, edition=replace(second.determination.edition, topic="lumbar_mri")))
    mixed = replace(case, items=(case.item(1), other))
    assert delegate_of(mixed, [NORTHLIGHT]) is None
    assert delegate_of(replace(mixed, items=(case.item(1), replace(other, state=State.CANCELLED))), [NORTHLIGHT]) == NORTHLIGHT
    assert delegate_of(case, []) is None


def test_whoever_looks_the_clock_is_the_plans() -> None:
    case = authorization(refer())
    assert delegate_of(case, [NORTHLIGHT]) and case.clock.legal_due_at == NOON + 7 * DAY


def settings(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "fhir-pa.toml"
    path.write_text(text, "utf-8")
    return path


def test_it_is_read_from_the_configuration(tmp_path: Path) -> None:
    text = '[[delegate]]\nname = "Northlight"\nphone = "555-555-0160"\ntopics = ["lumbar_mri"]\nlines_of_business = ["qhp"]\nfrom = 2026-01-01\n'
    (found,) = read({"config": settings(tmp_path, text)}, {}).directory.delegates
    assert found == Delegate("Northlight", "555-555-0160", ("lumbar_mri",), ("qhp",), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ('[[delegate]]\nname = "N"', "phone is missing"),
        ('[[delegate]]\nphone = "555-555-0160"', "name is missing"),
        ('[[delegate]]\nname = "N"\nphone = "1"\nlines_of_business = ["medicare"]', "Choose among medicare-advantage"),
        ('[[delegate]]\nname = "N"\nphone = "1"\nfrom = 2026-02-01\nuntil = 2026-01-01', "Correct one of the two days."),
        ('[[person]]\nid = "a"\nname = "A"\nroles = ["nurse"]\ndelegate = "Gone"', "Listed are: none."),
        ('[[delegate]]\nname = "N"\nphone = "1"\n[[delegate]]\nname = "N"\nphone = "2"', "Give each its own."),
    ],
)
def test_a_mistake_in_it_is_named_with_how_to_mend_it(tmp_path: Path, text: str, mend: str) -> None:
    with pytest.raises(Misconfigured) as told:
        read({"config": settings(tmp_path, text)}, {})
    assert any(mend in str(mistake) for mistake in told.value.mistakes), [str(mistake) for mistake in told.value.mistakes]


def test_the_example_for_whoever_runs_the_server_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "fhir_pa" / "docs" / "delegates.md").read_text("utf-8")
    examples = "\n".join(part.split("```")[0] for part in page.split("```toml\n")[1:])
    directory = read({"config": settings(tmp_path, examples)}, {}).directory
    (found,) = directory.delegates
    assert [each.delegate for each in directory.people if each.delegate] == [found.name]
    assert found.topics == ("surveillance_imaging", "lumbar_mri") and (found.begins, found.until) == (date(2026, 1, 1), date(2026, 12, 31))
