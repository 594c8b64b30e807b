"""Courses: how each case was first decided, kept with every revision, so that a year is counted from rows and no document is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage.desk_tables import courses as table
from fhir_pa.storage.ground import Ground
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.course import Class, Course, Left, Standing, standing

_row = table.c
_OWN = [each.name for each in fields(Course) if each.name not in ("number", "line_of_business", "received_at", "asked", "decided", "causes")]
_FORGET = sa.delete(table).where(_row.number == sa.bindparam("old"))


class CourseReading(Ground):
    """Reading courses."""

    def standings(self, first: datetime, last: datetime) -> Iterator[Standing]:
        """Every case received from the first moment on and before the last, as figures see it, in order."""
        asked = sa.select(table).where(_row.received_at >= first, _row.received_at < last).order_by(_row.received_at, _row.number)
        for row in self.connection.execute(asked):
            yield Standing(row.line_of_business, row.received_at, Left(row.left_out) if row.left_out else _course(row))


class CourseWriting(CourseReading):
    """Keeping courses."""

    def keep_course(self, authorization: Authorization, anew: bool = False) -> None:
        """The case's row as the case stands now; ``anew`` where its first revision may have one already."""
        if anew or authorization.revision > 1:
            self.connection.execute(_FORGET, {"old": authorization.number})
        self.insert(table, _written(authorization.number, standing(authorization)))


def _written(number: str, seen: Standing) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys((column.name for column in table.columns), None)
    row |= {"number": number, "line_of_business": seen.line_of_business, "received_at": seen.received_at}
    course = seen.course
    if isinstance(course, Left):
        return {**row, "left_out": str(course)}
    row |= {name: getattr(course, name) for name in _OWN}
    told = {"asked": str(course.asked), "decided": str(course.decided), "causes": ",".join(course.causes), "clock_from": course.received_at}
    return {**row, "left_out": "", **told}


def _course(row: Any) -> Course:
    return Course(
        number=row.number,
        line_of_business=row.line_of_business,
        received_at=row.clock_from,
        asked=Asked(row.asked),
        decided=Class(row.decided),
        causes=tuple(map(RootCause, filter(None, row.causes.split(",")))),
        **{name: getattr(row, name) for name in _OWN},
    )
