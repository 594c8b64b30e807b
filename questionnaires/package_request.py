"""$questionnaire-package Parameters -> what was asked for, in the names and types of either guide generation.

Source: DTR 2.0.1 and 2.2 OperationDefinition questionnaire-package and profile dtr-qpackage-input-parameters (dtr.md §1.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Index, Json, many, text

Guide = Literal["2.0.1", "2.2"]

ORDERS = (
    *("Appointment", "Encounter", "CommunicationRequest", "DeviceRequest", "ImmunizationRecommendation", "MedicationRequest"),
    *("NutritionOrder", "ServiceRequest", "SupplyRequest", "VisionPrescription"),
)


@dataclass(frozen=True)
class PackageRequest:
    """Whose forms are wanted, for which orders.

    ``canonicals`` name forms outright (``url`` or ``url|version``); ``contexts`` are assertion ids a hook or a PAS answer
    gave. ``referenced`` are resources 2.0.1 clients send along. ``issues`` are warnings for the answer.
    """

    coverages: tuple[Json, ...]
    orders: tuple[Json, ...] = ()
    canonicals: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    changed_since: datetime | None = None
    referenced: tuple[Json, ...] = ()
    issues: tuple[Issue, ...] = ()

    @cached_property
    def index(self) -> Index:
        """What was sent along, to be found by the references of orders and coverages."""
        index = Index()
        for each in self.referenced:
            index.add(each)
        return index


def read_package_request(parameters: Any, guide: Guide, asked: str | None = None) -> PackageRequest:
    """The request in this body; ``asked`` is the form the address names (``Questionnaire/{id}/$questionnaire-package``).

    Parameter names are taken whatever their capitals. What a client sends beyond the profile is passed over.
    Raises Unreadable when it is not a Parameters, Unprocessable when it lacks what the operation cannot do without.
    """
    if not isinstance(parameters, dict) or parameters.get("resourceType") != "Parameters":
        kind = parameters.get("resourceType") if isinstance(parameters, dict) else type(parameters).__name__
        raise Unreadable(f"The body is {kind}, not Parameters. Send Parameters with 'coverage' and one of 'order', 'questionnaire' or 'context'.")
    rows = [(f"Parameters.parameter[{at}]", row) for at, row in enumerate(many(parameters, "parameter")) if isinstance(row, dict)]
    named = [(where, str(row.get("name", "")).casefold(), row) for where, row in rows]
    issues: list[Issue] = []
    coverages = _resources(named, "coverage", ("Coverage",), issues)
    orders = _resources(named, "order", ORDERS, issues)
    canonicals = _texts(named, "questionnaire", ("valueCanonical", "valueUri", "valueUrl", "valueString"))
    contexts = _texts(named, "context", ("valueString", "valueId", "valueUri", "valueCode"))
    _suffices(coverages, bool(orders or canonicals or contexts or asked), guide, issues)
    return PackageRequest(
        coverages,
        orders,
        tuple(dict.fromkeys((*canonicals, *((asked,) if asked else ())))),
        contexts,
        _changed_since(named),
        tuple(row["resource"] for _, name, row in named if name == "referenced" and isinstance(row.get("resource"), dict)),
        tuple(issues),
    )


def _suffices(coverages: tuple[Json, ...], something: bool, guide: Guide, issues: list[Issue]) -> None:
    """Coverage, and anything to find forms by (invariant dtr-1); 2.2 asks about one coverage at a time, and 2.0.1 about one patient."""
    wrong = []
    if not coverages:
        wrong.append(Issue("No coverage is named. Add a parameter 'coverage' with the member's Coverage.", "required", expression="Parameters.parameter"))
    if guide == "2.2" and len(coverages) > 1:
        text_ = f"{len(coverages)} coverages are named. DTR 2.2 asks about one coverage at a time: send a request for each."
        wrong.append(Issue(text_, "business-rule", expression="Parameters.parameter"))
    people = dict.fromkeys("/".join(name.split("/")[-2:]) for each in coverages if (name := text(each, "beneficiary", "reference")))
    if len(people) > 1:
        text_ = f"The coverages are those of {' and '.join(people)}. Forms are for one patient: send a request for each."
        wrong.append(Issue(text_, "business-rule", expression="Parameters.parameter.where(name='coverage').resource.beneficiary"))
    if not something:
        text_ = "Nothing says which forms are wanted. Add 'order', 'questionnaire' or 'context' (invariant dtr-1)."
        wrong.append(Issue(text_, "required", expression="Parameters.parameter"))
    if wrong:
        raise Unprocessable(*wrong, *issues)


def _resources(named: list[tuple[str, str, Json]], name: str, kinds: tuple[str, ...], issues: list[Issue]) -> tuple[Json, ...]:
    """The resources under this name; one of another type is a warning, not the end (R315)."""
    found = []
    for where, given, row in named:
        resource = row.get("resource")
        if given != name:
            continue
        if isinstance(resource, dict) and resource.get("resourceType") in kinds:
            found.append(resource)
        else:
            kind = resource.get("resourceType") if isinstance(resource, dict) else "no resource"
            text_ = f"'{name}' holds {kind}, which cannot be understood here. Send one of {', '.join(kinds)}."
            issues.append(Issue(text_, "not-supported", "warning", f"{where}.resource"))
    return tuple(found)


def _texts(named: list[tuple[str, str, Json]], name: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    values = (next((value for key in keys if (value := text(row, key))), None) for _, given, row in named if given == name)
    return tuple(dict.fromkeys(value for value in values if value))


def _changed_since(named: list[tuple[str, str, Json]]) -> datetime | None:
    """The profile says instant, the 2.0.1 OperationDefinition dateTime: both are taken; a day begins at midnight UTC."""
    for where, name, row in named:
        given = text(row, "valueInstant") or text(row, "valueDateTime") or text(row, "valueDate")
        if name == "changedsince" and given:
            try:
                moment = datetime.fromisoformat(given)
            except ValueError:
                text_ = f"'{given}' is not a moment. Write changedsince like 2026-11-21T09:30:00-05:00."
                raise Unprocessable(Issue(text_, "value", expression=where)) from None
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
