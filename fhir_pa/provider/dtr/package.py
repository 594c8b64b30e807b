"""Ask the payer for an order's form, and unpack the answer in every shape the guides allow (dtr.md §0 and §1.4)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fhir_pa.provider.elements import checked
from fhir_pa.provider.wire import WrongAnswer, parameters
from ig_profiles.json import parse
from ig_profiles.names import CQF_LIBRARY, DTR_PROFILE
from ig_profiles.reading import Coding, Json, codings, extensions, many, text

BUNDLE_NAMES = ("packagebundle", "return")
ELM = "application/elm+json"


@dataclass(frozen=True)
class Package:
    """One form with all it needs: its libraries' ELM by name, what data each wants, value sets, and the payer's draft answers."""

    questionnaire: Json
    libraries: tuple[Json, ...]
    value_sets: dict[str, tuple[Coding, ...]]
    draft: Json | None

    @property
    def canonical(self) -> str:
        """``url|version`` of the form."""
        return f"{self.questionnaire['url']}|{self.questionnaire['version']}" if "version" in self.questionnaire else str(self.questionnaire["url"])

    def elms(self) -> dict[str, Json]:
        """The compiled libraries by the name expressions call them."""
        found = {}
        for library in self.libraries:
            data = next((text(each, "data") for each in many(library, "content") if text(each, "contentType") == ELM), None)
            if data:
                elm = parse(base64.b64decode(data))
                found[str(text(elm, "library", "identifier", "id"))] = elm
        return found

    def main_libraries(self) -> tuple[str, ...]:
        """The canonicals the form names with cqf-library, without their versions."""
        return tuple(str(item.get("valueCanonical", "")).split("|")[0] for item in extensions(self.questionnaire, CQF_LIBRARY))

    def prefilled(self) -> dict[str, tuple[Any, ...]]:
        """What the payer filled in already in its draft, by link id."""
        found = {}
        for item in items_of(self.draft or {}):
            values = tuple(_value(answer) for answer in many(item, "answer"))
            if values:
                found[str(item["linkId"])] = values
        return found

    def data_requirements(self) -> list[Json]:
        """What the libraries say they look at (Library.dataRequirement), which is all that an app may fetch (minimum necessary)."""
        return many(list(self.libraries), "dataRequirement")


def items_of(node: Json) -> Iterator[Json]:
    """Every item of a form or of a filled form, in the order of the page."""
    for item in many(node, "item"):
        yield item
        yield from items_of(item)


def question(
    coverage: Json, orders: tuple[Json, ...], assertion_id: str | None = None, canonicals: tuple[str, ...] = (), referenced: tuple[Json, ...] = ()
) -> Json:
    """The Parameters of $questionnaire-package after CRD: the coverage, orders as CRD left them, and the one context its profile allows.

    ``referenced`` is what the orders refer to: a parameter of 2.0.1, which the open profile of 2.2 lets through too.
    """
    parts: list[Json] = [
        {"name": "coverage", "resource": coverage},
        *({"name": "order", "resource": order} for order in orders),
        *({"name": "questionnaire", "valueCanonical": canonical} for canonical in canonicals),
        *([{"name": "context", "valueString": assertion_id}] if assertion_id else []),
        *({"name": "referenced", "resource": resource} for resource in referenced),
    ]
    return checked({**parameters(*parts), "meta": {"profile": [f"{DTR_PROFILE}dtr-qpackage-input-parameters"]}})


def unpack(body: Json) -> tuple[Package, ...]:
    """Every package of the answer: a bare Bundle (2.0.1, one form) or Parameters. Raises WrongAnswer for anything else."""
    if text(body, "resourceType") == "Bundle":
        bundles = [body]
    elif text(body, "resourceType") == "Parameters":
        bundles = [part["resource"] for part in many(body, "parameter") if str(part.get("name", "")).lower() in BUNDLE_NAMES and "resource" in part]
    else:
        raise WrongAnswer(f"$questionnaire-package answered a {text(body, 'resourceType') or 'nothing'}, neither Bundle nor Parameters.")
    return tuple(_package(bundle) for bundle in bundles)


def _package(bundle: Json) -> Package:
    resources = many(bundle, "entry", "resource")
    if not resources or resources[0].get("resourceType") != "Questionnaire":
        raise WrongAnswer("A package begins with its Questionnaire (DTR dtrb-1).")
    of = {kind: tuple(each for each in resources if each["resourceType"] == kind) for kind in ("Library", "ValueSet", "QuestionnaireResponse")}
    value_sets = {str(each["url"]): codings(many(each, "expansion", "contains")) for each in of["ValueSet"] if "url" in each}
    return Package(resources[0], of["Library"], value_sets, next(iter(of["QuestionnaireResponse"]), None))


def _value(answer: Json) -> Any:
    value = next((found for key, found in answer.items() if key.startswith("value")), None)
    coded = codings(value) if isinstance(value, dict) else ()
    if coded:
        return coded[0]
    return value.get("value", value) if isinstance(value, dict) else value
