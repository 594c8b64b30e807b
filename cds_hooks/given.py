"""Given: everything a hook's answer needs from the rest of the house, handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from cds_hooks.membership import LookUp
from cds_hooks.orders import Order
from cds_hooks.prefetch import Fetch, Together, one_by_one
from ig_profiles.reading import Json
from questionnaires.criteria import Answers
from questionnaires.library import Shelf
from questionnaires.policy import Edition

Facts = Callable[[Edition, Sequence[Json]], Answers]
Assertions = Callable[[Order, str, tuple[str, ...]], str]


@dataclass(frozen=True)
class Given:
    """What the payer brings to a call.

    ``facts`` finds an edition's answers in FHIR resources. ``member_standing`` looks a Coverage (with the Patient, when
    at hand) up for a day; it may raise Unavailable. ``assertion_for`` gives the assertion id of an order under a
    coverage reference, stable over calls; it is told the ids the order already carries, ours or not. ``fetch`` takes a
    query relative to the EHR's FHIR base and gives a resource, a searchset, or None; it is None itself when the call
    gives no leave to query. ``together`` runs it over several queries, e.g. a thread pool's ``map``.
    """

    shelf: Shelf
    facts: Facts
    member_standing: LookUp
    assertion_for: Assertions
    today: date
    payer_name: str
    public_url: str
    payer_phone: str | None = None
    fetch: Fetch | None = None
    together: Together = one_by_one
