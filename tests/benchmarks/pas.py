"""How fast is a prior authorization request answered? A running server, a durable database, against a bare Flask application in the same run.

    python -m tests.benchmarks.pas [--seconds 4] [--rounds 3]

JSON in, validated with its invariants, decided, durably committed, answered; every Bundle about another patient. The floor
parses the same bodies and commits one row each, under the same Granian, in a database of the same kind that waits for the
disk as ours does. All ways are taken in turn within each round, so that a busy machine slows all alike; what is kept or
missed is judged by ratios within the run.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.keep_alive import Run, drive
from tests.benchmarks.pas_calls import Submissions
from tests.postgresql import private_cluster, programs
from tests.stories.servers import ROOT, Server, free_port, until

CONNECTIONS = (1, 8)
TARGETS = {"SQLite": 200, "PostgreSQL": 120}  # submissions a second over 8 connections, on two cores of one's own
SHARE = 0.1  # of the floor's throughput


@dataclass(frozen=True)
class Way:
    """One way of calling over so many connections; the floor it stands on, if it is measured against one."""

    port: int
    requests: Callable[[], Iterator[bytes]]
    connections: int
    floor: str = ""


@contextmanager
def floor(database_url: str) -> Iterator[int]:
    """The bare application, running; its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.pas_floor", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env={**os.environ, "FLOOR_DATABASE_URL": database_url})
    try:
        until(lambda: _listens(port), "the floor listens")
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def payer(folder: Path, database_url: str, *flags: str) -> Iterator[int]:
    """``fhir-pa serve`` with its own policies, open to this machine; its port."""
    folder.mkdir()
    server = Server(folder, database_url, *flags)
    try:
        yield server.port
    finally:
        server.kill()
        server.log.close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ways(payers: dict[str, int], floors: dict[str, int], submissions: Submissions) -> dict[str, Way]:
    """Every way of calling, by its name."""
    made: dict[str, Way] = {}
    for database in payers:
        for connections in CONNECTIONS:
            below = f"floor, {database}, {connections}"
            made[below] = Way(floors[database], lambda: submissions.requests("/"), connections)
            made[f"$submit, {database}, {connections}"] = Way(payers[database], submissions.requests, connections, below)
    return made


def main() -> int:
    """Print the table; exit 1 where a ratio is missed, or a call was not answered with 200."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--guide", choices=["2.0.1", "2.2"], default="2.2")
    options.add_argument("--processes", type=int, default=1, help="server processes")
    asked = options.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        more = ("--processes", str(asked.processes))
        payers = {"SQLite": stack.enter_context(payer(folder / "sqlite", "sqlite", *more))}
        floors = {"SQLite": stack.enter_context(floor(f"sqlite:///{folder}/floor.sqlite"))}
        installed = programs()
        if installed is None:
            print("PostgreSQL is not installed here, so it is not measured.")
        else:
            cluster = stack.enter_context(private_cluster(installed, durable=True))
            payers["PostgreSQL"] = stack.enter_context(payer(folder / "postgresql", cluster.new_database(), *more))
            floors["PostgreSQL"] = stack.enter_context(floor(cluster.new_database()))
        submissions = Submissions(asked.guide)
        taken = ways(payers, floors, submissions)
        runs: dict[str, list[Run]] = {name: [] for name in taken}
        for way in taken.values():
            drive(way.port, way.requests(), way.connections, 1.0)
        for _ in range(asked.rounds):
            for name, way in taken.items():
                runs[name].append(drive(way.port, way.requests(), way.connections, asked.seconds))
    print(f"guide {asked.guide}, Bundles of {submissions.size / 1000:.1f} kB, {asked.rounds} rounds of {asked.seconds:g} s\n")
    return _report(taken, runs)


def _report(taken: dict[str, Way], runs: dict[str, list[Run]]) -> int:
    speed = {name: statistics.median(run.per_second for run in each) for name, each in runs.items()}
    whole = {name: Run([second for run in each for second in run.seconds], [status for run in each for status in run.statuses]) for name, each in runs.items()}
    print(f"{'over so many connections':30}{'calls':>8}{'p50':>10}{'p99':>10}{'a second':>10}{'of floor':>10}")
    for name, way in taken.items():
        run = whole[name]
        share = f"{speed[name] / speed[way.floor]:>10.0%}" if way.floor else ""
        print(f"{name:30}{len(run.seconds):>8,}{run.within(0.5):>8.1f}ms{run.within(0.99):>8.1f}ms{speed[name]:>10,.0f}{share}")
    eight = {database: f"$submit, {database}, 8" for database in TARGETS if f"$submit, {database}, 8" in taken}
    ratios = {f"{name}: {SHARE:.0%} of the floor's throughput": speed[name] / speed[taken[name].floor] >= SHARE for name in eight.values()}
    ratios["every call answered with 200"] = not any(run.statuses for run in whole.values())
    times = {f"{name}: p99 under 80 ms": whole[name].within(0.99) < 80 for name in eight.values()}
    times |= {f"{name}: {TARGETS[database]} a second": speed[name] >= TARGETS[database] for database, name in eight.items()}
    print()
    for what, kept in {**ratios, **times}.items():
        print(f"{'kept  ' if kept else 'missed'}  {what}{'' if what in ratios else '   (told, not judged: a matter of the machine)'}")
    return 0 if all(ratios.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
