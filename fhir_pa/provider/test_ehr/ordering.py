"""At order entry: draft what was picked, sign and ask the payer (CRD order-sign), follow a card or say why not."""

from __future__ import annotations

from dataclasses import replace

from fhir_pa.provider.cds_client import service_for
from fhir_pa.provider.elements import reference
from fhir_pa.provider.smart.grants import Context
from fhir_pa.provider.smart.server import AuthorizationServer
from fhir_pa.provider.test_ehr.catalogue import CATALOGUE, drafted
from fhir_pa.provider.test_ehr.clinic import Clinic
from fhir_pa.provider.test_ehr.course import Course
from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, many, text


def order(clinic: Clinic, patient: str, guide: str, services: tuple[str, ...], unasked: bool = False) -> Course:
    """A new course with these services (names of the catalogue) drafted, to be signed next.

    Earlier requests stay on file, and the orders they were about stay in the chart: active, or revoked where nothing came of
    them. ``unasked`` lets the payer authorize with its answer what nobody asked for yet.
    """
    before = clinic.courses.get(patient)
    chart, today = clinic.chart(patient), clinic.now().date()
    clinic.drafts += 1
    drafts = tuple(drafted(CATALOGUE[name], chart, clinic.charts.practice, today, clinic.drafts) for name in services)
    status = "active" if before and any(not each.over for each in before.requests) else "revoked"
    left = tuple({**each, "status": status} for each in chart.orders) if before else ()
    clinic.charts.by_patient[patient] = replace(chart, findings=(*chart.findings, *left), orders=drafts)
    course = Course(patient, guide, clinic.journal.number, unasked, earlier=(*before.earlier, *before.requests) if before else ())
    clinic.courses[patient] = course
    return course


def sign(clinic: Clinic, course: Course) -> None:
    """Ask the payer about the drafts as they are now, and keep on each order what it says of it. Raises WrongAnswer."""
    cds, chart = clinic.side(course).cds, clinic.chart(course.patient)
    course.service = course.service or service_for(cds.discover().body, "order-sign")
    plain = tuple(_without_answer(each) for each in chart.orders)
    answered = cds.order_sign(replace(chart, orders=plain), course.service, unasked=course.unasked)
    for each in answered.orders.values():
        clinic.charts.keep(course.patient, each)
    course.answered, course.cards, course.changed = answered, {}, False


def accept(clinic: Clinic, course: Course, card: str, suggestion: str) -> None:
    """Take one suggestion of a card into the chart, and tell the payer. Raises KeyError, WrongAnswer."""
    shown = course.card(card)
    taken = next((each for each in many(shown, "suggestions") if each.get("uuid") == suggestion), None)
    if taken is None:
        raise KeyError(f"Card {card} has no suggestion {suggestion}.")
    chart = clinic.chart(course.patient)
    clinic.charts.by_patient[course.patient] = clinic.side(course).cds.accept(chart, course.service, shown, taken, clinic.now())
    course.cards[card] = f"Accepted: {text(taken, 'label')}."
    course.changed = True


def decline(clinic: Clinic, course: Course, card: str, reason: str, words: str) -> None:
    """Say that a card is not followed; ``reason`` is the code of one of its own reasons, or empty. Raises KeyError, WrongAnswer."""
    shown = course.card(card)
    chosen = next((each for each in many(shown, "overrideReasons") if each.get("code") == reason), None)
    coding = {key: chosen[key] for key in ("system", "code", "display") if key in chosen} if chosen else None
    clinic.side(course).cds.decline(course.service, shown, coding, words, clinic.now())
    because = "; ".join(each for each in (text(chosen, "display") if chosen else None, words) if each)
    course.cards[card] = f"Not followed: {because}." if because else "Not followed."


def launch(clinic: Clinic, course: Course, authorization: AuthorizationServer) -> str:
    """The address that opens the forms app about this patient's orders (SMART App Launch from the EHR)."""
    chart = clinic.chart(course.patient)
    if not chart.orders:
        raise WrongAnswer("There is no order to document. Order a service first.")
    about = tuple(reference(each)["reference"] for each in (chart.coverage, *chart.orders))
    user = reference(chart.clinician.practitioner)["reference"]
    return authorization.launch(clinic.side(course).app, Context(user, course.patient, str(chart.encounter["id"]), about))


def _without_answer(draft: Json) -> Json:
    """The order as the clinician signs it: what the payer said of an earlier signing is asked anew."""
    kept = [each for each in many(draft, "extension") if each.get("url") != COVERAGE_INFORMATION]
    return {**{key: value for key, value in draft.items() if key != "extension"}, **({"extension": kept} if kept else {})}
