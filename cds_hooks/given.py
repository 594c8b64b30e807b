"""Given: everything a hook's answer needs from the rest of the house, handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds_hooks.apps import App
from cds_hooks.coverage_record import MemberRecord
from cds_hooks.granting import Grant
from cds_hooks.membership import Insured, LookUp
from cds_hooks.network import Network
from cds_hooks.on_file import OnFile
from cds_hooks.orders import Order
from cds_hooks.prefetch import Fetch, Together, one_by_one
from cds_hooks.turnaround import Turnaround
from ig_profiles.reading import Coding, Json
from questionnaires.criteria import Answers
from questionnaires.library import Shelf
from questionnaires.policy import Edition, RequestedService

Facts = Callable[[Edition, Sequence[Json]], Answers]
Assertions = Callable[[Order, str, tuple[str, ...]], str]


@dataclass(frozen=True)
class Exemption:
    """Why nobody need ask, until when that holds, and whose gold card it is: by number (NPI), and as a clinician knows them."""

    because: str
    until: date | None = None
    npi: str = ""
    who: str = "The ordering clinician"


def nothing_on_file(insured: Insured, npis: Iterable[str]) -> tuple[OnFile, ...]:
    """For a house that keeps no authorizations."""
    return ()


def nobody_exempt(edition: Edition, service: RequestedService, npis: Iterable[str], on: date) -> Exemption | None:
    """For a house without gold cards."""
    return None


def nothing_counted(insured: Insured, edition: Edition, on: date) -> Decimal | None:
    """For a house that counts nothing."""
    return None


def nothing_quiet(topic: str, edition: Edition | None) -> bool:
    """For a house that learns nothing from feedback."""
    return False


def nothing_better_known(coverage: Json | None, patient: Json | None) -> MemberRecord | None:
    """For a house that corrects nobody's records."""
    return None


def nothing_measured(edition: Edition, codes: Iterable[Coding]) -> Turnaround | None:
    """For a house that measures nothing."""
    return None


def as_ordered(service: RequestedService) -> RequestedService:
    """For a house without a code map."""
    return service


@dataclass(frozen=True)
class Given:
    """What the payer brings to a call.

    ``facts`` finds an edition's answers in FHIR resources. ``member_standing`` looks a Coverage (with the Patient, when
    at hand) up for a day; it may raise Unavailable. ``assertion_for`` gives the assertion id of an order under a
    coverage reference, stable over calls; it is told the ids the order already carries, ours or not. ``fetch`` takes a
    query relative to the EHR's FHIR base and gives a resource, a searchset, or None; it is None itself when the call
    gives no leave to query. ``together`` runs it over several queries, e.g. a thread pool's ``map``.

    ``on_file`` gives the member's authorizations, told who orders (NPIs); ``exempt`` the gold card of one of these numbers, where
    it spares all that is asked;
    ``turnaround`` how long decisions took. ``grant`` opens an authorization for a proven order; None when the house
    grants nothing unasked. ``used`` counts what the member has used of an edition's limit in its period around a day;
    None when that is not counted. ``quiet`` tells whether this caller is spared the cards of a type about an edition.
    ``network`` lists the payer's providers, ``apps`` what may be launched from a card. ``forms_by_task`` says that the
    caller's system has no DTR; ``organization`` is the payer as a FHIR resource. ``record`` is what the member file says of
    the person on a Coverage, or of a Patient without one, where the payer lets it correct the EHR's record. ``billed`` adds the codes
    by which the plan bills what an order says in clinical words.
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
    on_file: Callable[[Insured, Iterable[str]], Sequence[OnFile]] = nothing_on_file
    exempt: Callable[[Edition, RequestedService, Iterable[str], date], Exemption | None] = nobody_exempt
    turnaround: Callable[[Edition, Iterable[Coding]], Turnaround | None] = nothing_measured
    grant: Grant | None = None
    used: Callable[[Insured, Edition, date], Decimal | None] = nothing_counted
    quiet: Callable[[str, Edition | None], bool] = nothing_quiet
    network: Network = Network()
    apps: tuple[App, ...] = ()
    forms_by_task: bool = False
    organization: Json | None = None
    record: Callable[[Json | None, Json | None], MemberRecord | None] = nothing_better_known
    billed: Callable[[RequestedService], RequestedService] = as_ordered
