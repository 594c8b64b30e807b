"""``python -m tests.oracle``: what HAPI says of files, or how far our validator agrees with it.

With files: one JSON object a line for each, ``{"file": …, "ms": …, "issues": [[severity, expression, message id, message], …]}``.
Without: the published examples, the seeded faults and what our own parties put on the wire go through both validators;
the exit status is 1 when they differ without a reason in ``disagreements.toml``, or agree on less than 98 %.
The first run fetches HAPI from Maven Central; later ones need no network. Where Java, Maven or the published packages are
absent it says so and ends with status 0. It takes a few minutes, and 2 GB of memory.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tests.oracle import corpus
from tests.oracle.agreement import Table, compare
from tests.oracle.hapi import PACKAGES, Absent, Answer, Case, ask
from tests.oracle.ours import errors_of


@click.command(help=__doc__)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--guide", "guides", type=click.Choice(list(PACKAGES)), multiple=True, help="The guides to hold the files to; every one when none is given.")
@click.option("--profile", help="A profile to hold the files to, besides those they claim.")
@click.option("--speed", type=click.IntRange(min=1), metavar="N", help="Ask about the files N times and tell the median time of the second half, in ms.")
def main(files: tuple[Path, ...], guides: tuple[str, ...], profile: str | None, speed: int | None) -> None:
    try:
        good = _told(files, guides or ("2.0.1",), profile, speed) if files else _compared(guides or tuple(PACKAGES))
    except Absent as absent:
        click.echo(f"Skipped: {absent}", err=True)
        return
    sys.exit(0 if good else 1)


def _told(files: Sequence[Path], guides: Sequence[str], profile: str | None, speed: int | None) -> bool:
    cases = [Case(str(path), path.read_text(encoding="utf-8"), profile) for path in files]
    for guide in guides:
        answers = list(ask(guide, cases * (speed or 1)))
        for case, answer in zip(cases, answers, strict=False):
            if speed:
                times = [each.ms for each in answers if each.name == case.name][speed // 2 :]
                click.echo(f"{statistics.median(times):8.1f} ms  {case.name}")
            else:
                issues = [[said.severity, said.expression, said.message_id, said.message] for said in answer.said]
                click.echo(json.dumps({"file": case.name, "ms": round(answer.ms, 1), "issues": issues}))
    return True


def _compared(guides: Sequence[str]) -> bool:
    table, cases, answers = Table.read(), list[Case](), list[Answer]()
    for guide in guides:
        found = corpus.everything(guide)
        click.echo(f"{guide}: {len(found)} files", err=True)
        cases += found
        answers += ask(guide, found, table.silent)
    result = compare(cases, answers, errors_of, table)
    click.echo(result.told())
    return result.good


if __name__ == "__main__":
    main()
