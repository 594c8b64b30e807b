"""Whatever is done to an authorization, in whatever order: the twelve invariants of domain §4.9 hold after every act, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import Phase, settings
from hypothesis.stateful import invariant

from fhir_pa.operations.proofs.audit import verified
from fhir_pa.storage import alert_tables
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.peer_to_peer import Stage
from fhir_pa.um.case.transitions import EventKind, State
from fhir_pa.um.deciding.determination import ADVERSE, Determination, ReviewAction
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.counted import counted
from fhir_pa.um.on_file import units
from fhir_pa.um.reviewing import adverse, appealing
from fhir_pa.um.reviewing.deadlines import PASSED
from fhir_pa.um.telling.letter import Audience, Sender, lacks, letter_of
from ig_profiles.reading import Json, many
from tests.fhir_pa.any_act import PHONE, Acts
from tests.fhir_pa.any_life import DECLINES, EXCLUDER, ROSTER
from tests.stories.own_words import faults


class AnyLife(Acts):
    """One authorization under everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.lived: list[Authorization] = []
        self.told: list[tuple[str, Json]] = []
        self.told_at = self.valid_at = (0, 0)

    # --- what always holds (the numbers are those of domain §4.9) --------------------------------------------------------
    @invariant()
    def no_01_nothing_is_taken_away_without_an_eligible_signature_or_a_signed_exclusion(self) -> None:
        for item, made in self.determinations():
            if made.action in ADVERSE:
                signed = made.signed_by is not None and made.signed_by.person in DECLINES and bool(made.signed_by.licence)
                assert signed or (made.excluded_by == EXCLUDER and made.root_cause is RootCause.NOT_COVERED and not made.findings), (item.sequence, made)

    @invariant()
    def no_02_a_notice_of_what_was_taken_away_is_complete(self) -> None:
        case = self.life.case
        if any(item.determination.action in ADVERSE for item in case.items):
            for reader in Audience:
                lacking = lacks(letter_of(case, reader, Sender("Larkfield", PHONE), {}, {}, self.life.at.date()))
                assert [text for text in lacking if "No appeal is open" not in text] == []

    @invariant()
    def no_03_no_more_is_used_than_was_certified(self) -> None:
        case = self.life.case
        for item in case.items:
            held = units.left(case, item)
            assert held.certified is None or held.used <= held.certified, (item.sequence, held)

    @invariant()
    def no_04_nobody_hears_an_appeal_about_his_own_word(self) -> None:
        case = self.life.case
        for appeal in case.appeals:
            if appeal.reviewer is not None:
                assert appeal.reviewer.person not in self.had_a_part(case, appeal.number), appeal

    @invariant()
    def no_05_the_legal_time_does_not_depend_on_what_the_engine_finds(self) -> None:
        assert all(one == other for one, other in self.life.twins)

    @invariant()
    def no_06_what_was_certified_is_never_denied_in_silence(self) -> None:
        case = self.life.case
        said_so = (EventKind.REVISED, EventKind.CANCELLED, EventKind.ENDED_EARLY)
        revised = {(event.at, sequence) for event in case.trail if event.what in said_so for sequence in event.items}
        for item in case.items:
            made = (*item.earlier, item.determination)
            for before, after in zip(made, made[1:], strict=False):
                if before.action is ReviewAction.CERTIFIED and after.action in ADVERSE:
                    assert (after.decided_at, item.sequence) in revised, (item.sequence, before, after)

    @invariant()
    def no_07_an_item_keeps_its_number_in_every_answer(self) -> None:
        known = {item.sequence for item in self.life.case.items}
        assert set(self.life.wishes) <= known
        for _, response in self.responses():
            assert {int(item["itemSequence"]) for item in many(response, "item")} == known

    @invariant()
    def no_08_every_open_case_has_an_owner_and_a_due_time(self) -> None:
        case, life = self.life.case, self.life
        with life.store.reading() as tx:
            waiting = [each.number for each in tx.pended()]
            watched = tx.row(sa.select(alert_tables.watches.c.look_at))
        assert bool(case.pended) == (waiting == [case.number])
        if case.pended:
            assert case.clock.legal_due_at > case.clock.received_at
            looked = watched is not None and watched.look_at <= case.clock.legal_due_at + timedelta(seconds=1)
            assert looked or any(event.what == PASSED and event.at >= case.clock.received_at for event in case.trail), "nobody will notice that its time is up"

    @invariant()
    def no_09_its_time_runs_from_the_first_receipt(self) -> None:
        case = self.life.case
        with self.life.store.reading() as tx:
            assert tx.received(case.received[0]).at == case.opening_clock.received_at
            anew = {tx.received(each).at for each in case.received} | {event.at for event in case.trail if event.what == EventKind.REOPENED}
        assert case.clock.received_at in anew, "a later clock starts when something is asked, or opened, again"

    @invariant()
    def no_10_every_item_of_a_partial_answer_has_its_own_reason(self) -> None:
        for _, response in self.responses():
            notes = {note["number"]: note["text"] for note in many(response, "processNote")}
            told = {int(item["itemSequence"]): [notes[number] for number in many(item, "noteNumber")] for item in many(response, "item")}
            for item in self.life.case.items:
                if item.determination.action in ADVERSE:
                    assert any(item.determination.because in text for text in told[item.sequence]), (item.sequence, told)

    @invariant()
    def no_11_what_was_taken_away_names_its_wording_and_its_stage(self) -> None:
        for _, made in self.determinations():
            assert made.action not in ADVERSE or made.edition is not None
        assert self.life.case.request.certification_type

    @invariant()
    def no_12_what_was_denied_is_not_updated(self) -> None:
        kept = list(self.life.revisions())
        for before, after in zip(kept, kept[1:], strict=False):
            denied = any(item.state is State.DENIED for item in before.items)
            fresh = after.trail[len(before.trail) :]
            assert not denied or all(event.what not in (EventKind.REVISED, EventKind.CANCELLED) for event in fresh)

    @invariant()
    def nothing_kept_is_ever_rewritten(self) -> None:
        kept = list(self.life.revisions())
        assert kept[: len(self.lived)] == self.lived
        for before, after in zip(kept, kept[1:], strict=False):
            assert after.trail[: len(before.trail)] == before.trail
            for item in before.items:
                history = (*item.earlier, item.determination)
                now = after.item(item.sequence)
                assert (*now.earlier, now.determination)[: len(history)] == history
        self.lived = kept

    @invariant()
    def the_chain_of_proofs_holds(self) -> None:
        with self.life.store.reading() as tx:
            assert verified(self.life.number, tx).broken is None

    @invariant()
    def the_tracker_counts_from_rows_what_it_counts_over_the_case(self) -> None:
        case, now, ever = self.life.case, self.life.at, timedelta(days=4000)
        with self.life.store.reading() as tx:
            assert tx.counted((), (now - ever).date(), now - ever, now) == counted([case], (now - ever).date(), now)

    @invariant()
    def every_answer_can_be_written_and_is_valid_in_its_guide(self) -> None:
        for guide, answer in self.answers() if self.valid_at != (self.life.case.revision, len(self.life.errors)) else ():
            assert [f"{guide} {issue.expression}: {issue.text}" for issue in faults(answer, guide)] == []
        self.valid_at = self.told_at

    # --- reading --------------------------------------------------------------------------------------------------------
    def answers(self) -> list[tuple[str, Json]]:
        """Every answer the payer would give now; written once for each revision, because several invariants ask for them."""
        if self.told_at != (self.life.case.revision, len(self.life.errors)):
            self.told, self.told_at = list(self.life.told()), (self.life.case.revision, len(self.life.errors))
        return self.told

    def determinations(self) -> Iterator[tuple[Item, Determination]]:
        """Every determination there ever was."""
        for item in self.life.case.items:
            for made in (*item.earlier, item.determination):
                yield item, made

    def responses(self) -> Iterator[tuple[str, Json]]:
        """The ClaimResponses that are no errors."""
        for guide, answer in self.answers():
            bundles = [answer] if answer["resourceType"] == "Bundle" else many(answer, "parameter", "resource")
            for each in bundles:
                response = each["entry"][0]["resource"]
                if "error" not in response:
                    yield guide, response

    def had_a_part(self, case: Authorization, number: int) -> set[str]:
        """Everybody whose word stands in what the appeal is about, before it was filed; told from the trail."""
        appeal = appealing.appeal_of(case, number)
        acts = {"not certified", "modified", "certified in total", adverse.OFFERED, *(f"{adverse.CONVERSATION} {stage}" for stage in (Stage.HELD,))}
        told = {event.by for event in case.trail if event.at < appeal.filed_at and event.what in acts and set(event.items) & set(appeal.items)}
        return told & set(ROSTER)


AnyLife.TestCase.settings = settings(stateful_step_count=30, max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink))
TestAnyLife = AnyLife.TestCase
