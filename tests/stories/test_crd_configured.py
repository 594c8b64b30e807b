"""Options that make no sense, alone or together: the call is answered, its faults are told beside the answer and in the log, nothing else is."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from fhir_pa.operations.hooks.hook import FINDINGS
from ig_profiles.reading import Json
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.ehr import Ehr
from tests.stories.parties import System

FAULTS: dict[str, tuple[Any, str]] = {
    "contradictory": ({"coverage-info": False, "unsolicited-determ": True}, "whether authorization can be given was not checked"),
    "negative": ({"max-cards": -1}, "max-cards is a negative number, where a whole number of 0 or more is taken"),
    "a fraction": ({"max-cards": 1.5}, "max-cards is a decimal number"),
    "a boolean for a number": ({"max-cards": True}, "max-cards is a boolean"),
    "a text for a boolean": ({"coverage-info": "false"}, "coverage-info is a text, where true or false is taken"),
    "a list for a boolean": ({"insurance": []}, "insurance is a list"),
    "null": ({"guideline": None}, "guideline is null"),
    "no cards of a wanted type": ({"max-cards": 0, "guideline": True}, "nothing is told of what guideline asks for"),
    "twice": ([{"code": "max-cards", "value": 1}, {"code": "max-cards", "value": 2}], "max-cards is given twice and differently; the last one holds"),
    "no object": ("Orla Penhallow", "davinci-crd.configuration is a text, where an object of option codes is taken"),
}


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    return Ehr(clinic)


def answered(ehr: Ehr, configuration: Any) -> Json:
    return ehr.ask(ehr.call(extension={"davinci-crd.configuration": configuration}))


def told(answer: Json) -> list[Json]:
    issues = answer.get("extension", {}).get(FINDINGS, {}).get("issue", [])
    return [issue for issue in issues if issue.get("expression") == ["extension.davinci-crd.configuration"]]


@pytest.mark.requirement("crd-2.0.1:117", "crd-2.0.1:118", "crd-2.0.1:119", "crd-2.2:dev-6")
@pytest.mark.parametrize(("configuration", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_noticed_answered_and_logged(ehr: Ehr, caplog: pytest.LogCaptureFixture, configuration: Any, fault: str) -> None:
    with caplog.at_level("INFO", logger="fhir_pa.hook"):
        answer = answered(ehr, configuration)
    assert isinstance(answer["cards"], list)
    (issue,) = told(answer)
    assert (issue["severity"], issue["code"]) == ("information", "informational") and fault in issue["details"]["text"]
    (line,) = [record for record in caplog.records if record.name == "fhir_pa.hook"]
    assert line.levelno == logging.INFO
    assert fault in line.getMessage() and f"configuration of order-sign by {ehr.clinic.client}: " in line.getMessage()
    assert not [word for word in ("Orla", "Penhallow", SHORT_OF_OXYGEN, "eyJ") if word in line.getMessage()], "the log speaks of options, not of patients"


@pytest.mark.requirement("crd-2.0.1:117", "crd-2.2:dev-6")
def test_of_two_that_contradict_the_narrower_holds(ehr: Ehr) -> None:
    answer = answered(ehr, {"coverage-info": False, "unsolicited-determ": True})
    assert "systemActions" not in answer
    with ehr.clinic.plan.payer.store.reading() as tx:
        assert tx.numbers() == [], "what could not be told is not granted"


def test_what_makes_sense_or_is_unknown_is_told_to_nobody(ehr: Ehr, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="fhir_pa.hook"):
        for sound in ({"coverage-info": True, "max-cards": 3}, {"alt-drug": "yes"}, {"coverage-info": False, "unsolicited-determ": False}, {}, []):
            assert told(answered(ehr, sound)) == []
    assert [record for record in caplog.records if record.name == "fhir_pa.hook"] == []


@pytest.mark.parametrize("fault", ["contradictory", "no object"])
def test_a_fault_of_configuration_is_no_reason_to_refuse_for_a_strict_payer_either(ehr: Ehr, fault: str) -> None:
    settings = ehr.clinic.plan.payer.settings
    object.__setattr__(settings, "validation", "strict")
    assert told(answered(ehr, FAULTS[fault][0]))
