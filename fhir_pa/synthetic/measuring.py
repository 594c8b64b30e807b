"""Measuring: the four measures of practices over a synthetic year, from its cases and from what its claims tell."""

from __future__ import annotations

from fhir_pa.synthetic.year import Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.measures.tracker import Tracker, tracker
from fhir_pa.um.on_file.rendered import matched
from fhir_pa.um.stays.stay import stays
from questionnaires.library import Shelf


def tracked(year: Year, shelf: Shelf) -> Tracker:
    """The tracker over the whole year, as it stands on its last day."""
    cases = list(year.cases.values())
    on_file: dict[Identifier, list[Authorization]] = {}
    for case in cases:
        for member in case.request.member.identifiers:
            on_file.setdefault(member, []).append(case)
    matches = list(matched(year.given, lambda member: on_file.get(member, []), shelf.in_force))
    return tracker(cases, stays(cases), matches, year.begins.date(), year.ends)
