"""More time to decide: who may take it, for which reason, that it is told, and that it is taken once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.operations.proofs.audit import verify
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.parties import CLERK, NOW, Plan, Staff, System

ASKED: dict[str, Any] = {"reason": "member-asked", "because": "The member wants a second test first."}


@pytest.fixture
def number(plan: Plan, physician: Staff) -> str:
    """A pended case of a Medicare Advantage member."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return str(physician.worklist()[0]["number"])


def extend(staff: Staff, number: str, status: int = 200, **said: Any) -> Json:
    answer = staff.call("POST", f"/um/authorizations/{number}/extensions", said)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def told(answer: Json) -> str:
    return " ".join(issue["details"]["text"] for issue in answer["issue"])


def due(case: Json) -> datetime:
    return datetime.fromisoformat(case["legal_due_at"])


def test_a_physician_takes_fourteen_days_because_the_member_asked(number: str, plan: Plan, physician: Staff) -> None:
    assert due(physician.worklist()[0]) == NOW + timedelta(days=7)
    plan.clock.turn(days=2)
    case = extend(physician, number, **ASKED)
    assert due(case) == due(physician.worklist()[0]) == NOW + timedelta(days=21)
    assert case["extended"]["by"] == physician.person and case["extended"]["noticed_at"] == (NOW + timedelta(days=2)).isoformat()
    assert case["extended"]["due_before"] == (NOW + timedelta(days=7)).isoformat() and "answer_by" not in case["extended"]
    assert case["trail"][-1]["what"] == "time extended" and ASKED["because"] in case["trail"][-1]["because"]
    assert "The law extends once" in told(extend(physician, number, status=409, **ASKED))
    assert [each.broken for each in verify(plan.payer)] == [None]


def test_a_nurse_proposes_and_a_clerk_does_not_even_that(number: str, plan: Plan, nurse: Staff, physician: Staff) -> None:
    case = extend(nurse, number, **ASKED)
    assert due(case) == NOW + timedelta(days=7) and case["trail"][-1]["what"] == "more time proposed" and "extended" not in case
    assert "a nurse may propose it. Ask one of them." in told(extend(Staff(plan, CLERK), number, status=403, **ASKED))
    assert due(extend(physician, number, **ASKED)) == NOW + timedelta(days=21)


@pytest.mark.parametrize(
    ("said", "status", "mending"),
    [
        ({"reason": "busy", "because": "So much to do."}, 422, "one of: member-asked, provider-asked"),
        ({"because": "So much to do."}, 422, "Say why the law gives more time"),
        ({"reason": "member-asked"}, 422, "Write one plain sentence the member can read."),
        ({"reason": "information-missing", "because": "No report came."}, 422, "Lawful reasons: member-asked, outside-evidence, extraordinary."),
    ],
)
def test_without_a_lawful_reason_there_is_no_more_time(said: Json, status: int, mending: str, number: str, physician: Staff) -> None:
    assert mending in told(extend(physician, number, status=status, **said))
    assert due(physician.worklist()[0]) == NOW + timedelta(days=7)


def test_when_the_time_is_up_it_is_too_late(number: str, plan: Plan, physician: Staff) -> None:
    plan.clock.turn(days=7, seconds=1)
    assert "too late to extend; decide now" in told(extend(physician, number, status=409, **ASKED))


def test_the_terminal_refuses_with_the_same_words(number: str, tmp_path: Path) -> None:
    where = ["--config", str(tmp_path / "fhir-pa.toml"), "--data-directory", str(tmp_path / "data")]
    words = ["reviews", "extend", number, "--as", "finch", "--reason", "provider-asked", "--because", "The clinic asks for it.", *where]
    shown = CliRunner().invoke(main, words)
    assert shown.exit_code == 2 and "Lawful reasons: member-asked, outside-evidence, extraordinary." in shown.output
