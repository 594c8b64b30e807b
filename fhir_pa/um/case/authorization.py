"""Authorization: the payer's case, from the request to the last decision, with a trail nobody can rewrite.

Frozen: every act returns the changed copy, one ``revision`` higher, so that a store can refuse to save over somebody
else's act (pas.md trap 45). States move only along ``transitions.TABLE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from fhir_pa.um.case.acknowledgement import Acknowledgement
from fhir_pa.um.case.appeal import Appeal
from fhir_pa.um.case.brought_over import BroughtOver
from fhir_pa.um.case.contact import Contact
from fhir_pa.um.case.item import Event, Item, engine_events
from fhir_pa.um.case.peer_to_peer import PeerToPeer
from fhir_pa.um.case.recoupment import Recoupment
from fhir_pa.um.case.retrospective import Retro
from fhir_pa.um.case.review import ACTION, Decision, Reviewer, Verdict
from fhir_pa.um.case.transitions import PENDING, EventKind, State
from fhir_pa.um.case.use import Use, refuse_less_than_used
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.deciding.asked_for import asked_for
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.exclusion import Answer, Exclude
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, RequestedItem
from fhir_pa.um.deciding.updating import merged, wish
from ig_profiles.outcome import Conflict, NotFound, Unprocessable

_EVENT_OF = {Verdict.CERTIFY: EventKind.CERTIFIED, Verdict.DENY: EventKind.DENIED, Verdict.MODIFY: EventKind.MODIFIED}


@dataclass(frozen=True)
class Authorization:
    """One case. ``number`` is what a certification bears; ``reference`` names the case while it is pended.

    ``received`` are the ids of everything received for it, in order; ``submission`` is the newest request among them.
    ``client`` is the system that submitted it. ``first_clock`` is the clock of the first request, once something asked
    after all was decided runs by a ``clock`` of its own. ``retro`` is what is known of a case that began after its service. ``stay_from`` is
    day one of the stay that it continues, ``brought_over`` the evidence it took
    with it from there. ``practice_owner`` is who at the practice answers for what the plan asks of it later.
    """

    number: str
    reference: str
    request: AuthorizationRequest
    clock: Clock
    items: tuple[Item, ...]
    trail: tuple[Event, ...]
    client: str
    revision: int = 1
    submission: str = ""
    received: tuple[str, ...] = ()
    peer_to_peers: tuple[PeerToPeer, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    uses: tuple[Use, ...] = ()
    contacts: tuple[Contact, ...] = ()
    first_clock: Clock | None = None
    retro: Retro | None = None
    recoupments: tuple[Recoupment, ...] = ()
    stay_from: date | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    practice_owner: str = ""
    brought_over: BroughtOver | None = None

    @classmethod
    def open(
        cls,
        number: str,
        reference: str,
        request: AuthorizationRequest,
        answers: Mapping[int, Answer],
        received: str,
        client: str,
        at: datetime,
    ) -> Authorization:
        """The case as it stands in the same exchange: each item certified by the engine, or pended for a person.

        An item that arrives cancelled already (an update of a request that is not on file) is kept as cancelled.
        """
        clock = Clock.start(at, request.line_of_business, request.urgent, asked_for(request, at.date()))
        items = tuple(Item.cancelled_already(item, at) if item.cancelled else Item.opened(item, answers[item.sequence], at) for item in request.items)
        sequences = tuple(item.sequence for item in items)
        trail = (Event(at, "received", client, sequences), *engine_events(items, at))
        return cls(number, reference, request, clock, items, trail, client, submission=received, received=(received,))

    def item(self, sequence: int) -> Item:
        """The item with this sequence, or NotFound naming those there are."""
        found = next((item for item in self.items if item.sequence == sequence), None)
        if found is None:
            there = ", ".join(str(item.sequence) for item in self.items)
            raise NotFound(f"Authorization {self.number} has no item {sequence}. Its items are {there}.", expression="items")
        return found

    @property
    def opening_clock(self) -> Clock:
        """The clock of the first request: what its first decision is measured by, however often it is asked again."""
        return self.first_clock or self.clock

    @property
    def pended(self) -> tuple[Item, ...]:
        """Items at which a person must still look."""
        return tuple(item for item in self.items if item.state in PENDING)

    @property
    def is_final(self) -> bool:
        """Whether every item is decided."""
        return all(item.determination.is_final for item in self.items)

    def answers_differently(self, before: Authorization) -> bool:
        """Whether the provider hears anything new since then; the same answer given again is no news."""
        earlier = {item.sequence: item.determination for item in before.items}
        return any(item.sequence not in earlier or not item.determination.says_the_same_as(earlier[item.sequence]) for item in self.items)

    @property
    def action(self) -> ReviewAction:
        """One word for the whole case (pas.md rule 44): pended wins, then agreement, else partial."""
        live = {item.determination.action for item in self.items if item.state is not State.CANCELLED}
        if ReviewAction.PENDED in live:
            return ReviewAction.PENDED
        if not live:
            return ReviewAction.CANCELLED
        return live.pop() if len(live) == 1 else ReviewAction.PARTIAL

    def decide(self, decision: Decision, reviewer: Reviewer, at: datetime) -> Authorization:
        """A reviewer's decision on some items; all of them or none."""
        if not decision.items:
            raise Unprocessable("A decision names its items. Give at least one sequence.", expression="items")
        decided = {}
        for sequence in dict.fromkeys(decision.items):
            item = self.item(sequence)
            signed = decision.determination(item.requested, item.determination, reviewer, at)
            decided[sequence] = item.moved(_EVENT_OF[decision.verdict], signed)
        return self.with_items(decided, Event(at, str(ACTION[decision.verdict]), reviewer.person, tuple(decided), decision.because.strip()))

    def reopen(
        self, sequences: tuple[int, ...], reviewer: Reviewer, because: str, answers: Mapping[int, Answer], at: datetime
    ) -> Authorization:
        """Items decided against the member go back to a physician, for a stated reason such as new evidence.

        ``answers`` is what the engine finds now with all that has arrived since; its findings lie before the physician,
        who decides: what a person denied, software does not certify.
        """
        if not because.strip():
            raise Unprocessable("Reopening tells why. Write one plain sentence.", expression="because")
        if not sequences:
            raise Unprocessable("Reopening names its items. Give at least one sequence.", expression="items")
        reviewer.signature(Verdict.DENY, at)
        reopened = {}
        for sequence in dict.fromkeys(sequences):
            item, answer = self.item(sequence), answers[sequence]
            phone = item.determination.phone
            findings = () if isinstance(answer, Exclude) else answer.findings
            pend = Determination(ReviewAction.PENDED, f"Reopened: {because.strip()}", at, findings, answer.edition, phone=phone)
            reopened[sequence] = item.moved(EventKind.REOPENED, pend)
        changed = self.with_items(reopened, Event(at, str(EventKind.REOPENED), reviewer.person, tuple(reopened), because.strip()))
        return changed._timed_anew(at) if self.is_final else changed

    def receive_evidence(self, answers: Mapping[int, Answer], received: str, by: str, what: str, at: datetime) -> Authorization:
        """More evidence arrived: pended items are weighed anew, and the engine may now certify; decided ones stay decided.

        A denial is never turned by software: the trail says that evidence came, and a person may reopen.
        """
        weighed = {item.sequence: item.answered(answers[item.sequence], at) for item in self.pended if item.sequence in answers}
        about = tuple(weighed) or tuple(item.sequence for item in self.items)
        changed = self.with_items(weighed, Event(at, str(EventKind.EVIDENCE_RECEIVED), by, about, what), *engine_events(tuple(weighed.values()), at))
        return replace(changed, clock=self.clock.answered(at), received=(*self.received, received))

    def weigh(self, answers: Mapping[int, Answer], at: datetime) -> Authorization:
        """The engine's answers to the items it had no time for in the exchange; nothing else moves."""
        late = (item for item in self.pended if item.determination.awaits_engine)
        weighed = {item.sequence: item.answered(answers[item.sequence], at) for item in late if item.sequence in answers}
        return self.with_items(weighed, *engine_events(tuple(weighed.values()), at))

    def revise(self, request: AuthorizationRequest, answers: Mapping[int, Answer], received: str, by: str, at: datetime) -> Authorization:
        """The provider's update: added, changed and cancelled items move; what did not change keeps its decision.

        ``answers`` holds the engine's answer for every item to be weighed (``to_weigh``): added, changed, or pended still,
        because an update may bring the evidence that was missing. Nothing may be updated after a denial (pas.md rule 56):
        that is a Conflict, told to the provider as a business error.
        """
        denied = [item.sequence for item in self.items if item.state is State.DENIED]
        if denied:
            raise Conflict(f"Item {denied[0]} of {self.number} was not certified, so it takes no update. Submit a new request, or appeal.")
        cancel_all = request.certification_type is CertificationType.CANCEL
        known = {item.sequence: item for item in self.items}
        moved: dict[int, Item] = {}
        for asked in request.items:
            before = known.get(asked.sequence)
            if not asked.cancelled:
                refuse_less_than_used(self.uses, asked.sequence, asked.service.quantity, asked.service.unit)
            if before is None and (asked.cancelled or cancel_all):
                moved[asked.sequence] = Item.cancelled_already(asked, at)
            elif before is None:
                moved[asked.sequence] = Item.opened(asked, answers[asked.sequence], at)
            elif asked.cancelled or cancel_all:
                moved[asked.sequence] = before if before.state is State.CANCELLED else before.cancelled(asked, at)
            elif asked.sequence in answers:
                same_wish = before.state in PENDING and wish(asked) == wish(before.requested)
                moved[asked.sequence] = (before if same_wish else before.revised(asked)).answered(answers[asked.sequence], at)
        if cancel_all:
            for sequence, before in known.items():
                if sequence not in moved and before.state is not State.CANCELLED:
                    moved[sequence] = before.cancelled(before.requested, at)
        event = Event(at, str(EventKind.CANCELLED if cancel_all else EventKind.REVISED), by, tuple(moved))
        changed = self.with_items(moved, event, *engine_events(tuple(item for item in moved.values() if item.state is not State.CANCELLED), at))
        both = merged(self.request, request)
        items = tuple(item.known_as(both) for item in changed.items)
        clock = self.clock.answered(at)
        changed = replace(changed, clock=clock, request=both, items=items, submission=received, received=(*self.received, received))
        return changed._timed_anew(at) if self.is_final and answers else changed

    def to_weigh(self, request: AuthorizationRequest) -> tuple[RequestedItem, ...]:
        """The items of an update that must be weighed: new ones, those whose wish differs from what is on file, those pended."""
        known = {item.sequence: item for item in self.items}
        pended = {item.sequence for item in self.pended}
        return tuple(
            asked
            for asked in request.items
            if not asked.cancelled
            and (asked.sequence not in known or asked.sequence in pended or wish(asked) != wish(known[asked.sequence].requested))
        )

    def with_items(self, moved: Mapping[int, Item], *events: Event) -> Authorization:
        """The next revision: these items in the place of those with their sequences, new ones behind, the events in the trail."""
        kept = tuple(moved.get(item.sequence, item) for item in self.items)
        added = tuple(item for sequence, item in moved.items() if all(item.sequence != old.sequence for old in self.items))
        for sequence, item in moved.items():
            if held := item.determination.authorized:
                refuse_less_than_used(self.uses, sequence, held.quantity, held.unit)
        return replace(self, items=(*kept, *added), trail=(*self.trail, *events), revision=self.revision + 1)

    def _timed_anew(self, at: datetime) -> Authorization:
        """The case with a clock that starts now: all was decided, and something of it is open again (domain §4.1)."""
        clock = Clock.start(at, self.request.line_of_business, self.request.urgent, asked_for(self.request, at.date()))
        return replace(self, clock=clock, first_clock=self.opening_clock)
