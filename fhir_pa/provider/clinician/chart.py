"""What the visit is about, read from the chart with the visit's token: the patient, who works, orders, coverages, forms begun, what is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from fhir_pa.provider.clinician.trouble import Trouble, from_ehr
from fhir_pa.provider.clinician.visits import Visit
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.dtr.referenced import referenced
from fhir_pa.provider.elements import reference
from fhir_pa.provider.wire import Reply, Wire
from ig_profiles.names import QR_CONTEXT, QR_COVERAGE
from ig_profiles.reading import Json, extensions, many, text

LISTED = ("DeviceRequest", "ServiceRequest", "MedicationRequest", "NutritionOrder", "VisionPrescription", "CommunicationRequest", "Appointment")
ORDERS = (*LISTED, "Encounter")  # a visit is documented when a launch names it; nobody chooses it from a list
MOST_PAGES = 20
OPEN = ("draft", "active", "on-hold", "proposed", "pending", "booked")


@dataclass
class OpenChart:
    """One patient's chart through the EHR's FHIR API; each thing is read once. Raises Trouble when the EHR does not answer."""

    visit: Visit

    def __post_init__(self) -> None:
        self._wire = Wire(self.visit.issuer)

    def read(self, name: str) -> Json:
        """One resource by ``Type/id``."""
        found: Json = from_ehr(lambda: self._wire.get(name, self.visit.token), 200).body
        return found

    def search(self, query: str) -> list[Json]:
        """What a search brings, page by page; a kind this EHR does not keep, or does not open to us, brings nothing.

        Only matches count, not what came along; a next page elsewhere than at this EHR is not asked for.
        """
        return self._searched(query) or []

    def look_up(self, query: str) -> list[Json]:
        """What a search for facts brings. Where the EHR does not search by its codes, all the patient has of that kind: no more is sure in US Core."""
        found = self._searched(query)
        return found if found is not None else self.search(query.partition("&")[0])

    def at_hand(self, name: str) -> Json | None:
        """One resource by ``Type/id``; None when the EHR does not keep it, or does not open it to us."""
        reply = from_ehr(lambda: self._wire.get(name, self.visit.token), 200, 400, 403, 404, 410)
        return reply.body if reply.status == 200 else None

    def _searched(self, query: str) -> list[Json] | None:
        """The matches; None when the EHR does not search so."""
        found: list[Json] = []
        page: str | None = query
        for _ in range(MOST_PAGES):
            reply = from_ehr(lambda page=page: self._wire.get(page, self.visit.token), 200, 400, 403, 404)  # type: ignore[misc]
            if reply.status != 200:
                return None if reply.status == 400 and page == query else found
            entries = many(reply.body, "entry")
            found += [each["resource"] for each in entries if "resource" in each and text(each, "search", "mode") in (None, "match")]
            page = next((str(each["url"]) for each in many(reply.body, "link") if each.get("relation") == "next"), None)
            if page is None or not page.startswith((f"{self.visit.issuer}/", f"{self.visit.issuer}?")):
                break
        return found

    def create(self, resource: Json) -> Json:
        """The resource as the EHR keeps it, under the EHR's own id."""
        made: Json = from_ehr(lambda: self._wire.post(resource["resourceType"], resource, self.visit.token), 200, 201).body
        return made

    def update(self, resource: Json, version: str | None) -> Reply:
        """The resource replaced, when it still is at this version."""
        return from_ehr(lambda: self._wire.put(reference(resource)["reference"], resource, self.visit.token, version), 200, 201)

    @cached_property
    def patient(self) -> Json:
        """The patient."""
        return self.read(f"Patient/{self.visit.patient}")

    @cached_property
    def clinician(self) -> Json:
        """Who works with the app."""
        return self.read(self.visit.user)

    @cached_property
    def role(self) -> Json:
        """The clinician's role here, or an empty one."""
        return next(iter(self.search(f"PractitionerRole?practitioner={self.visit.user.rpartition('/')[2]}")), {})

    @cached_property
    def encounter(self) -> Json:
        """The visit from which the app was launched, or an empty one."""
        named = self.visit.encounter
        return next(iter(self.search(f"Encounter?_id={named}")), {}) if named else {}

    @cached_property
    def orders(self) -> list[Json]:
        """The orders the launch names or asks about (the focus of a Task), else every open one."""
        names = [name for name in self.visit.about if name.startswith(ORDERS)]
        names += [focus for name in self.visit.about if name.startswith("Task/") and (focus := text(self.read(name), "focus", "reference"))]
        named = [self.read(name) for name in dict.fromkeys(names)]
        return named or [order for kind in LISTED for order in self.search(f"{kind}?patient={self.visit.patient}") if order.get("status") in OPEN]

    @cached_property
    def coverages(self) -> list[Json]:
        """The coverages of the launch, else those the orders' coverage information speaks of, else every active one."""
        named = [name for name in self.visit.about if name.startswith("Coverage/")]
        named = named or [answer.coverage for order in self.orders for answer in read_order(order)]
        if named:
            return [self.read(name) for name in dict.fromkeys(named)]
        return self.search(f"Coverage?patient={self.visit.patient}&status=active")

    @cached_property
    def tasks(self) -> list[Json]:
        """What payers asked for in this chart and still wait for, the first to be due first; none where the EHR keeps no Tasks."""
        found = self.search(f"Task?patient={self.visit.patient}&status=requested")
        return sorted(found, key=lambda each: text(each, "restriction", "period", "end") or "9")

    def begun(self) -> list[Json]:
        """Forms of this patient that were begun and can be gone on with, the newest first."""
        found = self.search(f"QuestionnaireResponse?patient={self.visit.patient}&status=in-progress")
        return sorted((each for each in found if contexts(each)), key=lambda each: text(each, "meta", "lastUpdated") or "", reverse=True)

    def order(self, name: str) -> Json:
        """One of the visit's orders."""
        return _among(self.orders, name)

    def coverage(self, name: str) -> Json:
        """One of the visit's coverages."""
        return _among(self.coverages, name)

    def referenced(self, orders: Iterable[Json]) -> tuple[Json, ...]:
        """What these orders refer to, as far as the EHR opens it."""
        return referenced(orders, self.at_hand)

    def payors(self, coverage: Json) -> list[Json]:
        """The organizations that pay under it."""
        return [self.read(str(each["reference"])) for each in many(coverage, "payor") if str(each.get("reference", "")).startswith("Organization/")]


def contexts(form: Json) -> list[str]:
    """What a form is about: ``Type/id`` of orders and coverages."""
    found = [text(each, "valueReference", "reference") for url in (QR_CONTEXT, QR_COVERAGE) for each in extensions(form, url)]
    return [name for name in found if name]


def _among(resources: list[Json], name: str) -> Json:
    for each in resources:
        if reference(each)["reference"] == name:
            return each
    raise Trouble(404, "app", "This is not part of the visit.", f"{name} was not opened with it.")
