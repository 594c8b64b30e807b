"""Prefetch: what a decision needs and the call did not bring, and the queries that would bring it (crd.md §1.5).

The fetcher is handed in; it knows the EHR's address, the token and the deadline. What it cannot get becomes a sentence
in the answer, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import quote

from cds_hooks.executed import about_everybody, about_somebody_else, narrowed_by
from cds_hooks.material import is_failed_query, next_page, searched_type
from cds_hooks.orders import described_by
from cds_hooks.request import HookRequest
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, many, text

Fetch = Callable[[str], Json | None]
Together = Callable[[Callable[[str], Json | None], Sequence[str]], Iterable[Json | None]]
ROUNDS = 3  # an appointment leads to its order, the order to its medication
PAGES = 5  # of one search; what lies beyond is told as not seen
_READABLE = re.compile(r"^[A-Z][A-Za-z]{1,40}/[A-Za-z0-9\-.]{1,64}$")
_A_PAGE = re.compile(r"^([A-Z][A-Za-z]{1,40})?/?\?")


def one_by_one(fetch: Fetch, queries: Sequence[str]) -> Iterator[Json | None]:
    """The plainest way to run several queries; a thread pool's ``map`` is the quick one."""
    return map(fetch, queries)


def missing(request: HookRequest) -> tuple[str, ...]:
    """The queries, relative to the EHR's FHIR base, for what the decision needs and nobody has looked for yet."""
    wanted: list[str] = []
    patient = quote(request.patient_id, safe="")
    if request.patient is None:
        wanted.append(f"Patient/{patient}")
    if next(request.index.of_type("Coverage"), None) is None:
        wanted.append(f"Coverage?patient={patient}&status=active")
    references = [*request.hook.wanted(request.context, request.index), *_behind_orders(request)]
    wanted += readable(references, request.fhir_server)
    wanted += filter(None, (_page(url, request.fhir_server) for url in request.further))
    return tuple(dict.fromkeys(query for query in wanted if searched_type(query) not in request.absent))


def complete(request: HookRequest, fetch: Fetch, together: Together = one_by_one) -> HookRequest:
    """The call with what was missing and could be fetched; every query is asked once.

    ``fetch`` takes a query relative to the FHIR base and gives the resource or searchset, or None when the EHR did not
    answer in time; a Refusal it raises counts as no answer. ``together`` runs it over several queries.
    """
    asked: set[str] = set()
    for _ in range(ROUNDS):
        queries = [query for query in missing(request) if query not in asked]
        if not queries:
            break
        asked.update(queries)
        request = ask(request, queries, fetch, together)
    return request


def ask(request: HookRequest, queries: Sequence[str], fetch: Fetch, together: Together = one_by_one) -> HookRequest:
    """The call with the answers to these queries in its material, its troubles and what is known to be absent."""
    found: list[tuple[str, Json]] = []
    absent: list[str] = []
    troubles: list[str] = []
    for query, answer in zip(queries, together(_whole(never_raising(fetch), request.fhir_server), queries), strict=True):
        kind = searched_type(query) or "a further page"
        if answer is None:
            troubles.append(f"The EHR did not answer when asked for {kind}.")
        elif is_failed_query(answer):
            troubles.append(f"The EHR refused when asked for {kind}.")
        elif about_somebody_else(answer, request.patient_id) or about_everybody(query, answer, request.patient_id):
            troubles.append(f"The EHR searched {kind} of others than this patient, so what it found was left aside.")
        elif answer.get("resourceType") == "Bundle" and not answer.get("entry"):
            absent.append(kind)
        else:
            found.append((query, answer))
            if added := narrowed_by(query, answer):
                troubles.append(f"The EHR limited its search for {kind} by {' and '.join(added)}; there may be more.")
            if next_page(answer):
                troubles.append(f"The EHR did not give every page of {kind}.")
    return request.with_material(found, absent, troubles)


def _whole(fetch: Fetch, fhir_server: str | None) -> Fetch:
    """The fetcher that follows a search from page to page; a Bundle it gives is whole, or still says where the rest is."""

    def fetched(query: str) -> Json | None:
        whole = fetch(query)
        for _ in range(PAGES - 1):
            following = _page(next_page(whole), fhir_server)
            page = fetch(following) if following else None
            if whole is None or page is None or is_failed_query(page):
                break
            whole = {**whole, "entry": many(whole, "entry") + many(page, "entry"), "link": page.get("link")}
        return whole

    return fetched


def never_raising(fetch: Fetch) -> Fetch:
    """The fetcher with a refusal of the EHR told as no answer."""

    def fetched(query: str) -> Json | None:
        try:
            return fetch(query)
        except Refusal:
            return None

    return fetched


def _behind_orders(request: HookRequest) -> Iterator[str]:
    """References from the orders in scope to what they are for and why, when not at hand."""
    for subject in request.orders:
        for reference in described_by(subject.described_by.resource):
            name = text(reference, "reference")
            if name and not name.startswith("#") and request.index.resolve(reference, subject.described_by) is None:
                yield name


def _page(url: str | None, fhir_server: str | None) -> str | None:
    """The query for a page of a search, relative to the EHR's base; None for one that leads elsewhere.

    >>> _page("https://ehr.example/fhir?_getpages=7&_offset=20", "https://ehr.example/fhir/"), _page("https://elsewhere.example/?page=2", None)
    ('?_getpages=7&_offset=20', None)
    """
    base = fhir_server.rstrip("/") if fhir_server else None
    name = url or ""
    if base and name.startswith((f"{base}/", f"{base}?")):
        name = name[len(base) :].lstrip("/")
    return name if _A_PAGE.match(name) else None


def readable(references: Iterable[str], fhir_server: str | None) -> list[str]:
    """The reads, relative to the EHR's base, of those references that lead there."""
    return [query for query in (_read(reference, fhir_server) for reference in references) if query]


def _read(reference: str, fhir_server: str | None) -> str | None:
    """The read of a reference, relative to the EHR's base; None for one that leads elsewhere or is no reference.

    >>> _read("https://ehr.example/fhir/Condition/7", "https://ehr.example/fhir/"), _read("https://elsewhere.example/Condition/7", "https://ehr.example/fhir")
    ('Condition/7', None)
    """
    base = fhir_server.rstrip("/") + "/" if fhir_server else None
    name = reference.split("/_history/")[0]
    if base and name.startswith(base):
        name = name[len(base) :]
    return name if _READABLE.match(name) else None
