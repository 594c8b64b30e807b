"""A submitter that works for several providers asks in the name of those who consented; each request tells by whose word (F84)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.auth.directory import Consent
from fhir_pa.auth.registration import read
from fhir_pa.configuration import Mistakes
from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from tests.stories.asking import oxygen, submit
from tests.stories.parties import NOW, Plan, System

TODAY = NOW.date()


def acting(plan: Plan, *consents: Consent) -> System:
    """The clinic's system, registered as one that acts for others under these consents and has no organization of its own."""
    directory = plan.payer.directory
    clients = tuple(replace(each, organizations=(), consents=consents) if each.id == CLIENT_ID else each for each in directory.clients)
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(directory, clients=clients)))
    return System(plan, CLIENT_ID, "2.2")


def test_under_a_consent_it_submits_and_the_trail_tells_by_whose_word(plan: Plan) -> None:
    clinic = acting(plan, Consent(CLINIC_NPI, "Ines Oakwood, MD", TODAY - timedelta(days=30), TODAY + timedelta(days=30)))
    number = submit(clinic, oxygen(clinic)).numbers[0]
    with plan.payer.store.reading() as tx:
        first = tx.authorization(number).trail[0]
    assert first.what == "received" and f"with the consent signed by Ines Oakwood, MD on {TODAY - timedelta(days=30)}" in first.because


@pytest.mark.parametrize(
    "consent",
    [
        Consent("9000000015", "Somebody else", TODAY - timedelta(days=30)),
        Consent(CLINIC_NPI, "Ines Oakwood, MD", TODAY - timedelta(days=30), TODAY - timedelta(days=1)),
        Consent(CLINIC_NPI, "Ines Oakwood, MD", TODAY + timedelta(days=1)),
    ],
    ids=["of another", "over", "not yet"],
)
def test_without_a_consent_in_force_it_is_refused_and_nothing_is_kept(plan: Plan, consent: Consent) -> None:
    clinic = acting(plan, consent)
    answer = clinic.http.post(
        "/v2.2/fhir/Claim/$submit", json=request_of(oxygen(clinic)), headers={**clinic.proof(), "Content-Type": "application/fhir+json"}
    )
    assert answer.status_code == 403 and "has no consent of" in answer.text and "Have it signed" in answer.text
    with plan.payer.store.reading() as tx:
        assert tx.numbers() == []


def test_consents_are_read_from_the_settings_and_each_mistake_is_told() -> None:
    mistakes = Mistakes()
    rows = [{"npi": CLINIC_NPI, "signed_by": "Ines Oakwood, MD", "on": TODAY, "until": TODAY - timedelta(days=1)}, {"npi": CLINIC_NPI, "signed_by": "x"}]
    read({"client": [{"id": "broker", "jwks_url": "https://broker.example/jwks", "consents": rows}]}, "fhir-pa.toml", mistakes)
    told = [f"{each.where} {each.what}" for each in mistakes.found]
    assert [one for one in told if "consents 1 until" in one and "before the day it was signed" in one]
    assert [one for one in told if "consents 2 on" in one]
