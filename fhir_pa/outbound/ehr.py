"""Query a provider's EHR for the call that is being answered: with its token, under one deadline, several at once.

Chapter: CDS Hooks, FHIR resource access (crd.md §1.5). The token is used for this call only; it is never kept or logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass

from fhir_pa.outbound.addresses import NotAllowed, check_url
from fhir_pa.outbound.breaker import Breaker
from fhir_pa.outbound.guarded import Limits, NotReached, fetch
from fhir_pa.outbound.search_names import translated
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json

AT_ONCE = 8


@dataclass(frozen=True)
class Patience:
    """Seconds given to one query, and to all of a call together."""

    each: float = 1.2
    total: float = 2.5


@dataclass(frozen=True)
class Base:
    """A provider's FHIR base and how to ask there.

    ``prefixes`` are the registered addresses, ``names`` this server's search parameters where they differ from FHIR's
    (see ``search_names``).
    """

    url: str
    prefixes: tuple[str, ...]
    private_networks: tuple[str, ...] = ()
    names: Mapping[str, str] | None = None

    @property
    def is_registered(self) -> bool:
        """Whether the payer may query this base at all."""
        try:
            check_url(self.url, self.prefixes)
        except NotAllowed:
            return False
        return True


class Ehr:
    """One base during one call. ``query`` is relative to it; None means no useful answer in time, or that it was given a rest."""

    def __init__(self, base: Base, token: str | None, patience: Patience = Patience(), breaker: Breaker | None = None) -> None:
        self._base = base
        self._url = base.url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._patience, self._breaker = patience, breaker or Breaker()
        self._until = time.monotonic() + patience.total

    def fetch(self, query: str) -> Json | None:
        """The resource, searchset or OperationOutcome the EHR answers with; None when it did not answer usefully."""
        asked_at = time.monotonic()
        left = min(self._until - asked_at, self._patience.each)
        if left <= 0 or not self._breaker.may_ask(self._url):
            return None
        limits = Limits(connect=left, read=left, total=left)
        try:
            reply = fetch(self._address(query), self._base.prefixes, self._headers, limits, self._base.private_networks)
        except (NotAllowed, NotReached):
            self._report(time.monotonic() - asked_at, left)
            return None
        self._breaker.answered(self._url)
        try:
            answer = parse(reply.body)
        except Refusal:
            return None
        return answer if isinstance(answer, dict) else None

    def together(self, ask: Callable[[str], Json | None], queries: Sequence[str]) -> Iterator[Json | None]:
        """The answers to several queries, asked at once, in the order of the queries; nobody waits past the deadline of the call.

        A query still under way then is left to end by its own time limits; its answer comes too late for this call.
        """
        pool = ThreadPoolExecutor(min(AT_ONCE, len(queries) or 1), "ehr")
        try:
            for future in [pool.submit(ask, query) for query in queries]:
                try:
                    yield future.result(timeout=max(self._until - time.monotonic(), 0.0))
                except NotInTime:
                    yield None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _address(self, query: str) -> str:
        theirs = translated(query, self._base.names or {})
        return f"{self._url}{theirs}" if theirs.startswith("?") else f"{self._url}/{theirs}"

    def _report(self, took: float, allowed: float) -> None:
        """It did not answer: because it was silent for all the time it had, or because it refused at once."""
        if took >= allowed:
            self._breaker.stalled(self._url, took)
        else:
            self._breaker.answered(self._url)
