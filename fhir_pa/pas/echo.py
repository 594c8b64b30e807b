"""Resources of a received Bundle given back in the answer: same fullUrl, same id, every reference absolute.

Source: PAS §specification "Prior Authorization Response" (pas.md §1.4 rules 28-30, traps 9-12). Whatever the answer
refers to is there, with everything it refers to in turn (2.0.1 demands these descendants, 2.2 allows them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhir_pa.pas.ids import stable_uuid
from fhir_pa.um.deciding.request import Party
from ig_profiles.names import NPI
from ig_profiles.reading import Entry, Index, Json, many, text

_STAYS = frozenset({"Claim", "ClaimResponse"})  # a request is named, never given back whole


@dataclass(frozen=True)
class Received:
    """One received request Bundle with its Claim, ready to be quoted from."""

    bundle: Json
    index: Index
    claim: Entry

    @classmethod
    def of(cls, bundle: Json) -> Received:
        """The Bundle with its resources indexed; an entry without fullUrl gets a stable one of our making."""
        index = Index()
        for position, entry in enumerate(many(bundle, "entry")):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(resource, dict):
                named = text(entry, "fullUrl") or f"urn:uuid:{stable_uuid(position, resource)}"
                index.add(resource, named, f"Bundle.entry[{position}].resource")
        claim = next(index.of_type("Claim"), Entry("", {"resourceType": "Claim"}, "Bundle.entry[0].resource"))
        return cls(bundle, index, claim)

    def items(self) -> Mapping[int, Json]:
        """The items of the Claim by sequence."""
        listed = (node for node in many(self.claim.resource, "item") if isinstance(node, dict))
        return {node["sequence"]: node for node in listed if isinstance(node.get("sequence"), int)}


class Echo:
    """Collects what an answer refers to, and gives it back as Bundle entries."""

    def __init__(self) -> None:
        self._wanted: dict[str, tuple[Index, Entry]] = {}

    def mention(self, received: Received, reference: Any, holder: Entry | None = None) -> Json | None:
        """A Reference to what ``reference`` names in the received Bundle, which will then be among the entries.

        What is not in the Bundle stays named by identifier; a literal reference to it is kept as the sender wrote it.
        """
        entry = received.index.resolve(reference, holder or received.claim)
        if entry is not None:
            return self._take(received.index, entry)
        known = {key: reference[key] for key in ("reference", "identifier", "display") if reference.get(key)} if isinstance(reference, dict) else {}
        return known or None

    def provider(self, received: Received, party: Party) -> Json | None:
        """A Reference to a clinician or organization; for a role, to the practitioner (else the organization) behind it."""
        entry = received.index.resolve(party.url) if party.url else None
        if entry is not None and entry.resource.get("resourceType") == "PractitionerRole":
            behind = (received.index.resolve(entry.resource.get(name), entry) for name in ("practitioner", "organization"))
            entry = next((found for found in behind if found is not None), None)
        if entry is not None:
            return self._take(received.index, entry)
        if party.npi:
            return {"identifier": {"system": NPI, "value": party.npi}} | ({"display": party.name} if party.name else {})
        return None

    def entries(self) -> list[Json]:
        """Everything mentioned and all it refers to, each once, in the order of first mention."""
        given: dict[str, Json] = {}
        waiting = list(self._wanted.values())
        while waiting:
            index, entry = waiting.pop(0)
            if entry.full_url in given:
                continue
            below: list[Entry] = []
            resource = absolute(entry.resource, entry, index, below)
            given[entry.full_url] = {"fullUrl": entry.full_url, "resource": resource}
            waiting.extend((index, found) for found in below if found.resource.get("resourceType") not in _STAYS)
        return list(given.values())

    def _take(self, index: Index, entry: Entry) -> Json:
        if entry.full_url.startswith("#"):  # contained in the Claim: it needs a name of its own outside
            entry = replace(entry, full_url=f"urn:uuid:{stable_uuid(entry.resource)}")
        self._wanted.setdefault(entry.full_url, (index, entry))
        return {"reference": entry.full_url}


def absolute(node: Any, holder: Entry, index: Index, below: list[Entry]) -> Any:
    """A copy of the node whose references bear the fullUrl of what they point to; each such entry is noted in ``below``."""
    if isinstance(node, dict):
        copy = {key: absolute(value, holder, index, below) for key, value in node.items()}
        name = node.get("reference")
        if isinstance(name, str) and not name.startswith("#"):
            found = index.resolve(name, holder)
            if found is not None:
                below.append(found)
                copy["reference"] = found.full_url
        return copy
    if isinstance(node, list):
        return [absolute(value, holder, index, below) for value in node]
    return node
