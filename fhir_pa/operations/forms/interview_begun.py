"""The beginning of an interview: what its orders and its context say, sealed into the address at which it goes on."""

from __future__ import annotations

from collections.abc import Iterable

from cds_hooks.hook import Subject
from cds_hooks.orders import order_of
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.forms.interviews import seal
from fhir_pa.pas.information_request import form_asked_for
from fhir_pa.storage.assertions import Assertion
from fhir_pa.wiring import Payer
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Entry, Index, Json, extension_value, extensions, text
from questionnaires.adaptive import Interview
from questionnaires.adaptive_form import Address
from questionnaires.package_request import Guide
from questionnaires.policy import RequestedService

ORDER = "Parameters.parameter.where(name='order').resource"


def address_of(
    orders: tuple[Json, ...],
    beside: Index,
    told_of: tuple[Assertion, ...],
    context: str,
    line_of_business: str,
    guide: Guide,
    caller: Caller,
    payer: Payer,
) -> Address:
    """Where an adaptive form for these orders goes on asking; ``context`` is the assertion id that led to it, or empty.

    ``beside`` is what was sent along with the orders.

    ``told_of`` are the payer's own assertions of orders that were not sent again: what they ask for is known from there.

    It may end in a determination only when a hook, not PAS, gave the context, and the one order carries it (spec-42, spec-43).
    """
    services = [service_of(order, beside) for order in orders]
    told = (code for assertion in told_of for code in assertion.codes)
    codes = tuple(dict.fromkeys((*(code for service in services for code in service.codes), *told)))
    days = [service.on for service in services if service.on]
    from_hook = bool(context) and form_asked_for(context) is None
    settles = from_hook and len(services) == 1 and context in carried(orders)
    return Address(payer.fhir_base(guide), seal(Interview(codes, min(days, default=None), line_of_business, context, settles), caller.id, payer))


def service_of(order: Json, beside: Index) -> RequestedService:
    """What an order asks for, in a policy's words; ``beside`` is what was sent along, such as the drug it refers to."""
    entry = Entry("", order, ORDER)
    return order_of(Subject(entry, entry), beside, _patient(order)).service


def _patient(order: Json) -> str:
    name = text(order, "subject", "reference") or text(order, "patient", "reference") or ""
    return name.rsplit("/", 1)[-1]


def carried(orders: Iterable[Json]) -> frozenset[str]:
    """The assertion ids these orders carry, in what a hook wrote on them."""
    said = (each for order in orders for each in extensions(order, COVERAGE_INFORMATION))
    return frozenset(str(value) for each in said if (value := extension_value(each, "coverage-assertion-id")))
