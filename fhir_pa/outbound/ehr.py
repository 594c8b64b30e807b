"""Query a provider's EHR for the call that is being answered: with its token, under one deadline, several at once.

Chapter: CDS Hooks, FHIR resource access (crd.md §1.5). The token is used for this call only; it is never kept or logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from fhir_pa.outbound.addresses import NotAllowed, check_url
from fhir_pa.outbound.guarded import Limits, NotReached, fetch
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json

DEADLINE_SECONDS = 2.5
EACH_SECONDS = 1.2
AT_ONCE = 8


class Ehr:
    """One provider's FHIR base during one call. ``query`` is relative to the base; None means no answer in time."""

    def __init__(self, base: str, token: str | None, prefixes: Iterable[str], private_networks: tuple[str, ...] = ()) -> None:
        self.base = base.rstrip("/")
        self.prefixes = tuple(prefixes)
        self.private_networks = private_networks
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._until = time.monotonic() + DEADLINE_SECONDS

    @property
    def is_registered(self) -> bool:
        """Whether the payer may query this base at all."""
        try:
            check_url(self.base, self.prefixes)
        except NotAllowed:
            return False
        return True

    def fetch(self, query: str) -> Json | None:
        """The resource, searchset or OperationOutcome the EHR answers with; None when it did not answer usefully."""
        left = min(self._until - time.monotonic(), EACH_SECONDS)
        if left <= 0:
            return None
        try:
            limits = Limits(connect=left, read=left, total=left)
            reply = fetch(f"{self.base}/{query}", self.prefixes, self._headers, limits, self.private_networks)
            answer = parse(reply.body)
        except (NotAllowed, NotReached, Refusal):
            return None
        return answer if isinstance(answer, dict) else None

    def together(self, ask: Callable[[str], Json | None], queries: Sequence[str]) -> Iterator[Json | None]:
        """The answers to several queries, asked at once, in the order of the queries."""
        with ThreadPoolExecutor(min(AT_ONCE, len(queries) or 1)) as pool:
            yield from pool.map(ask, queries)
