"""What the payer knows already of a member, for a form: found in what the same provider's system sent with earlier requests.

Chapter: DTR R325-326, 2.2 spec-40 (dtr.md §1.4 rule 33). The policy's own facts are looked for in that record, so that each
keeps its date; answers are offered again only where the policy says that they stay true (``remembers``). Nothing is taken
from what another provider sent, nor from a case under a sensitive policy about something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.weighing.weighing import Documentation, documentation_of, form_answers
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json
from questionnaires.elm import facts_of
from questionnaires.facts import Fact
from questionnaires.library import Volume

CASES = 5  # the newest ones of the member
_APART = frozenset({"Coverage", "Claim", "Task"})


def payer_known(volume: Volume, identifiers: Iterable[Identifier], caller: Caller, payer: Payer, at: datetime) -> dict[str, Fact]:
    """The facts of this form that the payer has on file; empty when it has none."""
    told = _on_file(volume, tuple(identifiers), caller, payer)
    if told is None or volume.questionnaire is None:
        return {}
    found: dict[str, Fact] = {}
    if volume.elm is not None:
        found = payer.facts.facts(volume.elm, _of_one_patient(told.resources), at, facts_of(volume.elm))
    said = form_answers(volume.questionnaire, told.responses, payer.shelf.value_sets.expansions())
    for name in volume.edition.remembers:
        answer = said.get(name)
        if answer is not None and answer.values and not answer.disputed and not (name in found and found[name].values):
            found[name] = Fact(name, answer.values, answer.evidence, answer.unit)
    return {name: fact for name, fact in found.items() if fact.values}


def _on_file(volume: Volume, identifiers: tuple[Identifier, ...], caller: Caller, payer: Payer) -> Documentation | None:
    if not identifiers:
        return None
    with payer.store.reading() as tx:
        cases = [each for each in tx.of_member(identifiers) if each.client == caller.id and not _is_private(each, volume, payer)]
        cases.sort(key=lambda each: each.clock.received_at)
        return _all_of(cases[-CASES:], tx) if cases else None


def _all_of(cases: Iterable[Authorization], tx: Reading) -> Documentation:
    everything = Documentation()
    for case in cases:
        everything = everything.with_more(documentation_of(case, tx))
    return everything


def _is_private(case: Authorization, volume: Volume, payer: Payer) -> bool:
    for item in case.items:
        edition = item.determination.edition
        if edition is None or edition.topic == volume.edition.topic:
            continue
        try:
            if payer.shelf.edition(edition.topic, edition.version).sensitive:
                return True
        except NotFound:
            return True
    return False


def _of_one_patient(resources: tuple[Json, ...]) -> list[Json]:
    """The record as of one person: the newest Patient alone, since one person may have been sent under several ids."""
    people = [each for each in resources if each.get("resourceType") == "Patient"]
    return [each for each in resources if each.get("resourceType") not in _APART and (each.get("resourceType") != "Patient" or each is people[-1])]
