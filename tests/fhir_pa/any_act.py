"""Everything that can happen to an authorization, as rules of a state machine; what must hold after each is in ``test_any_life.py``."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from fhir_pa.um.case.appeal import Appellant, Filing
from fhir_pa.um.case.appeal import Outcome as AppealOutcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.peer_to_peer import Clinician, Outcome, Stage
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.case.transitions import CERTIFICATIONS, PENDING, REOPENABLE, State
from fhir_pa.um.clocks.time_limits import ERISA, MEDICAID, MEDICARE_ADVANTAGE, QHP, ExtensionReason
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.deciding.step_down import StepDown
from fhir_pa.um.on_file import units
from fhir_pa.um.reviewing import adverse, appealing, early_end, extension_of_time, referring
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from tests.fhir_pa.any_life import ROSTER, Life, Wish

SEQUENCES = some.integers(1, 4)
SOME = some.integers(1, 15)  # a choice among the items there are, as bits
ENGINE = some.sampled_from(["certify"] * 3 + ["refer"] * 5 + ["nurse", "late", "exclude"])
WISHES = some.builds(
    Wish, quantity=some.integers(1, 5), engine=ENGINE, code=some.sampled_from(["E1390", "E0431"]), cancelled=some.sampled_from([False, False, False, True])
)
PEOPLE = some.sampled_from(["quill"] * 4 + ["brandt", "brandt", "osei", *ROSTER])
HOURS = some.sampled_from([1, 5, 24, 73, 24 * 8, 24 * 70])
PHONE = "555-555-0142"
CAUSES = {"0F": RootCause.NOT_NECESSARY, "0L": RootCause.QUANTITY, "0M": RootCause.NOT_COVERED}
NUMBERS = some.sampled_from([1, 1, 1, 2, 2, 3])


class Acts(RuleBasedStateMachine):
    """One authorization under everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    def teardown(self) -> None:
        self.life.close()

    # --- what may happen ----------------------------------------------------------------------------------------------
    @initialize(
        guide=some.sampled_from(["2.0.1", "2.2"]),
        line=some.sampled_from([MEDICARE_ADVANTAGE, MEDICAID, ERISA, QHP, ""]),
        urgent=some.booleans(),
        wishes=some.dictionaries(SEQUENCES, WISHES.filter(lambda wish: not wish.cancelled), min_size=1, max_size=3),
    )
    def submit(self, guide: str, line: str, urgent: bool, wishes: dict[int, Wish]) -> None:
        self.life.submit(guide, line, urgent, wishes)

    @rule(changes=some.dictionaries(SEQUENCES, WISHES, max_size=2), whole=some.sampled_from([False] * 9 + [True]))
    def update(self, changes: dict[int, Wish], whole: bool) -> None:
        self.life.update(changes, whole)

    @precondition(lambda self: self.items(15, PENDING, also=False))
    @rule(engine=ENGINE)
    def evidence(self, engine: str) -> None:
        self.life.evidence(engine)

    @precondition(lambda self: any(item.determination.awaits_engine for item in self.life.case.items))
    @rule(engine=ENGINE)
    def weigh_late(self, engine: str) -> None:
        self.life.weighed_late(engine)

    @rule(
        which=SOME,
        verdict=some.sampled_from([*Verdict, Verdict.DENY, Verdict.MODIFY]),
        who=PEOPLE,
        because=some.sampled_from(["The saturation is above the limit."] * 9 + [" "]),
        code=some.sampled_from([*CAUSES, *CAUSES, *CAUSES, ""]),
        criteria=some.sampled_from([("saturation",)] * 9 + [()]),
        phone=some.sampled_from([PHONE, PHONE, None]),
        quantity=some.integers(1, 4),
        conversation=some.booleans(),
    )
    def decide(
        self, which: int, verdict: Verdict, who: str, because: str, code: str, criteria: tuple[str, ...], phone: str | None, quantity: int, conversation: bool
    ) -> None:
        day = self.life.at.date()
        less = Authorized(day, day + timedelta(days=30), Decimal(quantity), "month") if verdict is Verdict.MODIFY else None
        decision = Decision(self.items(which, PENDING), verdict, because, criteria, (code,) if code else (), phone, less, CAUSES.get(code))
        longest = timedelta(hours=72 if conversation else 0)
        self.life.act(lambda case: adverse.decide(case, decision, ROSTER[who], self.life.at, longest), "decided")

    @precondition(lambda self: self.life.case.peer_to_peers)
    @rule(number=NUMBERS, who=PEOPLE, became=some.sampled_from(Stage), outcome=some.sampled_from(Outcome), in_hours=HOURS)
    def converse(self, number: int, who: str, became: Stage, outcome: Outcome, in_hours: int) -> None:
        doctor, at = Clinician("Mae Thorne, MD", phone="555-555-0149"), self.life.at

        def held(case: Authorization) -> Authorization:
            offer = adverse.conversation(case, number)
            if became is Stage.SCHEDULED:
                changed = offer.schedule(at + timedelta(hours=in_hours), doctor, ROSTER[who], at)
            elif became is Stage.HELD:
                changed = offer.hold(outcome, doctor, ROSTER[who], "We spoke.", at)
            else:
                changed = offer.close(became, "It did not take place.", at)
            return adverse.converse(case, changed, who, at)

        self.life.act(held, "peer-to-peer")

    @precondition(lambda self: self.items(15, REOPENABLE, also=False))
    @rule(which=SOME, who=PEOPLE, engine=ENGINE)
    def reopen(self, which: int, who: str, engine: str) -> None:
        self.life.act(lambda case: self.life.reopened(case, self.items(which, REOPENABLE), ROSTER[who], engine), "reopened")

    @precondition(lambda self: self.items(15, REOPENABLE, also=False))
    @rule(
        which=SOME,
        by=some.sampled_from(Appellant),
        consent=some.booleans(),
        expedited=some.booleans(),
        good_cause=some.sampled_from(["", "", "The letter came late."]),
    )
    def appeal(self, which: int, by: Appellant, consent: bool, expedited: bool, good_cause: str) -> None:
        filing = Filing(self.items(which, REOPENABLE), by, "Orla Penhallow", "I cannot sleep without it.", expedited, consent, good_cause)
        self.life.act(lambda case: appealing.file(case, filing, self.life.at), "appeal filed")

    @precondition(lambda self: self.life.case.appeals)
    @rule(number=NUMBERS, who=PEOPLE, act=some.sampled_from(["assign", "assign", "extend"]))
    def hear(self, number: int, who: str, act: str) -> None:
        if act == "assign":
            self.life.act(lambda case: appealing.assign(case, number, ROSTER[who], self.life.at), "appeal assigned")
        else:
            self.life.act(lambda case: appealing.extend(case, number, "A report is on its way.", ROSTER[who], self.life.at), "appeal extended")

    @precondition(lambda self: self.life.case.appeals)
    @rule(number=NUMBERS, who=PEOPLE, outcome=some.sampled_from(AppealOutcome), quantity=some.integers(1, 4))
    def settle_appeal(self, number: int, who: str, outcome: AppealOutcome, quantity: int) -> None:
        day = self.life.at.date()
        part = Authorized(day, day + timedelta(days=30), Decimal(quantity), "month") if outcome is AppealOutcome.PARTLY else None
        self.life.act(lambda case: appealing.decide(case, number, outcome, "Heard anew.", ROSTER[who], self.life.at, part), "appeal decided")

    @rule(which=SOME, who=PEOPLE)
    def hand_on(self, which: int, who: str) -> None:
        chosen = self.items(which, frozenset({State.IN_REVIEW_NURSE}))
        self.life.act(lambda case: referring.refer(case, chosen, "A physician should look.", ROSTER[who], self.life.at), "referred")

    @precondition(lambda self: self.items(15, CERTIFICATIONS, also=False))
    @rule(sequence=SEQUENCES, who=PEOPLE, ground=some.sampled_from(early_end.Ground), in_days=some.integers(-1, 29))
    def end_early(self, sequence: int, who: str, ground: early_end.Ground, in_days: int) -> None:
        last = self.life.at.date() + timedelta(days=in_days)
        said = Decision((sequence,), Verdict.MODIFY, "It rests on an error.", ("saturation",), ("0F",), PHONE, root_cause=RootCause.NOT_NECESSARY)
        self.life.act(lambda case: early_end.end_early(case, sequence, last, ground, said, ROSTER[who], self.life.at), "ended early")

    @precondition(lambda self: self.items(15, PENDING, also=False))
    @rule(which=SOME, who=PEOPLE, quantity=some.integers(1, 3), gap=some.sampled_from([1, 1, 1, 2]))
    def step_down(self, which: int, who: str, quantity: int, gap: int) -> None:
        day = self.life.at.date()
        transition = Authorized(day, day + timedelta(days=2), Decimal(quantity), "month")
        lower = StepDown(Coding(HCPCS, "E1392"), transition.until + timedelta(days=gap), transition.until + timedelta(days=gap + 20))
        items = self.items(which, PENDING)
        decision = Decision(items, Verdict.MODIFY, "Less will do.", ("saturation",), ("0F",), PHONE, transition, RootCause.WRONG_LEVEL, lower)
        self.life.act(lambda case: adverse.decide(case, decision, ROSTER[who], self.life.at, timedelta(0)), "decided")

    @precondition(lambda self: self.items(15, CERTIFICATIONS, also=False))
    @rule(sequence=SEQUENCES, quantity=some.integers(1, 3), claim=some.integers(1, 6), in_days=some.integers(0, 40))
    def use(self, sequence: int, quantity: int, claim: int, in_days: int) -> None:
        day = self.life.at.date() + timedelta(days=in_days)
        self.life.act(lambda case: units.use(case, sequence, Decimal(quantity), day, f"CL-{claim}", "claims", self.life.at), "used")

    @rule(reason=some.sampled_from(ExtensionReason), who=PEOPLE)
    def take_more_time(self, reason: ExtensionReason, who: str) -> None:
        self.life.act(lambda case: extension_of_time.extend(case, reason, "A report is on its way.", ROSTER[who], self.life.at), "time extended")

    @rule(hours=HOURS)
    def turn_the_clock(self, hours: int) -> None:
        self.life.turn(timedelta(hours=hours))

    @precondition(lambda self: self.life.case.revision > 1)
    @rule(back=some.integers(1, 3), who=PEOPLE)
    def act_on_what_was_read_before_somebody_else_acted(self, back: int, who: str) -> None:
        self.life.act_late(back, ROSTER[who])

    # --- choosing -------------------------------------------------------------------------------------------------------
    def items(self, which: int, states: frozenset[State], also: bool = True) -> tuple[int, ...]:
        """Some of the items in these states; where none is, and ``also`` something that must be refused is wanted, any."""
        fitting = [item.sequence for item in self.life.case.items if item.state in states]
        chosen = tuple(sequence for bit, sequence in enumerate(fitting) if which >> bit & 1) or tuple(fitting[:1])
        return chosen or ((which % 4 + 1,) if also else ())
