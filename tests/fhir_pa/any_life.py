"""One authorization's life on a database of its own, act by act: what the machine of ``test_any_life.py`` turns and looks at."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from fhir_pa.operations.desk import fall_due
from fhir_pa.pas import extensions as ext
from fhir_pa.pas import inquiry_response, intake, response
from fhir_pa.pas.business_error import update_not_allowed
from fhir_pa.pas.inquiry_response import Found
from fhir_pa.pas.response_error import write_error
from fhir_pa.settings import read
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import open_store
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Reviewer
from fhir_pa.um.deciding.determination import Authorized, Certify, Refer
from fhir_pa.um.deciding.exclusion import Answer, Exclude
from fhir_pa.um.deciding.request import AuthorizationRequest, RequestedItem
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.names import X12_CERTIFICATION_TYPE
from ig_profiles.outcome import Conflict, Refusal
from ig_profiles.reading import Json
from questionnaires.cql import FactEngine
from questionnaires.criteria import Truth
from questionnaires.library import open_shelf
from tests.builders import EDITION, NOON, finding, nurse, physician
from tests.fhir_pa.pas_bundles import GUIDES, TRACE, bundle, claim, concept, extension, item

CLIENT, BASE = "oakwood-ehr", "https://payer.example/fhir"
PRIOR = {"claim": {"identifier": {"system": TRACE, "value": "C-1"}}}
PRIOR["relationship"] = concept("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior")
ROSTER: dict[str, Reviewer] = {
    each.person: each
    for each in (
        physician(),
        physician(person="brandt", name="Ines Brandt, MD", npi="9000000064", licence="OH MD-0177"),
        physician(person="osei", name="Kofi Osei, DO", npi="9000000072", licence="OH DO-0021"),
        physician(person="lapsed", name="Lars Petty, MD", npi="9000000080", licence_until=NOON.date() - timedelta(days=1)),
        physician(person="unlicensed", name="Una Vale, MD", npi="9000000098", licence=None),
        nurse(),
    )
}
DECLINES = frozenset({"quill", "brandt", "osei"})  # who may deny or reduce, said here anew: the machine does not ask the heart
EXCLUDER = "Marta Fenn, Benefits"


@dataclass(frozen=True)
class Wish:
    """One service as the provider asks for it, and what the engine would say of it."""

    quantity: int
    engine: str
    code: str = "E1390"
    cancelled: bool = False


@cache
def _empty() -> Path:
    folder = TemporaryDirectory(prefix="any-life-")
    _KEPT.append(folder)
    open_store(data_dir=Path(folder.name)).close()
    return Path(folder.name)


_KEPT: list[TemporaryDirectory[str]] = []


class Life:
    """A payer with one authorization, its clock in our hands; ``refused`` is what the last act heard, ``at`` now."""

    def __init__(self) -> None:
        self.at = NOON
        self._folder = TemporaryDirectory(prefix="life-")
        data = Path(self._folder.name)
        shutil.copytree(_empty(), data, dirs_exist_ok=True)
        store = open_store(data_dir=data, clock=lambda: self.at)
        self.payer = Payer(read({"data_directory": data, "open": True}, {}), store, _shelf(), FactEngine(), lambda: self.at)
        self.store = store
        self.guide, self.wishes, self.number = "", dict[int, Wish](), ""
        self.refused: Refusal | None = None
        self.errors: list[Json] = []
        self._read: Authorization | None = None
        self.twins: list[tuple[object, object]] = []

    def close(self) -> None:
        """Let go of the database, and of its files."""
        self.store.close()
        self._folder.cleanup()

    @property
    def case(self) -> Authorization:
        """The authorization as it stands on file, read anew after every act."""
        if self._read is None:
            with self.store.reading() as tx:
                self._read = tx.authorization(self.number)
        return self._read

    def revisions(self) -> Iterator[Authorization]:
        """The authorization as it stood each time, the first first."""
        with self.store.reading() as tx:
            for revision in range(1, tx.authorization(self.number).revision + 1):
                yield tx.revision(self.number, revision)

    def submit(self, guide: str, line: str, urgent: bool, wishes: Mapping[int, Wish]) -> None:
        """The first request."""
        self.guide, self.wishes, self.number = guide, dict(wishes), "PA0001"
        asked, received = self._asked(line, urgent)
        cases = [Authorization.open(self.number, "PR0001", asked, self._answers(asked.items, engine), received.id, CLIENT, self.at) for engine in ("", "refer")]
        self.twins.append((cases[0].clock, cases[1].clock))
        with self.store.transaction() as tx:
            tx.keep_received(received)
            tx.add(cases[0])
            tx.notify(cases[0], why="opened", at=self.at)

    def update(self, changes: Mapping[int, Wish], whole: bool) -> None:
        """The provider's next version; ``whole`` cancels everything. What may not be updated is answered with a business error."""
        before, wishes = self.case, {**self.wishes, **changes}
        told = _bundle(self.guide, wishes, before.request.urgent, changed=frozenset(changes), whole=whole)
        asked, received = self._asked(before.request.line_of_business, before.request.urgent, told)
        self.wishes = wishes

        def revised(engine: str) -> Authorization:
            return before.revise(asked, self._answers(before.to_weigh(asked), engine), received.id, CLIENT, self.at)

        try:
            self.twins.append((revised("").clock, revised("refer").clock))
        except Conflict as conflict:
            self.refused, self.wishes = conflict, {sequence: wish for sequence, wish in self.wishes.items() if sequence in {i.sequence for i in before.items}}
            self.errors.append(write_error(told, (update_not_allowed(str(conflict)),), self.guide, at=self.at))
            return
        self.keep(revised(""), "revised", received)

    def act(self, change: Callable[[Authorization], Authorization | None], why: str, received: Received | None = None) -> None:
        """Do this to the case as it stands, and keep what comes of it; or hear why not."""
        try:
            changed = change(self.case)
        except Refusal as refusal:
            self.refused = refusal
            return
        if changed is not None and changed.revision != self.case.revision:
            self.keep(changed, why, received)

    def keep(self, changed: Authorization, why: str, received: Received | None = None) -> None:
        """Keep the next revision, as every operation does."""
        with self.store.transaction() as tx:
            if received:
                tx.keep_received(received)
            tx.save(changed)
            tx.notify(changed, why=why, at=self.at)
        self._read = None

    def evidence(self, engine: str) -> None:
        """Documents arrive; the engine now says this of whatever is pended."""
        received = self._received(b"documents")
        case = self.case
        wanted = tuple(each.requested for each in case.pended)
        one, other = (case.receive_evidence(self._answers(wanted, said), received.id, CLIENT, "a report", self.at) for said in (engine, "refer"))
        self.twins.append((one.clock, other.clock))
        self.keep(one, "evidence received", received)

    def weighed_late(self, engine: str) -> None:
        """What the exchange had no time for is weighed."""
        late = tuple(each.requested for each in self.case.pended if each.determination.awaits_engine)
        if late:
            self.act(lambda case: case.weigh(self._answers(late, engine), self.at), "weighed")

    def reopened(self, case: Authorization, items: tuple[int, ...], who: Reviewer, engine: str) -> Authorization:
        """The case with these items back in review, weighed anew."""
        wanted = tuple(case.item(sequence).requested for sequence in items)
        return case.reopen(items, who, "A new report arrived.", self._answers(wanted, engine), self.at)

    def act_late(self, back: int, who: Reviewer) -> None:
        """An act made on what was read so many revisions ago: it must be refused, and change nothing."""
        case = self.case
        if case.revision <= back:
            return
        with self.store.reading() as tx:
            old = tx.revision(self.number, case.revision - back)
        late = replace(old, revision=old.revision + 1, trail=(*old.trail, Event(self.at, "late", who.person, (), "")))
        with pytest.raises(Conflict, match="Read it again and repeat the act if it still holds"), self.store.transaction() as tx:
            tx.notify(late, why="late", at=self.at)
            tx.save(late)
        self._read = None
        assert self.case == case

    def turn(self, by: timedelta) -> None:
        """Time passes, and the clocks are looked at."""
        self.at += by
        fall_due.look(self.payer)
        self._read = None

    def told(self) -> Iterator[tuple[str, Json]]:
        """Every answer the payer would give now, with its guide: to the submission, and to an inquiry in each generation; then the errors told."""
        with self.store.reading() as tx:
            case = tx.authorization(self.number)
            received = parse(tx.received(case.submission).body)
        yield self.guide, response.write(case, received, self.guide, at=self.at, base_url=BASE)
        for guide in GUIDES:
            asked = bundle(claim(item()), guide=guide)
            written = inquiry_response.write([Found(case, received, False)], asked, guide, at=self.at, base_url=BASE)
            yield guide, written
        for error in self.errors[-1:]:
            yield self.guide, error

    def _answers(self, items: tuple[RequestedItem, ...], engine: str) -> dict[int, Answer]:
        return {each.sequence: answer(each, engine or self.wishes[each.sequence].engine, self.at.date()) for each in items if not each.cancelled}

    def _asked(self, line: str, urgent: bool, told: Json | None = None) -> tuple[AuthorizationRequest, Received]:
        told = told or _bundle(self.guide, self.wishes, urgent)
        return replace(intake.read(told, self.guide).request, line_of_business=line), self._received(dump(told))

    def _received(self, body: bytes) -> Received:
        return Received(str(uuid.uuid4()), "submit", CLIENT, self.guide, self.at, body)


def answer(asked: RequestedItem, engine: str, today: date) -> Answer:
    """The engine's answer, by name, for this item."""
    quantity = asked.service.quantity
    if engine == "certify":
        return Certify("Every criterion is met.", (finding(),), EDITION, Authorized(today, today + timedelta(days=89), quantity, asked.service.unit))
    if engine == "exclude":
        return Exclude("The plan does not cover this equipment.", EDITION, EXCLUDER, "0M", "555-555-0100")
    if engine == "late":
        return Refer("The plan is still looking.", (), EDITION, "nurse", phone="555-555-0100", awaits_engine=True)
    return Refer(
        "The saturation is above the limit.", (finding(truth=Truth.NOT_MET),), EDITION, "physician" if engine == "refer" else "nurse", phone="555-555-0100"
    )


@cache
def _shelf() -> Any:
    return open_shelf()


def _bundle(guide: str, wishes: Mapping[int, Wish], urgent: bool, changed: frozenset[int] | None = None, whole: bool = False) -> Json:
    """The request Bundle; an update when ``changed`` is given."""
    items = [_item(sequence, wish, changed or frozenset()) for sequence, wish in sorted(wishes.items())]
    asked = claim(*items, priority=concept("http://terminology.hl7.org/CodeSystem/processpriority", "stat" if urgent else "normal"))
    if changed is not None:
        asked["related"] = [PRIOR]
    if whole:
        asked["extension"] = [extension(ext.CERTIFICATION_TYPE, valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, "3"))]
    return bundle(asked, guide=guide)


def _item(sequence: int, wish: Wish, changed: frozenset[int]) -> Json:
    node = item(sequence, wish.code, quantity={"value": Decimal(wish.quantity), "unit": "month"})
    if sequence in changed:
        node["extension"].append(extension(ext.INFO_CHANGED, valueCode="changed"))
    if wish.cancelled:
        node["modifierExtension"] = [extension(ext.INFO_CANCELLED, valueBoolean=True)]
    return node
