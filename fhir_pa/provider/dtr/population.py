"""Find the answers that are in the chart already: fetch what the form's libraries ask for, and run their ELM over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fhir_pa.provider.chart_reader import ChartReader
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.dtr.package import Package, items_of
from ig_profiles.names import INITIAL_EXPRESSION
from ig_profiles.reading import Json, codings, extension_value, many, text
from questionnaires.cql import FactEngine

NAMED = re.compile(r'^\s*"?(?P<library>\w+)"?\."?(?P<define>[^"]+?)"?\s*$')
DIRECTORY = {"PractitionerRole": "practitioner", "Practitioner": "_id"}
INTENTS = "proposal,plan,order,original-order,reflex-order,filler-order,instance-order,option"  # every one: US Core searches by patient and intent


def prefill(package: Package, chart: Chart, reader: ChartReader, engine: FactEngine, at: datetime) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values found, by link id, and one sentence of trouble for each question that could not be looked up.

    ``at`` must know its offset: it is what CQL calls Now().
    """
    wanted = expressions(package.questionnaire)
    elms = package.elms()
    requirements = package.data_requirements()
    resources = reader.found(queries(requirements, chart.patient["id"], chart.clinician.practitioner["id"], chart.orders))
    resources += [drug for name in drugs(requirements, resources) if (drug := reader.read(name))]
    found: dict[str, Any] = {}
    trouble: list[str] = []
    for library in sorted({name for name, _ in wanted.values()}):
        if library not in elms:
            trouble.append(f"The package brought no ELM for the library '{library}'.")
            continue
        others = tuple(elm for name, elm in elms.items() if name != library)
        names = sorted({define for lib, define in wanted.values() if lib == library})
        facts = engine.facts(elms[library], resources, at, names, patient=chart.patient["id"], libraries=others, value_sets=package.value_sets)
        trouble.extend(fact.trouble for fact in facts.values() if fact.trouble)
        found.update({link: facts[define].value for link, (lib, define) in wanted.items() if lib == library and facts[define].value is not None})
    return found, tuple(trouble)


def expressions(questionnaire: Json) -> dict[str, tuple[str, str]]:
    """For each question with an initialExpression, the library and define it names.

    >>> expressions({"item": [{"linkId": "spo2", "extension": [{"url": INITIAL_EXPRESSION, "valueExpression": {"expression": '"HomeOxygen".spo2'}}]}]})
    {'spo2': ('HomeOxygen', 'spo2')}
    """
    found = {}
    for item in items_of(questionnaire):
        named = NAMED.match(text(extension_value(item, INITIAL_EXPRESSION), "expression") or "")
        if named:
            found[item["linkId"]] = (named["library"], named["define"])
    return found


def queries(requirements: list[Json], patient: str, practitioner: str, orders: Sequence[Json]) -> list[str]:
    """The FHIR searches that bring what the libraries require of this patient, and nothing else (DTR sec-3); both are ids.

    A requirement with codes is searched by them; a directory resource is found through the ordering clinician, and a role
    also where an order names it as its performer. A Medication has no patient, and is read where something refers to it.
    """
    asked = {f"Patient?_id={patient}": None}
    for requirement in requirements:
        kind = requirement.get("type", "")
        if kind in ("Patient", "Medication"):
            continue
        if kind in DIRECTORY:
            asked[f"{kind}?{DIRECTORY[kind]}={practitioner}"] = None
            if performing := _performing(orders, kind):
                asked[f"{kind}?_id={','.join(performing)}"] = None
            continue
        query = f"{kind}?patient={patient}{f'&intent={INTENTS}' if kind == 'MedicationRequest' else ''}"
        codes = [f"{code.system}|{code.code}" for each in many(requirement, "codeFilter") if each.get("path") == "code" for code in codings(many(each, "code"))]
        asked[f"{query}&code={','.join(codes)}" if codes else query] = None
    return list(asked)


def drugs(requirements: list[Json], found: Iterable[Json]) -> list[str]:
    """The Medications (``Medication/id``) that what was found refers to, where the libraries look at them.

    >>> drugs([{"type": "Medication"}], [{"medicationReference": {"reference": "Medication/m"}}, {"medicationReference": {"reference": "#in"}}])
    ['Medication/m']
    """
    if not any(requirement.get("type") == "Medication" for requirement in requirements):
        return []
    names = (text(each, "medicationReference", "reference") or "" for each in found)
    return list(dict.fromkeys(name for name in names if name.startswith("Medication/")))


def _performing(orders: Sequence[Json], kind: str) -> list[str]:
    """The ids of those of this type who are to perform the orders."""
    names = (text(performer, "reference") or "" for performer in many(list(orders), "performer"))
    return list(dict.fromkeys(name.removeprefix(f"{kind}/") for name in names if name.startswith(f"{kind}/")))
