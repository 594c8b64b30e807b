"""Audit: walk the chains of proofs over everything they hold on to, and the chain of looks, and name the first link of each that is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_pa.storage.proofs import Link, fingerprint
from fhir_pa.storage.store import Reading
from fhir_pa.um.proving.chain import Broken, KeptLink, first_broken
from fhir_pa.um.proving.looked_chain import Walked, walk
from fhir_pa.um.proving.proof import messages
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound


@dataclass(frozen=True)
class Verified:
    """One chain: how many links, the fingerprint of the last, and where it is broken, if it is.

    Whoever keeps ``last`` elsewhere can tell later that nobody wrote the whole chain anew.
    """

    number: str
    links: int
    last: str
    broken: Broken | None


def verify(payer: Payer, number: str | None = None) -> Iterator[Verified]:
    """Each chain, or the one of this authorization. Raises NotFound when there is none."""
    with payer.store.reading() as tx:
        numbers = [number] if number else tx.numbers()
    for each in numbers:
        with payer.store.reading() as tx:
            yield verified(each, tx)


def verify_looks(payer: Payer) -> Walked:
    """The one chain of everything anybody looked at."""
    with payer.store.reading() as tx:
        return walk(tx.looks_in_order())


def verified(number: str, tx: Reading) -> Verified:
    """One chain, held against the revisions, the received messages and the rows it speaks of. Raises NotFound."""
    links, texts, stands_at = tx.links(number), tx.revision_texts(number), tx.stands_at(number)
    if not links and not texts and stands_at is None:
        raise NotFound(f"No authorization {number} is on file. Check the number.", expression="number")
    kept = [_read(link) for link in links]
    held = {message["id"] for link in kept if link.document for message in messages(link.document)}
    documents = {revision: fingerprint(text) for revision, text in texts.items()}
    broken = first_broken(number, stands_at, kept, documents, tx.receipts_now(held))
    if broken is None and stands_at is not None:
        astray = tx.rows_astray(number)
        broken = Broken(number, stands_at, f"A row of '{astray}' says something else than the revision it was made of.") if astray else None
    return Verified(number, len(links), links[-1].fingerprint if links else "", broken)


def _read(link: Link) -> KeptLink:
    intact = link.fingerprint == link.sha256
    return KeptLink(link.revision, link.sha256, link.fingerprint, link.document if intact else None)
