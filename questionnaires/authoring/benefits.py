"""What an edition in policy.toml says of network, shares, limits, billing codes and later reviews -> its benefits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, get_args

from ig_profiles.reading import Coding
from questionnaires.authoring.mistakes import quoted
from questionnaires.authoring.table import Table
from questionnaires.benefits import CALENDAR_YEAR, Ahead, Awaited, Benefits, BilledAs, DocumentedFor, Limit, Share

Services = Callable[[Table], tuple[Coding, ...]]
NUMBER = (int, float)
AUTHORIZATION = ("needed", "not needed")


def read_benefits(table: Table, services: Services) -> Benefits:
    """The benefits in this edition's table; ``services`` reads a table of codes as the edition's own are read."""
    return Benefits(
        share=_share(table),
        limit=_limit(table),
        ahead=_ahead(table),
        billed_as=_billed_as(table, services),
        outside_network_only=bool(table.take("authorization_outside_network_only", bool, False)),
        asked_by=table.choice("authorization_asked_by", ("orderer", "performer"), "orderer") or "orderer",
        documented_for=table.choice("documentation_for", get_args(DocumentedFor), None),
        awaits=table.words("awaits", get_args(Awaited)),  # type: ignore[arg-type]
        depends_on=table.words("depends_on"),
    )


def with_those_billed(services: tuple[Coding, ...], benefits: Benefits) -> tuple[Coding, ...]:
    """The services an edition speaks about: those ordered, and the codes they may be billed by."""
    billed = (code for row in benefits.billed_as for code in row.services if not any(code.same_as(each) for each in services))
    return (*services, *billed) if services else ()


def benefits_sense(table: Table, benefits: Benefits, read: Mapping[str, Any]) -> None:
    """What is right alone, and yet does not fit the rest of the edition (``read``)."""
    free = read["authorization"] == "not needed"
    if free and benefits.outside_network_only:
        table.wrong("needs no authorization, and yet needs it outside the network.", 'Write authorization = "needed".', "authorization_outside_network_only")
    if free and benefits.asked_by == "performer":
        table.wrong("says who asks for an authorization nobody needs.", "Take authorization_asked_by out.", "authorization_asked_by")
    if free and benefits.documented_for == "authorization":
        mend = 'Write documentation_for = "claim", "order", "chart" or "other".'
        table.wrong("asks for documentation with an authorization request nobody makes.", mend, "documentation_for")
    if benefits.documented_for and not read["documentation"]:
        table.wrong("says what documentation is for, and asks for none.", 'Say who answers: documentation = ["clinical"].', "documentation_for")
    if not read["covered"] and (benefits != Benefits()):
        table.wrong("says how a service is paid for that is not covered.", "Take shares, limits, network and billing codes out.")
    if read["topic"] in benefits.depends_on:
        table.wrong("depends on itself.", "Name the topic of the service it follows.", "depends_on")
    if benefits.billed_as and not read["services"]:
        table.wrong("says how its services are billed, and names none.", "Name in [edition.services] what is ordered.", "billed_as")


def _share(table: Table) -> Share | None:
    inner = _inner(table, "share")
    if inner is None:
        return None
    percents = [_number(inner, key) for key in ("in_network", "out_of_network")]
    inner.finish()
    for percent in percents:
        if percent is not None and not 0 <= percent <= 100:
            inner.wrong(f"has a share of {percent} percent.", "Give what the member pays of a price, from 0 to 100.")
    return Share(percents[0] or Decimal(0), percents[1] or Decimal(0))


def _limit(table: Table) -> Limit | None:
    inner = _inner(table, "limit")
    if inner is None:
        return None
    quantity, unit = _number(inner, "quantity"), inner.take("unit")
    per = inner.take("per", (str, int), CALENDAR_YEAR)
    inner.finish()
    if isinstance(per, str) and per != CALENDAR_YEAR or isinstance(per, int) and per < 1:
        inner.wrong(f"counts per {per!r}.", 'Write per = "calendar-year", or a number of days.')
    if quantity is not None and quantity <= 0:
        inner.wrong(f"allows {quantity} {unit}.", "Give more than nothing; a service nobody gets is covered = false.")
    return Limit(quantity or Decimal(1), unit or "", per or CALENDAR_YEAR)


def _ahead(table: Table) -> Ahead:
    inner = _inner(table, "ahead")
    if inner is None:
        return Ahead()
    days = {key: inner.take(key, int, None) for key in ("concurrent_review_every_days", "retro_window_days", "goal_days", "response_evidence_every_days")}
    appropriate_use = inner.take("appropriate_use", bool, False)
    inner.finish()
    for key, value in days.items():
        if value is not None and value < 1:
            inner.wrong(f"has {key} = {value}.", "Count days from one on, or leave it out.")
    return Ahead(**days, appropriate_use=appropriate_use)


def _billed_as(table: Table, services: Services) -> tuple[BilledAs, ...]:
    found: list[BilledAs] = []
    for position, data in enumerate(table.take("billed_as", list, []), 1):
        row = Table(data, table.file, f"{table.key} › billed_as › {position}", table.mistakes)
        codes = services(row)
        read = BilledAs(
            services=codes,
            covered=row.take("covered", bool, True),
            authorization=row.choice("authorization", AUTHORIZATION, None),
            because=row.take("because", str, ""),
            limit=_limit(row),
        )
        row.finish()
        twice = [mine.code for mine in codes for other in found for theirs in other.services if mine.same_as(theirs)]
        if not codes:
            row.wrong("names no billing code.", 'Name those it is for: services = { CPT = ["97110"] }.')
        if twice:
            row.wrong(f"names {quoted(twice)}, which another one names too.", "Give each code one outcome.")
        if not read.covered and not read.because:
            row.wrong("is not covered, and does not say why.", "Add because = …: provider and member read it.")
        found.append(read)
    return tuple(found)


def _inner(table: Table, key: str) -> Table | None:
    data = table.take(key, dict, None)
    return Table(data, table.file, f"{table.key} › {key}", table.mistakes) if data is not None else None


def _number(table: Table, key: str) -> Decimal | None:
    value = table.take(key, NUMBER)
    return None if value is None else Decimal(str(value))
