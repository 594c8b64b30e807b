"""What an edition in policy.toml says of care at intervals -> its schedules, and every mistake in them."""

from __future__ import annotations

from collections.abc import Iterable

from ig_profiles.reading import Coding
from questionnaires.authoring.mistakes import quoted
from questionnaires.authoring.table import Table
from questionnaires.schedule import Schedule


def read_schedules(table: Table, services: Iterable[Coding]) -> tuple[Schedule, ...]:
    """The schedules in this edition's table, whose ``services`` are the ones they may be for."""
    spoken = sorted({coding.code for coding in services})
    found: list[Schedule] = []
    for position, data in enumerate(table.take("schedules", list, []), 1):
        row = Table(data, table.file, f"{table.key} › schedules › {position}", table.mistakes)
        numbers = {key: 1 if (value := row.take(key, int)) is None else value for key in ("every_days", "days", "quantity")}
        read = Schedule(**numbers, early_days=row.take("early_days", int, 0) or 0, services=row.words("services", tuple(spoken)))
        row.finish()
        _sense(row, read)
        twice = [code for code in read.services or spoken for other in found if code in (other.services or spoken)]
        if twice:
            row.wrong(f"is for {quoted(twice)}, for which another schedule is there.", "Give each service one schedule.")
        found.append(read)
    return tuple(found)


def _sense(row: Table, read: Schedule) -> None:
    if read.every_days < 1 or read.days < 1 or read.early_days < 0:
        row.wrong(f"counts every_days = {read.every_days}, days = {read.days}, early_days = {read.early_days}.", "Count days from one on.")
        return
    if read.quantity < 2:
        row.wrong(f"certifies {read.quantity} together.", "A series has two or more; for one, [edition.certifies] is enough.")
    if read.early_days >= read.every_days:
        row.wrong(f"lets one come {read.early_days} days early, every {read.every_days} days.", "Let it come early by less than the interval.")
    fits = (read.days - 1) // read.every_days + 1
    if read.quantity > fits:
        mend = f"Certify at most {fits}, or for at least {(read.quantity - 1) * read.every_days + 1} days."
        row.wrong(f"certifies {read.quantity} in {read.days} days, but one every {read.every_days} days makes {fits}.", mend)
