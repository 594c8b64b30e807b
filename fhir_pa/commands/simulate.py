"""A synthetic year through the real heart: invented requests, reviewers and appeals on a clock of their own, and the figures of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import click

from fhir_pa.commands.options import explained, payer_of, settings_of, where
from fhir_pa.operations.reports.figures import in_json, watched_in_json
from fhir_pa.storage.store import Store
from fhir_pa.synthetic.living import live, synthetic_year
from fhir_pa.synthetic.measuring import tracked
from fhir_pa.synthetic.year import Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.figures import PublicFigures, Share, Watched, public_figures, watched
from fhir_pa.um.measures.tracker import Tracker
from ig_profiles.json import dump
from questionnaires.library import Shelf, open_shelf

BATCH = 500  # revisions kept in one transaction


@click.command()
@click.option("--days", type=click.IntRange(1, 3660), default=365, show_default=True, help="How long it lasts.")
@click.option("--requests", type=click.IntRange(1, 1_000_000), default=20_000, show_default=True, help="How many requests arrive; extensions come on top.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same year.")
@click.option("--begins", type=click.DateTime(["%Y-%m-%d"]), default="2026-01-01", show_default=True, help="Its first day; the policies must be in force then.")
@click.option("--format", "form", type=click.Choice(["words", "json"]), default="words", show_default=True, help="How the figures are written.")
@click.option("--keep", is_flag=True, help="Write every revision to the payer's database, which is best a new one: --data-directory or --database-url.")
@where
def simulate(days: int, requests: int, seed: int, begins: datetime, form: str, keep: bool, **flags: Any) -> None:
    """Live a synthetic year through the real heart, and tell its figures. Nothing is written unless --keep is given."""
    with explained(), _ground(flags, keep) as (shelf, book):
        year = synthetic_year(shelf, Random(seed), begins.replace(tzinfo=UTC), days, requests, kept=book.write)
        with click.progressbar(live(year), length=days, label="Living", file=sys.stderr) as passing:
            for _ in passing:
                pass
        book.close()
        public, seen = public_figures(year.cases.values(), year.begins.year), watched(year.cases.values(), year.begins, year.ends)
        four = tracked(year, shelf)
    if form == "json":
        told = {"cases": len(year.cases), "claims": len(year.given), "claims_refused": year.refused}
        click.echo(dump({**told, "public": in_json(public), "watched": watched_in_json(seen), "four": _four(four)}, pretty=True))
    else:
        _tell(year, public, seen)
        _tell_four(four)


def _four(four: Tracker) -> list[dict[str, Any]]:
    return [
        {"measure": each.name, "value": each.value, "count": each.count, "of": each.of, "target": str(each.target), "met": each.is_met}
        for each in four.measures
    ]


def _tell_four(four: Tracker) -> None:
    click.echo("\nThe four measures of practices")
    for each in four.measures:
        value = "nothing to count" if each.value is None else each.target.told(each.value)
        click.echo(f"  {each.name}: {value} ({each.count} of {each.of}), target {each.target}")
    click.echo(f"  days of care that nothing certifies: {four.unfunded_days}; days asked for and not certified: {four.denied_days}")
    for kind, behind in four.failures.items():
        click.echo(f"  {kind}: {behind.happened}")


class _Book:
    """Keeps revisions in the order they are made, many at a time; without a store it keeps nothing."""

    def __init__(self, store: Store | None) -> None:
        self._store, self._waiting = store, list[Authorization]()

    def write(self, case: Authorization) -> None:
        """Keep this revision, at the latest when the book is closed."""
        if self._store is not None:
            self._waiting.append(case)
            if len(self._waiting) >= BATCH:
                self.close()

    def close(self) -> None:
        """Keep what waits."""
        if self._store is None or not self._waiting:
            return
        with self._store.transaction() as tx:
            for case in self._waiting:
                (tx.add if case.revision == 1 else tx.save)(case)
        self._waiting.clear()


@contextmanager
def _ground(flags: dict[str, Any], keep: bool) -> Iterator[tuple[Shelf, _Book]]:
    """The payer's policies, and where to write."""
    if keep:
        with payer_of(flags) as payer:
            yield payer.shelf, _Book(payer.store)
        return
    policies = settings_of(flags).policies
    yield open_shelf(*([policies] if policies else [])), _Book(None)


def _tell(year: Year, public: PublicFigures, seen: Watched) -> None:
    revisions = sum(case.revision for case in year.cases.values())
    click.echo(f"{len(year.cases)} cases in {revisions} revisions, {year.refused} claims refused for asking more than was left.\n")
    click.echo(f"Published for {public.year}")
    for share in public.shares:
        click.echo(_line(share))
    for times in public.times:
        click.echo(f"  {times.name}: {times.in_words(times.mean_hours)} on average, {times.in_words(times.median_hours)} in the median, of {len(times.of)}")
    for why, count in public.left_out.items():
        click.echo(f"  left out, {why}: {count}")
    click.echo("\nWatched")
    for share, target in seen.shares:
        click.echo(_line(share) + ("" if target is None else f", target {target:g} %"))
    click.echo("\nRoot causes")
    for cause, count in seen.causes:
        click.echo(f"  {cause}: {count}")


def _line(share: Share) -> str:
    told = "nothing to count" if share.percent is None else f"{share.percent} %"
    return f"  {share.name}: {told} ({len(share.are)} of {len(share.of)})"
