"""Read one patient's chart from the EHR over its FHIR API with a bearer token, as an app or the payer would."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.provider.wire import Wire
from ig_profiles.reading import Json, many, text


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
        """Every resource the queries bring, page after page, each once; where a filter is refused, all the patient has of that kind."""
        kept: dict[str, Json] = {}
        for query in queries:
            following: str | None = query
            while following:
                page = self.search(following)
                if page is None and following == query and "&" in query:
                    page = self.search(query.partition("&")[0])
                for resource in many(page, "entry", "resource"):
                    kept.setdefault(f"{resource['resourceType']}/{resource['id']}", resource)
                following = self._next(page)
        return list(kept.values())

    def _next(self, page: Json | None) -> str | None:
        """The following page, where it lies below this base: the token goes nowhere else."""
        links = (text(link, "url") for link in many(page, "link") if link.get("relation") == "next")
        return next((url for url in links if url and url.startswith(f"{self.base}/")), None)
