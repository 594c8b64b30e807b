"""Variation: figures that show where decisions and documentation differ, straight from what is on file, for the payer's people (F23, F94, F98)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.reports.figures import LONGEST_CASE
from fhir_pa.operations.reports.measures import period
from fhir_pa.um.measures.missing import missing as missing_in
from fhir_pa.um.measures.pareto import few_explain, pareto
from fhir_pa.um.measures.variation import By, chart
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Json

MOST = 100  # rows of the criteria most often missing


def variation(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """A p-chart of what was not certified as asked; ``asked`` names ``by`` (provider, reviewer, service, line, month), ``since``, ``until``."""
    caller.must_be_staff()
    must_be_of_the_plan(caller, "read figures of everybody")
    by = asked.get("by") or By.SERVICE
    if by not in [str(each) for each in By]:
        raise Unprocessable(Issue(f"Decisions are grouped by one of: {', '.join(By)}. The region of a member is not on file.", "invalid", expression="by"))
    first, last = period(asked.get("since"), asked.get("until"), payer.clock())
    with payer.store.reading() as tx:
        found = chart(tx.received_between(first, last), By(by))
    points = [
        {
            "name": point.name,
            "percent": point.percent,
            "count": len(point.adverse),
            "of": point.of,
            "lower": point.lower,
            "upper": point.upper,
            "judged": point.judged,
            "percentile_hours": {str(share): hours for share, hours in point.hours.items()},
            "items": list(point.adverse),
        }
        for point in found.points
    ]
    return {"by": by, "since": first.isoformat(), "until": last.isoformat(), "mean_percent": found.mean, "decisions": found.of, "groups": points}


def missing(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The criteria most often left open by the first documentation, by clinician; ``asked`` may name ``clinician`` (NPI), ``since``, ``until``."""
    caller.must_be_staff()
    must_be_of_the_plan(caller, "read figures of everybody")
    first, last = period(asked.get("since"), asked.get("until"), payer.clock())
    npi = asked.get("clinician", "")
    with payer.store.reading() as tx:
        rows = [row for row in missing_in(tx.received_between(first, last)) if not npi or row.npi == npi]
    shown = [{**vars(row), "items": list(row.items), "count": len(row.items), "percent": row.percent} for row in rows[:MOST]]
    return {"since": first.isoformat(), "until": last.isoformat(), "total": len(rows), "criteria": shown}


def causes(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The root causes of denials, the most frequent first; of one ``practice`` (NPI), ``service`` (policy) or ``reviewer`` where named (F94)."""
    caller.must_be_staff()
    must_be_of_the_plan(caller, "read figures of everybody")
    now = payer.clock()
    first, _ = period(asked.get("since"), None, now)
    practice, service, reviewer = (asked.get(name, "") for name in ("practice", "service", "reviewer"))
    with payer.store.reading() as tx:
        cases = list(tx.received_between(now - LONGEST_CASE, now + timedelta(seconds=1), *([practice] if practice else [])))

    def meant(topic: str, signed_by: str) -> bool:
        return (not service or topic == service) and (not reviewer or signed_by == reviewer)

    bars = pareto(cases, first.date(), meant)
    shown = [
        {"cause": bar.cause, "count": bar.count, "percent": bar.share, "so_far": bar.so_far, "items": [f"{row.number}/{row.item}" for row in bar.rows]}
        for bar in bars
    ]
    return {"since": first.date().isoformat(), "causes": shown, "four_causes_explain": few_explain(bars)}
