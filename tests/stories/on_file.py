"""What a payer has on file, all of it, for stories about what must or must not be there."""

from __future__ import annotations

import zlib

import sqlalchemy as sa

from tests.stories.parties import Plan


def everything_on_file(plan: Plan) -> str:
    """Every value of every table as one text, what is kept compressed unpacked."""
    return "\n".join(_by_table(plan).values())


def tables_holding(plan: Plan, *words: str) -> set[str]:
    """The tables in which any of these words stands."""
    return {table for table, held in _by_table(plan).items() if any(word in held for word in words)}


def _by_table(plan: Plan) -> dict[str, str]:
    tables, engine = sa.MetaData(), plan.payer.store.engine
    tables.reflect(engine)
    with engine.connect() as connection:
        return {table.name: "\n".join(_readable(value) for row in connection.execute(sa.select(table)) for value in row) for table in tables.sorted_tables}


def _readable(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode(errors="replace")
    except zlib.error:
        return value.decode(errors="replace")
