"""Prove: replay every determination of an authorization from the received bytes, with the wording that decided it.

A person's judgement is not replayed: what is shown of it is who signed, and that the findings it rests on replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from fhir_pa.operations.proofs.audit import Verified, verified
from fhir_pa.operations.weighing.billed import as_billed
from fhir_pa.operations.weighing.weighing import Documentation, answers_of, documentation_of
from fhir_pa.pas.codes import NOT_COVERED
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding import gold_card
from fhir_pa.um.deciding.asked_late import in_window
from fhir_pa.um.deciding.determination import determine
from fhir_pa.um.deciding.exclusion import Answer, exclude
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.limit import FACT, within_limit
from fhir_pa.um.deciding.not_needed import FACT as IN_NETWORK
from fhir_pa.um.deciding.not_needed import not_needed
from fhir_pa.um.proving import proof
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json
from questionnaires.criteria import Circumstances

NOTHING_CAME = "no message of it is on file, because it was simulated and never came over the wire"


@dataclass(frozen=True)
class Replay:
    """One determination as its link tells it, and where a replay differs (empty: the same answer).

    ``engine`` is the fhir-pa that kept it; ``how`` says what was done: weighed anew, or what stands for it. ``replayed`` is
    false where there is nothing to replay it from.
    """

    revision: int
    decided: Json
    engine: str
    how: str
    differences: tuple[str, ...] = ()
    replayed: bool = True


@dataclass(frozen=True)
class Proof:
    """The chain of an authorization and the replay of each determination; ``holds`` when nothing is broken and all agree."""

    chain: Verified
    replays: tuple[Replay, ...]

    @property
    def holds(self) -> bool:
        """Whether the chain is whole and every replay gave the same answer."""
        return self.chain.broken is None and not any(each.differences for each in self.replays)


def prove(number: str, payer: Payer) -> Proof:
    """The proof of one authorization, by its number or reference; nothing is replayed from a broken chain. Raises NotFound."""
    with payer.store.reading() as tx:
        number = tx.authorization(number).number if tx.stands_at(number) is None and not tx.links(number) else number
        chain = verified(number, tx)
        return Proof(chain, () if chain.broken else tuple(_replays(number, tx, payer)))


def _replays(number: str, tx: Reading, payer: Payer) -> Iterator[Replay]:
    weighed: dict[int, Replay] = {}
    for link in tx.links(number):
        made = link.document["determinations"]
        if made and not tx.receipts(tx.revision(number, link.revision).received):
            yield from (Replay(link.revision, each, link.document["engine"], NOTHING_CAME, replayed=False) for each in made)
            continue
        case = tx.revision(number, link.revision) if made else None
        documentation = documentation_of(case, tx) if case else Documentation()
        for decided in made:
            assert case is not None
            signed = bool({"role", "act"} & decided["decided_by"].keys())
            if signed:
                how, differences = _signed(decided, weighed.get(decided["item"]))
            elif decided["decided_by"]["kind"] == proof.PROVIDER or not decided.get("weighed", True):
                how, differences = "nothing was weighed", ()
            else:
                how, differences = _replay(decided, case, documentation, tx, payer)
            replay = Replay(link.revision, decided, link.document["engine"], how, differences)
            if not signed:
                weighed[decided["item"]] = replay
            yield replay


def _signed(decided: Json, weighed: Replay | None) -> tuple[str, tuple[str, ...]]:
    """A person's determination: it rests on the findings that lay before the person, which were replayed as such."""
    if weighed is None:
        return "a person decided; nothing was weighed", ()
    before = {part: weighed.decided[part] for part in proof.GROUNDS}
    return f"a person decided, on the findings of revision {weighed.revision}", proof.differences(decided, before)


def _replay(decided: Json, case: Authorization, documentation: Documentation, tx: Reading, payer: Payer) -> tuple[str, tuple[str, ...]]:
    taken_over = _taken_over(decided, case, tx)
    if taken_over is not None:
        source, same = taken_over
        _, differences = _replay(same, source, documentation_of(source, tx), tx, payer)
        return f"taken over from {source.number}, which was weighed anew", differences
    at = datetime.fromisoformat(decided["decided_at"])
    try:
        made = _again(decided, case, documentation, at, payer).determination(at)
    except NotFound as gone:
        return "the rule that decided is gone", (str(gone),)
    outcome = {"outcome": proof.outcome(made)} if decided["decided_by"]["kind"] == proof.ENGINE else {}
    over = f", those of {case.brought_over.number} among them" if case.brought_over else ""
    how = "certified anew by the gold card it rests on" if "exemption" in decided else f"weighed anew from the received bytes{over}"
    return how, proof.differences(decided, {**proof.grounds(made), **outcome})


def _again(decided: Json, case: Authorization, documentation: Documentation, at: datetime, payer: Payer) -> Answer:
    """What the engine says of the item now, with the edition that decided. Raises NotFound when that is not on the shelf."""
    service = replace(case.item(decided["item"]).requested.service, line_of_business=case.request.line_of_business)
    edition = as_billed(payer.shelf.edition(decided["policy"]["topic"], decided["policy"]["version"]), service).edition
    on = service.on or at.date()
    card = decided.get("exemption")
    spared = gold_card.certified(edition, service, _exemption(card), at.date()) if card else None
    if spared is not None:
        return spared
    excluded = exclude(edition, NOT_COVERED, payer.directory.insurer.phone)
    if excluded is not None:
        return excluded
    known = {fact["fact"]: fact["value"] for fact in decided["facts"]}
    used = Decimal(known[FACT]) if FACT in known else None
    nobody_asks = not_needed(edition, service, used, known.get(IN_NETWORK, ""))
    if nobody_asks is not None:
        return nobody_asks
    findings = edition.weigh(service, answers_of(edition, documentation, payer.shelf, payer.facts, at), Circumstances(on, at.date()))
    findings = in_window(edition, service, within_limit(edition, service, findings, used), at.date())
    return determine(edition, findings, service, at.date())


def _exemption(card: Json) -> Exemption:
    until = card.get("until")
    return Exemption(card["npi"], card["because"], date.fromisoformat(until) if until else None)


def _taken_over(decided: Json, case: Authorization, tx: Reading) -> tuple[Authorization, Json] | None:
    """The order-time authorization whose certification this determination repeats, and that certification."""
    number = case.item(decided["item"]).requested.authorization_number
    if number is None or tx.stands_at(number) is None or number == case.number:
        return None
    for link in tx.links(number):
        for each in link.document["determinations"]:
            if all(each[part] == decided[part] for part in proof.GROUNDS) and "authorized" in each["outcome"]:
                source = tx.revision(number, link.revision)
                return (source, each) if source.request.assertion else None
    return None
