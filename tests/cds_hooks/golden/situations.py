"""The situations: one call each, made by the builders of the test EHR, and what an EHR engineer can learn from its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cds_hooks.dialect import Dialect
from fhir_pa.provider.charts.chart import Chart
from ig_profiles.reading import Json
from tests.cds_hooks.golden import charts
from tests.cds_hooks.golden.call import NAMINGS, Call, body

DIALECTS: tuple[Dialect, ...] = ("2.0", "2.2")


@dataclass(frozen=True)
class Situation:
    """One pair of files. ``before`` is a call that was answered earlier the same day; ``gold_card`` says whether the clinician has one."""

    call: Call
    name: str
    teaches: str
    before: Call | None = None
    gold_card: bool = False

    @property
    def file(self) -> str:
        """The stem of its two files."""
        return f"{self.call.hook}-{self.call.dialect}" + (f"-{self.name}" if self.name else "")

    @property
    def request(self) -> Json:
        """The body of the call, as its builder makes it."""
        return body(self.call, self.file)


@cache
def situations() -> dict[str, Situation]:
    """Every situation by the stem of its files, in the order to read them."""
    found = [*_signed(), *_selected(), *_dispatched(), *_booked(), *_stays()]
    return {each.file: each for each in found}


def _signed() -> Iterator[Situation]:
    needed = "Authorization is needed: the form to fill, what the chart shows already (read with the token of the call), and the shortest way to a yes"
    yield _signing("2.2", charts.borderline_oxygen(), "", needed)
    yield _signing("2.1", charts.borderline_oxygen(), "", "The same as 2.1 writes it: contact is a ContactPoint, details bear no category")
    yield _signing("2.0", charts.borderline_oxygen(), "", "The same as 2.0 writes it: without expiry date and policy link, which words and a card tell")
    for dialect in DIALECTS:
        yield _signing(dialect, charts.oxygen(), "granted", "The chart proves every criterion: the authorization comes with the answer")
    yield _signing("2.2", charts.scans(), "several-orders", "Three orders, three actions, one of them authorized; a card is about a policy, not an order")
    yield _signing("2.2", charts.rollator(), "no-authorization", "Covered, and nobody needs to ask")
    yield _signing("2.2", charts.bath_rail(), "not-covered", "The plan excludes it: no pa-needed, and the reason is the plan's own")
    spared = Call("order-sign", "2.2", charts.borderline_oxygen())
    yield Situation(spared, "gold-card", "The clinician is exempt: no-auth with reason gold-card, and until when", gold_card=True)
    yield _signing("2.2", charts.two_pressures(), "alternative", "The policy wants another device first: one click puts it in the place of this one")
    told = "What is billed is decided later: a repetition for each way of billing, all under one assertion id, and what must become known"
    yield _signing("2.2", charts.therapy(), "billing-options", told)
    yield _signing("2.2", charts.unmentioned(), "no-policy", "No policy speaks of it: a person will look, and the answer says so")
    yield _signing("2.2", charts.in_words_alone(), "conditional", "The order has no code: info-needed names what would make the answer definite")
    yield _signing("2.2", charts.of_a_stranger(), "member-unknown", "No error but an answer, no-member-found, and a card that says what to do")
    granted = Call("order-sign", "2.2", charts.oxygen())
    again = Call("order-sign", "2.2", charts.oxygen_again())
    yield Situation(again, "on-file", "A second order for what was authorized the same morning: the same number again, and a card about the repeat", granted)
    what_if = Call("order-sign", "2.2", charts.oxygen(), configuration={"unsolicited-determ": False, "max-cards": 0})
    yield Situation(what_if, "what-if", "A what-if call: the criteria appear met, nothing is granted, and with max-cards 0 no card comes")


def _selected() -> Iterator[Situation]:
    for dialect in DIALECTS:
        call = Call("order-select", dialect, charts.borderline_oxygen(), also=charts.rollator().orders)
        yield Situation(call, "", "Only what is selected is answered; no document is asked for before the order is signed")


def _dispatched() -> Iterator[Situation]:
    for naming, dialect in (("dispatchedOrders", "2.2"), ("order", "2.0"), ("dispatched-orders", "2.0"), ("fulfillmentTask", "2.2")):
        call = Call("order-dispatch", dialect, charts.borderline_oxygen(), naming=naming)  # type: ignore[arg-type]
        plain = (naming, dialect) in (("dispatchedOrders", "2.2"), ("order", "2.0"))
        yield Situation(call, "" if plain else naming, f"Orders and tasks are named as {NAMINGS[naming]}")

    away = Call("order-dispatch", "2.2", charts.therapy("active"), performer=charts.HAZEL)
    yield Situation(away, "outside-network", "Sent to somebody outside the network: what that means, and a click that sends it inside")


def _booked() -> Iterator[Situation]:
    where = {"2.0": "The answer stands on the Appointment", "2.2": "The answer stands on the order behind the Appointment, where 2.2 wants it"}
    for dialect in DIALECTS:
        yield Situation(Call("appointment-book", dialect, charts.brain_scan(), charts.scan_appointment()), "", where[dialect])
    alone = Call("appointment-book", "2.2", charts.visiting(), charts.consultation())
    yield Situation(alone, "without-order", "An Appointment based on no order carries the answer itself")


def _stays() -> Iterator[Situation]:
    for hook, chart, told in (
        ("encounter-start", charts.admission(), "The stay that begins is answered, and no document is asked for"),
        ("encounter-discharge", charts.discharge(), "The stay that ends is answered, before the patient leaves"),
    ):
        for dialect in DIALECTS:
            yield Situation(Call(hook, dialect, chart), "", told)


def _signing(dialect: Dialect, chart: Chart, name: str, teaches: str) -> Situation:
    return Situation(Call("order-sign", dialect, chart), name, teaches)
