"""How long forms took is kept of each call, and a command says whether the guide's times were met; nothing of the answers is kept with it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.operations.forms.measures import served
from fhir_pa.storage.dtr_metrics import FIRST_QUESTION, NEXT_QUESTION, PACKAGE, DtrMetric
from tests.stories.interviewing import FIRST_MONTHS, NEXT, first_response, interview, pap_order
from tests.stories.on_file import everything_on_file
from tests.stories.parties import NOW, Plan, System

FORM = "http://fhir-pa.example/fhir/Questionnaire/cpap-adaptive|2026.1"


def slow(clinic: System, milliseconds: int) -> System:
    """The same clinic at a payer for whom so much time passes between two looks at the clock."""
    ticks = iter(range(1_000_000))

    def clock() -> datetime:
        return NOW + next(ticks) * timedelta(milliseconds=milliseconds)

    return System(replace(clinic.plan, payer=replace(clinic.plan.payer, clock=clock)), clinic.client, clinic.guide)


def told(plan: Plan, *more: str, exit_code: int = 0) -> str:
    """What ``fhir-pa measures dtr`` prints, and whether it is content."""
    settings = plan.payer.settings
    files = ["--config", str(settings.config), "--data-directory", str(settings.data_directory)]
    done = CliRunner().invoke(main, ["measures", "dtr", *files, "--since", str(NOW.date()), "--until", str(NOW.date()), *more])
    assert done.exit_code == exit_code, done.output
    return done.output


def measures(plan: Plan, exit_code: int = 0) -> dict[str, Any]:
    """Its rows by kind of call."""
    return {each["action"]: each for each in json.loads(told(plan, exit_code=exit_code))["measures"]}


@pytest.mark.requirement("dtr-2.2:spec-38")
def test_every_call_is_measured_and_the_guides_times_are_held_against_nine_of_ten(clinic: System) -> None:
    turns = list(interview(clinic, first_response(clinic, pap_order(clinic)), FIRST_MONTHS))
    counted = measures(clinic.plan)
    assert [counted[each]["calls"] for each in (PACKAGE, FIRST_QUESTION, NEXT_QUESTION)] == [1, 1, len(turns) - 1]
    assert [counted[each]["within_seconds"] for each in (FIRST_QUESTION, NEXT_QUESTION)] == [5, 1]
    assert [counted[each]["kept"] for each in (PACKAGE, FIRST_QUESTION, NEXT_QUESTION)] == [None, True, True]


@pytest.mark.requirement("dtr-2.2:spec-38")
def test_a_server_that_takes_too_long_is_told_so_and_the_command_fails(clinic: System) -> None:
    late = slow(clinic, 700)
    list(interview(late, first_response(late, pap_order(late)), FIRST_MONTHS))
    counted = measures(clinic.plan, exit_code=1)
    assert (counted[FIRST_QUESTION]["kept"], counted[NEXT_QUESTION]["kept"]) == (True, False)
    assert counted[NEXT_QUESTION]["percent_within"] == 0.0 and counted[NEXT_QUESTION]["p90"] > 1000


def test_a_refused_call_is_measured_too_and_each_form_has_its_numbers(clinic: System) -> None:
    first = first_response(clinic, pap_order(clinic))
    turns = list(interview(clinic, first, FIRST_MONTHS))
    assert clinic.call("POST", NEXT, {**first, "status": "stopped"}).status_code == 400
    report = json.loads(told(clinic.plan))
    assert {each["action"]: each["refused"] for each in report["measures"]} == {PACKAGE: 0, FIRST_QUESTION: 1, NEXT_QUESTION: 0}
    (form,) = report["forms"]
    assert form == {
        "form": FORM,
        "packages": 1,
        "answers_prefilled": 0,
        "turns": len(turns) + 1,
        "questions_asked": len(FIRST_MONTHS),
        "completed": 1,
        "refused": 1,
    }
    table = list(csv.DictReader(told(clinic.plan, "--format", "csv").splitlines()))
    assert [row["calls"] for row in table] == ["1", "2", "2"]


def test_nothing_of_the_answers_is_kept_with_the_times(clinic: System) -> None:
    said = {**FIRST_MONTHS, "events": 7531, "first_visit_on": "2026-09-17"}
    list(interview(clinic, first_response(clinic, pap_order(clinic)), said))
    on_file = everything_on_file(clinic.plan)
    assert FORM in on_file and not any(word in on_file for word in ("7531", "2026-09-17", "penhallow", "Penhallow"))


def took(*milliseconds: int) -> list[DtrMetric]:
    return [DtrMetric(str(at), "c", "2.2", NEXT_QUESTION, NOW, NOW + timedelta(milliseconds=each)) for at, each in enumerate(milliseconds)]


def test_nine_of_ten_are_enough_and_eight_are_not() -> None:
    assert served(NEXT_QUESTION, took(*[20] * 9, 4000)).kept is True
    assert served(NEXT_QUESTION, took(*[20] * 8, 4000, 4000)).kept is False
    assert served(NEXT_QUESTION, took(1000)).kept is True and served(NEXT_QUESTION, []).kept is None
    assert served(NEXT_QUESTION, took(10, 20, 30)).median == 20.0
