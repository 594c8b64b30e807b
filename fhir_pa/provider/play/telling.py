"""Say a payer's answer in words: coverage information, and a decision item by item with its findings."""

from __future__ import annotations

import re
from collections import Counter

from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from fhir_pa.provider.pas.claim_response import ItemAnswer, PasAnswer
from fhir_pa.provider.play.narrator import Narrator

FINDING = re.compile(r"Criterion (?P<criterion>.+?): (?P<truth>met|not met|unknown)\. ")


def tell_coverage(tell: Narrator, order: str, said: CoverageAnswer) -> None:
    """One repetition of coverage information."""
    needed = {"auth-needed": "authorization needed", "no-auth": "no authorization needed", "satisfied": "authorized already"}
    documents = f"; {' and '.join(said.doc_needed)} documentation" if said.doc_needed else ""
    tell.answered(f"{order}: {said.covered}, {needed.get(said.pa_needed or '', said.pa_needed or 'nothing said of authorization')}{documents}")
    for reason in said.reasons:
        tell.detail(f"because: {reason}")
    for form in said.questionnaires:
        tell.detail(f"form: {form}")
    tell.detail(f"assertion id: {said.assertion_id}")


def tell_answer(tell: Narrator, answer: PasAnswer, with_findings: bool = False) -> None:
    """The decision item by item, with reasons and whom to call; each criterion's finding on a line, or how many said what."""
    for error in answer.errors:
        tell.answered(f"business error: {error}")
    for item in answer.items:
        tell.answered(_headline(item))
        for reason in item.reasons:
            tell.detail(f"coded reason: {reason}")
        for note in item.notes:
            if FINDING.match(note) is None:
                tell.detail(note)
        for line in _findings_told(item) if with_findings else [f"findings: {counted(item)}"] if findings(item) else []:
            tell.detail(line)
    for asked in answer.asked:
        tell.detail(f"asked for under {asked.control.get('value')}: {asked.words}")
    if answer.human is not None:
        tell.detail(f"reviewed by a person: {'yes' if answer.human else 'no'}")


def findings(item: ItemAnswer) -> dict[str, str]:
    """What each criterion said: its id with met, not met or unknown, from the notes that tell findings.

    >>> findings(ItemAnswer(1, "A1", None, None, None, None, (), ("Criterion room_air: met. On room air: met.",)))
    {'room_air': 'met'}
    """
    return {found["criterion"]: found["truth"] for note in item.notes if (found := FINDING.match(note))}


def counted(item: ItemAnswer) -> str:
    """How many criteria said what.

    >>> counted(ItemAnswer(1, "A1", None, None, None, None, (), ("Criterion a: met. x", "Criterion b: unknown. y")))
    '1 met, 1 unknown'
    """
    return ", ".join(f"{number} {truth}" for truth, number in Counter(findings(item).values()).items())


def decisions(answer: PasAnswer) -> list[tuple[int, str, str | None, str | None, str | None]]:
    """What was decided, item by item, to compare two answers by."""
    return [(item.sequence, item.action, item.number, item.starts, item.ends) for item in answer.items]


def _headline(item: ItemAnswer) -> str:
    named = f", number {item.number}" if item.number else f", reference {item.reference}" if item.reference else ""
    period = f", {item.starts} to {item.ends}" if item.starts else ""
    return f"item {item.sequence}: {item.word.upper()}{named}{period}"


def _findings_told(item: ItemAnswer) -> list[str]:
    """One line for each criterion: what it said, its name, and the values it rests on."""
    lines = []
    for note in item.notes:
        found = FINDING.match(note)
        if found:
            rests = (note.partition(" Evidence: ")[2].partition(". Missing: ")[0]).partition(". Policy: ")[0]
            values = "; ".join(dict.fromkeys(each.partition(" (")[0] for each in rests.split("; ")))
            lines.append(f"{found['truth']:<8} {found['criterion']:<34} {values}")
    return lines
