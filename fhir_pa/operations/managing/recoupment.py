"""Recoupment: write the demand for a payment back, follow what becomes of it, read its notice (F51). No money moves here."""

from __future__ import annotations

from enum import StrEnum

from fhir_pa.auth.caller import Caller
from fhir_pa.letters.pdf import pdf
from fhir_pa.letters.recoupment import html
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.letter import MEDIA
from fhir_pa.operations.desk.letter import Form as Shape
from fhir_pa.operations.desk.review import as_seen
from fhir_pa.operations.desk.view import recoupment as recoupment_seen
from fhir_pa.operations.desk.view import whole
from fhir_pa.um.case.recoupment import Stage
from fhir_pa.um.reviewing import recouping
from fhir_pa.um.telling.letter import Sender
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Forbidden, NotFound
from ig_profiles.reading import Json

DEMANDS = frozenset({"clerk", "physician"})


class Became(StrEnum):
    """What may be recorded of a demand."""

    CONTESTED = "under appeal"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


def demand(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Write a demand: ``items``, ``claim``, ``amount`` (dollars) and ``because``.

    Raises Conflict when no physician decided against these items looking back, or the decision is under appeal.
    """
    at, by = payer.clock(), _writer(caller)
    form = Form(parse(body))
    items, claim, amount, because = form.items(), form.text("claim"), form.decimal("amount"), form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    changed = recouping.demand(case, items, claim, amount, because, by, at)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)


def record(number: str, recoupment: int, body: bytes, caller: Caller, payer: Payer) -> Json:
    """What became of a demand (``stage``), and why (``note``)."""
    at, by = payer.clock(), _writer(caller)
    form = Form(parse(body))
    became, note = form.one_of("stage", Became, "Say what became of the demand,"), form.text("note")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    changed = recouping.move(case, recoupment, Stage(became), note, by, at)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)


def notice(number: str, part: int, form: str, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """The notice of a demand and its media type: a page, a PDF, or its parts as JSON."""
    caller.must_be_staff()
    if form not in [str(each) for each in Shape]:
        raise NotFound(f"There is no notice as '{form[:20]}'. Choose {', '.join(Shape)}.")
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    found = next((each for each in case.recoupments if each.number == part), None)
    if found is None:
        raise NotFound(f"Authorization {number} has no demand {part}.", expression="number")
    shape = Shape(form)
    if shape is Shape.JSON:
        return MEDIA[shape], dump(recoupment_seen(found), pretty=True)
    page = html(case, found, Sender(payer.directory.insurer.name, payer.directory.insurer.phone))
    return MEDIA[shape], pdf(page) if shape is Shape.PDF else page.encode()


def _writer(caller: Caller) -> str:
    person = caller.must_be_staff()
    if not DEMANDS & set(person.roles):
        raise Forbidden(f"{person.name} may not write demands: that takes a clerk or a physician.")
    return person.id
