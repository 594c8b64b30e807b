"""A clinician's objection to an authorization number the payer gave unasked: kept on the order, beside the payer's word (DTR spec-44).

The number stays readable; who objects, when and why stands with it, and goes to the payer with the order.
"""

from __future__ import annotations

from datetime import datetime

from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.words import NUMBER_NOT_VALID
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.elements import reference
from ig_profiles.reading import Json, extension_value, many, text


def object_to(chart: OpenChart, name: str, number: str, because: str, at: datetime) -> Json:
    """The order ``name`` as the chart keeps it, its ``number`` marked as not valid; a later objection replaces the earlier. Raises Trouble."""
    order = chart.read(name)
    if number not in {each.satisfied_pa_id for each in read_order(order)}:
        raise Trouble(409, "ehr", "The order bears another number now.", f"{number} is not on it any more. Open the app again from the chart.")
    said = objection(number, because, reference(chart.clinician), at)
    kept = [each for each in many(order, "extension") if each.get("url") != NUMBER_NOT_VALID or extension_value(each, "number") != number]
    changed: Json = {**order, "extension": [*kept, said]}
    answered: Json = chart.update(changed, text(order, "meta", "versionId")).body
    return answered


def objection(number: str, because: str, who: Json, at: datetime) -> Json:
    """The extension of the order.

    >>> [each["url"] for each in objection("PA-1", "", {"reference": "Practitioner/1"}, datetime(2026, 11, 22))["extension"]]
    ['number', 'who', 'when']
    """
    parts: list[Json] = [
        {"url": "number", "valueString": number},
        {"url": "who", "valueReference": who},
        {"url": "when", "valueDateTime": at.isoformat(timespec="seconds")},
        *([{"url": "because", "valueString": because}] if because else []),
    ]
    return {"url": NUMBER_NOT_VALID, "extension": parts}
