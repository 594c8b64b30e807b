"""Recoupment: the notice of a demand -> HTML that reads well on a screen and on paper; everything in it is escaped."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.recoupment import Recoupment
from fhir_pa.um.telling.letter import Sender


def html(case: Authorization, demand: Recoupment, sender: Sender) -> str:
    """The notice as one HTML page, complete in itself: what is asked back, for which services, on whose decision, and how to appeal."""
    items = [case.item(sequence) for sequence in demand.items]
    return _templates().get_template("recoupment.html.j2").render(case=case, demand=demand, sender=sender, items=items)


@lru_cache
def _templates() -> Environment:
    made = Environment(loader=PackageLoader("fhir_pa.letters"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["day"] = lambda moment: f"{moment:%B} {moment.day}, {moment.year}"
    return made
