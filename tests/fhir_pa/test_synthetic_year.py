"""A synthetic year lives through the real heart: its figures are those its event log tells, and one seed gives one year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.operations.proofs.audit import verified
from fhir_pa.storage.store import open_store
from fhir_pa.synthetic.living import live, synthetic_year
from fhir_pa.synthetic.measuring import tracked
from fhir_pa.synthetic.year import Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.deciding.determination import ADVERSE
from fhir_pa.um.measures.figures import public_figures, watched
from fhir_pa.um.on_file.units import left
from ig_profiles import json
from questionnaires.library import open_shelf

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
YES, NO, LESS = "certified in total", "not certified", "modified"


@cache
def lived(seed: int = 5, requests: int = 900) -> Year:
    year = synthetic_year(open_shelf(), Random(seed), BEGINS, 365, requests)
    assert sum(1 for _ in live(year)) == 365
    return year


def log(year: Year) -> list[tuple[object, ...]]:
    return [(case.number, event) for case in year.cases.values() for event in case.trail]


@dataclass
class Retold:
    """One case as its trail alone tells it; nothing of ``um.measures.course`` is used."""

    case: Authorization
    first: dict[int, tuple[datetime, str, str]] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, case: Authorization) -> Retold:
        told = cls(case)
        for event in case.trail:
            for sequence in event.items:
                if event.what in (YES, NO, LESS):
                    told.first.setdefault(sequence, (event.at, event.what, event.by))
                elif event.what == "provider cancelled" and sequence not in told.first:
                    told.cancelled.add(sequence)
        return told

    @property
    def asked(self) -> set[int]:
        return set(self.case.trail[0].items) - self.cancelled

    @property
    def why_left_out(self) -> str:
        codes = [code for item in self.case.request.items for code in item.service.codes]
        if not self.asked:
            return "withdrawn before a decision"
        if self.asked - set(self.first):
            return "not decided yet"
        return "drugs" if any("rxnorm" in code.system.lower() or code.code.startswith(("J", "Q51")) for code in codes) else ""

    @property
    def words(self) -> set[str]:
        return {self.first[sequence][1] for sequence in self.asked}

    @property
    def decided_at(self) -> datetime:
        return max(self.first[sequence][0] for sequence in self.asked)

    @property
    def hours(self) -> float:
        return (self.decided_at - self.case.trail[0].at).total_seconds() / 3600

    def has(self, what: str) -> bool:
        return any(event.what == what for event in self.case.trail)

    @property
    def late(self) -> bool:
        return any(event.what == "deadline passed" and event.at <= self.decided_at for event in self.case.trail)


def of(names: Iterable[Retold]) -> set[str]:
    return {each.case.number for each in names}


def middle(hours: list[float]) -> float:
    ordered = sorted(hours)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def test_one_seed_gives_one_year_and_another_another() -> None:
    again = synthetic_year(open_shelf(), Random(5), BEGINS, 365, 900)
    for _ in live(again):
        pass
    assert log(again) == log(lived())
    assert again.cases == lived().cases and again.refused == lived().refused
    assert log(lived(6, 60)) != log(lived(7, 60))


def test_everything_that_can_happen_in_a_year_happens() -> None:
    seen = Counter(event.what for case in lived().cases.values() for event in case.trail)
    for what in ("evidence received", "time extended", "deadline passed", "provider cancelled", "appeal forwarded", "used", "modified"):
        assert seen[what], f"In {len(lived().cases)} cases nothing was '{what}'."
    for stage in ("held", "declined", "missed by the provider", "missed by the plan"):
        assert seen[f"peer-to-peer {stage}"], f"No conversation was {stage}."
    assert lived().refused, "No claim asked for more than was left."


def test_the_public_figures_are_those_the_event_log_tells() -> None:
    retold = [Retold.of(case) for case in lived().cases.values()]
    counted = [each for each in retold if not each.why_left_out]
    figures = public_figures(lived().cases.values(), 2026)
    assert {str(why): count for why, count in figures.left_out.items()} == Counter(each.why_left_out for each in retold if each.why_left_out)
    shares = {share.name: share for share in figures.shares}
    for name, urgent in (("standard", False), ("expedited", True)):
        mine = [each for each in counted if each.case.request.urgent is urgent]
        denied = [each for each in mine if each.words == {NO}]
        assert set(shares[f"{name} requests denied"].are) == of(denied) and denied
        assert set(shares[f"{name} requests approved"].are) == of(mine) - of(denied)
        assert set(shares[f"{name} requests approved"].of) == of(mine)
        times = next(each for each in figures.times if each.name == f"{name} requests")
        assert times.mean_hours == pytest.approx(sum(each.hours for each in mine) / len(mine))
        assert times.median_hours == pytest.approx(middle([each.hours for each in mine]))
    assert set(figures.partly) == of(each for each in counted if each.words not in ({YES}, {NO}))
    appealed = [
        each for each in counted if not each.case.request.urgent and any(each.has(f"appeal {end}") for end in ("overturned", "partly overturned", "upheld"))
    ]
    won = [each for each in appealed if each.has("appeal overturned") or each.has("appeal partly overturned")]
    after = shares["standard requests approved after appeal, of those appealed"]
    assert set(after.of) == of(appealed) and set(after.are) == of(won) and won
    extended = [each for each in counted if each.has("time extended") and each.words != {NO}]
    assert set(shares["requests whose time was extended and that were approved"].are) == of(extended) and extended


def test_what_is_watched_is_what_the_event_log_tells() -> None:
    year = lived()
    seen = {share.name: share for share, _ in watched(year.cases.values(), year.begins, year.ends).shares}
    decided = [each for each in map(Retold.of, year.cases.values()) if each.why_left_out in ("", "drugs")]
    late = {each.case.number for each in decided if each.late}
    on_time = seen["decided within the legal time"]
    assert set(on_time.of) - set(on_time.are) == late and late
    at_once = of(each for each in decided if {each.first[sequence][2] for sequence in each.asked} == {"engine"})
    assert set(seen["decided at once by the engine"].are) == at_once
    events = [event for case in year.cases.values() for event in case.trail]
    ends = Counter(event.what.removeprefix("appeal ") for event in events if event.what.startswith("appeal "))
    appeals = seen["appeals that changed the decision"]
    assert len(appeals.are) == ends["overturned"] + ends["partly overturned"]
    assert len(appeals.of) == len(appeals.are) + ends["upheld"]
    calls = Counter(event.what.removeprefix("peer-to-peer ") for event in events if event.what.startswith("peer-to-peer "))
    assert len(seen["conversations missed by the provider"].are) == calls["missed by the provider"]
    assert len(seen["conversations missed by the plan"].are) == calls["missed by the plan"]
    persuaded = [event for event in events if event.what == "peer-to-peer held" and not event.because.startswith("not persuaded")]
    assert len(seen["conversations that changed the decision"].are) == len(persuaded)
    assert len(seen["conversations that changed the decision"].of) == calls["held"]


def test_the_four_measures_are_those_the_cases_and_claims_tell_counted_anew() -> None:
    year, shelf = lived(), open_shelf()
    four = {str(each.name): each for each in tracked(year, shelf).measures}
    uses = {use.claim: (case.number, use.item) for case in year.cases.values() for use in case.uses}
    taken: Counter[tuple[str, int]] = Counter()
    covered = wanted = 0
    for line in sorted(year.given, key=lambda each: (each.on, each.claim)):
        edition = shelf.in_force(line.service(), line.on)
        if not edition.covered or edition.authorization != "needed" or edition.benefits.outside_network_only:
            continue
        wanted += 1
        held = [
            (-item.determination.authorized.until.toordinal(), case.number, item.sequence)
            for case in year.cases.values()
            if line.member in case.request.member.identifiers
            for item in case.items
            if item.determination.authorized and item.state in CERTIFICATIONS and line.code in item.requested.service.codes
            if item.determination.authorized.starts_on <= line.on <= item.determination.authorized.until and not left(case, item).is_exhausted
        ]
        if line.claim in uses:
            covered += 1
            taken[uses[line.claim]] += int(line.quantity)
        elif held:
            _, number, sequence = min(held)
            rest = left(year.cases[number], year.cases[number].item(sequence)).left
            covered += rest is None or line.quantity <= rest - taken[number, sequence]
            taken[number, sequence] += int(line.quantity)
    valid = four["services with a valid authorization"]
    assert (valid.count, valid.of) == (covered, wanted) and wanted > 500 and any(line.claim.startswith("UNASKED") for line in year.given)
    heard = [each for case in year.cases.values() for each in case.appeals if each.outcome in ("overturned", "partly overturned", "upheld")]
    assert four["appeals that changed the decision"].count == sum(each.outcome != "upheld" for each in heard) and len(heard) > 0
    missed = [event for _, event in log(year) if event.what == "peer-to-peer missed by the provider"]
    assert four["conversations missed by the practice"].count == len(missed) > 0


def test_nurses_hand_on_and_physicians_offer_less_intense_care() -> None:
    whats = Counter(event.what for _, event in log(lived()))
    assert whats["reviewer referred to a physician"] > 0
    steps = [made for case in lived().cases.values() for item in case.items for made in (*item.earlier, item.determination) if made.step_down]
    assert steps and all(made.signed_by and made.signed_by.role == "physician" for made in steps)


def test_no_year_holds_a_denial_without_a_physician_or_more_used_than_certified() -> None:
    for case in lived().cases.values():
        for item in case.items:
            for made in (*item.earlier, item.determination):
                if made.action in ADVERSE:
                    by = made.signed_by
                    assert made.excluded_by or (by and by.role == "physician" and by.licence and made.decided_at <= case.trail[-1].at)
            rest = left(case, item)
            assert rest.left is None or rest.used <= (rest.certified or 0)


def test_a_year_may_be_kept_and_every_chain_of_it_holds(tmp_path) -> None:
    asked = ["simulate", "--days", "40", "--requests", "60", "--seed", "3", "--format", "json"]
    unkept = CliRunner().invoke(main, asked)
    assert unkept.exit_code == 0, unkept.output
    kept = CliRunner().invoke(main, [*asked, "--keep", "--data-directory", str(tmp_path)])
    assert kept.exit_code == 0, kept.output
    assert json.parse(kept.stdout.encode()) == json.parse(unkept.stdout.encode())
    store = open_store(data_dir=tmp_path)
    with store.reading() as tx:
        numbers = tx.numbers()
        assert len(numbers) == json.parse(kept.stdout.encode())["cases"]
        assert all(verified(number, tx).broken is None for number in numbers)
    store.close()


def test_the_command_says_in_words_what_the_year_was() -> None:
    told = CliRunner().invoke(main, ["simulate", "--days", "10", "--requests", "30", "--seed", "3"])
    assert told.exit_code == 0, told.output
    assert "Published for 2026" in told.stdout and "standard requests approved" in told.stdout and "Root causes" in told.stdout
