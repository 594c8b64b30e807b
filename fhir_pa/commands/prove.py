"""For whoever must show how a decision was made: replay it, and tell criterion by criterion what it rested on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from fhir_pa.commands.options import payer_of, where
from fhir_pa.operations.proofs import prove as proving
from fhir_pa.operations.proofs.prove import Proof, Replay
from fhir_pa.um.proving.proof import PERSON, PROVIDER
from ig_profiles.reading import Json


@click.command()
@click.argument("number")
@where
def prove(number: str, **flags: Any) -> None:
    """Replay every determination of the authorization NUMBER from what was received, and compare.

    Exit status: 0 when the chain of proofs is whole and every replay gives the same answer, 1 when not, 2 when there is no
    such authorization.
    """
    with payer_of(flags) as payer:
        proof = proving.prove(number, payer)
    for line in told(proof):
        click.echo(line)
    sys.exit(0 if proof.holds else 1)


def told(proof: Proof) -> Iterator[str]:
    """The proof in lines for a person."""
    for replay in proof.replays:
        yield from _determination(replay)
    if proof.chain.broken:
        yield f"{proof.chain.broken} Nothing is replayed from a broken chain."
        return
    yield f"The chain is whole: {proof.chain.links} links, the last {proof.chain.last}."
    replayed = [each for each in proof.replays if each.replayed]
    other, left = sum(bool(each.differences) for each in replayed), len(proof.replays) - len(replayed)
    if replayed or not left:
        yield f"{len(replayed)} determinations, every replay gives the same answer." if not other else f"{other} of {len(replayed)} differ."
    if left:
        yield f"{left} determinations could not be replayed."


def _determination(replay: Replay) -> Iterator[str]:
    decided, outcome = replay.decided, replay.decided["outcome"]
    codes = " ".join(coding["code"] for coding in decided["service"].get("codes", ()))
    yield f"Revision {replay.revision}, item {decided['item']} ({codes}): {outcome['action']} by {_who(replay)} at {decided['decided_at']}"
    yield f"  because  {outcome['because']}"
    if decided["policy"]:
        yield f"  rule     {decided['policy']['topic']} {decided['policy']['version']}, wording {decided['policy']['fingerprint']}"
    facts = decided["facts"]
    for finding in decided["findings"]:
        yield from _finding(finding, facts, 1)
    yield f"  replay   {replay.how}: {'it differs' if replay.differences else 'the same' if replay.replayed else 'not replayed'}"
    yield from (f"           {difference}" for difference in replay.differences)


def _finding(finding: Json, facts: list[Json], depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{finding['truth']:<8} {finding['criterion']}: {finding['because']}"
    for inner in finding["below"]:
        yield from _finding(inner, facts, depth + 1)
    if not finding["below"]:
        yield from (f"{'  ' * depth}         {_evidence(fact)}" for fact in facts if fact["fact"] in finding["facts"])


def _evidence(fact: Json) -> str:
    dates = [f"{word} {fact[key]}" for word, key in (("of", "clinical_on"), ("recorded", "recorded_on")) if key in fact]
    where = ", ".join([f"{fact.get('resource', 'no resource')} {fact.get('element', '')}".strip(), *dates])
    return f"{fact['fact']} = {fact['value']} ({fact['origin']}; {where}; SHA-256 {fact.get('sha256', 'not kept')})"


def _who(replay: Replay) -> str:
    by = replay.decided["decided_by"]
    if by["kind"] == PERSON:
        credentials = [by[key] for key in ("role", "licence") if key in by]
        return ", ".join([str(by.get("name", by["person"])), *credentials])
    return "the provider" if by["kind"] == PROVIDER else f"the engine (fhir-pa {replay.engine})"
