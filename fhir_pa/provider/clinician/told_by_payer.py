"""What the payer decided while the form was filled: its coverage information, put on the orders it is about (DTR spec-46, spec-155).

An earlier word on the same coverage and assertion is replaced; every other stays.
"""

from __future__ import annotations

from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.words import told
from fhir_pa.provider.elements import reference
from ig_profiles.names import COVERAGE_INFORMATION, QR_CONTEXT
from ig_profiles.reading import Json, extension_value, extensions, many, text


def put_on_orders(chart: OpenChart, form: Json) -> tuple[list[Json], str]:
    """The visit's orders the form is about in words, with what the payer now says of them; and one sentence when the chart did not keep it.

    A payer may name further orders of the patient, such as an earlier one for the same; they were not opened with the visit and stay as they are.
    """
    about = {text(each, "valueReference", "reference") for each in extensions(form, QR_CONTEXT)}
    orders = [order for order in chart.orders if reference(order)["reference"] in about]
    said = extensions(form, COVERAGE_INFORMATION)
    if not said:
        return [told(order) for order in orders], ""
    changed = [with_word(order, said) for order in orders]
    try:
        for order in changed:
            chart.update(order, text(order, "meta", "versionId"))
    except Trouble as trouble:
        return [told(order) for order in changed], f"The payer's answer could not be kept on the order. {trouble.title}"
    return [told(order) for order in changed], ""


def with_word(order: Json, said: list[Json]) -> Json:
    """The order with this coverage information.

    >>> part = lambda name, value: {"url": name, "valueString": value}
    >>> old = {"url": COVERAGE_INFORMATION, "extension": [part("coverage-assertion-id", "a")]}
    >>> new = {"url": COVERAGE_INFORMATION, "extension": [part("coverage-assertion-id", "a"), part("covered", "covered")]}
    >>> with_word({"extension": [old, {"url": "x"}]}, [new])["extension"] == [{"url": "x"}, new]
    True
    """
    replaced = {_key(each) for each in said}
    kept = [each for each in many(order, "extension") if each.get("url") != COVERAGE_INFORMATION or _key(each) not in replaced]
    return {**order, "extension": [*kept, *said]}


def _key(said: Json) -> tuple[str, str]:
    """Coverage and assertion id: by these a word is known again (spec-47)."""
    return text(extension_value(said, "coverage"), "reference") or "", str(extension_value(said, "coverage-assertion-id") or "")
