"""An exchange has its time: what is not weighed by then is pended at once, weighed on by durable work, and told."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from fhir_pa.background import background_of
from fhir_pa.operations.weighing.in_time import weigh_late
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from questionnaires.cql import FactEngine
from tests.stories.asking import inquire, oxygen, submit
from tests.stories.parties import Plan, Staff, System
from tests.stories.servers import until
from tests.stories.test_subscriptions import heard, subscribed, told


class Stalling:
    """A fact engine that finds nothing until it may go on."""

    def __init__(self, engine: FactEngine) -> None:
        self._engine, self.goes_on = engine, Event()

    def facts(self, *given: Any, **more: Any) -> Any:
        """What the engine finds, once it may."""
        self.goes_on.wait(30)
        return self._engine.facts(*given, **more)


@pytest.fixture
def stalling(plan: Plan) -> Any:
    """The plan's engine, stalled, and an exchange that may take one second."""
    engine = Stalling(plan.payer.facts)
    plan.payer = replace(plan.payer, facts=engine, settings=replace(plan.payer.settings, exchange_seconds=1))  # type: ignore[arg-type]
    yield engine
    engine.goes_on.set()


@pytest.fixture(params=["2.0.1", "2.2"])
def hurried(request: pytest.FixtureRequest, plan: Plan, stalling: Stalling) -> System:
    """The clinic's system at that plan."""
    return System(plan, CLIENT_ID, request.param)


@pytest.mark.requirement("pas-2.0.1:66", "pas-2.0.1:98")
def test_what_is_not_weighed_in_time_is_pended_and_told_when_it_is(hurried: System, stalling: Stalling) -> None:
    plan, identity, asked = hurried.plan, subscribed(hurried), oxygen(hurried)
    begun = time.monotonic()
    pended = submit(hurried, asked)
    assert time.monotonic() - begun < 15, "the whole exchange"
    assert pended.actions == {1: PENDED} and pended.asked == ()
    assert any("still looking" in note for note in pended.item(1).notes) and pended.item(1).reasons == ("review not finished",)

    stalling.goes_on.set()
    number = only_weighing(plan)
    weigh_late(number, plan.payer)
    plan.tell(identity)
    assert told(heard(hurried)[-1], hurried, asked).actions == {1: CERTIFIED}
    weigh_late(number, plan.payer)
    plan.tell(identity)
    assert [each["kind"] for each in heard(hurried)] == ["handshake", "event-notification"], "done twice, it is told once"


def only_weighing(plan: Plan) -> str:
    """The number of the authorization for which weighing is queued."""
    with plan.payer.store.reading() as tx:
        (key,) = [key for key in tx.queued() if ":weigh:" in key]
    return key.split(":")[0]


def test_a_reviewer_who_was_quicker_is_not_overruled(hurried: System, stalling: Stalling, physician: Staff) -> None:
    asked = oxygen(hurried)
    submit(hurried, asked)
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], items=[1], decision="deny", because="Not at all.", reason_code="0F", phone="555-555-0142")
    stalling.goes_on.set()
    weigh_late(waiting["number"], hurried.plan.payer)
    assert [found.item(1).word for found in inquire(hurried, asked)] == ["not certified"]


def test_the_worker_weighs_by_itself(plan: Plan, stalling: Stalling) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    asked = oxygen(clinic)
    clinic.post("Claim/$submit", request_of(asked))
    stalling.goes_on.set()
    work = background_of(plan.payer)
    work.start()
    try:
        until(lambda: [found.actions for found in inquire(clinic, asked)] == [{1: CERTIFIED}], "the worker has weighed it", 30)
    finally:
        work.stop(1)


def test_what_is_weighed_in_time_leaves_no_work_behind(clinic: System) -> None:
    assert submit(clinic, oxygen(clinic)).actions == {1: CERTIFIED}
    with clinic.plan.payer.store.reading() as tx:
        assert tx.queued() == []
