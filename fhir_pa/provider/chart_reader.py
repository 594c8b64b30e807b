"""Read one patient's chart from the EHR over its FHIR API with a bearer token, as an app or the payer would."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.provider.wire import Wire
from ig_profiles.reading import Json, many


class ChartReader:
    """FHIR reads and searches at one EHR base; what is not there, or not open, is simply not found."""

    def __init__(self, base: str, token: str) -> None:
        self.base = base
        self._wire = Wire(base)
        self._token = token

    def read(self, reference: str) -> Json | None:
        """The resource a literal reference names, or None."""
        reply = self._wire.get(reference, self._token)
        return reply.body if reply.status == 200 else None

    def search(self, query: str) -> Json | None:
        """The searchset a query such as ``Coverage?patient=orla`` answers, or None when the EHR cannot search so."""
        reply = self._wire.get(query, self._token)
        return reply.body if reply.status == 200 else None

    def found(self, queries: Iterable[str]) -> list[Json]:
        """Every resource the queries bring, each once."""
        kept: dict[str, Json] = {}
        for query in queries:
            for resource in many(self.search(query), "entry", "resource"):
                kept.setdefault(f"{resource['resourceType']}/{resource['id']}", resource)
        return list(kept.values())
