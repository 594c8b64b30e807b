"""What is wrong with a hook call that can be answered all the same: told beside the answer, or, to whom the payer is strict, refused.

crd.md §1.13 and trap 21: a 4xx for a nit is a lost answer, so tolerant is the default. A strict payer gives the statuses of the guides:
what breaks FHIR or CDS Hooks is 422 in 2.0.1 and 400 in 2.2; what only breaks a profile CRD requires is 422 in both.
"""

from __future__ import annotations

import logging

from cds_hooks.dialect import Dialect
from cds_hooks.profiles import profile_of
from cds_hooks.request import HookRequest
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.validate import MOST, faults, is_strict
from fhir_pa.wiring import Payer
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.outcome import Issue, OutOfProfile, Unprocessable
from ig_profiles.reading import Entry, Json, many, text

LOG = logging.getLogger("fhir_pa.hook")
CONFIGURED = "extension.davinci-crd.configuration"


def findings_of(asked: HookRequest, guide: str, caller: Caller, payer: Payer) -> list[Issue]:
    """What to tell beside the answer. Raises Unprocessable or OutOfProfile where the payer is strict with this client.

    Looked at are the orders the call brought; those we fetched ourselves are the EHR's own affair.
    """
    told = [Issue(fault, "informational", "information", expression=CONFIGURED) for fault in asked.configuration.faults]
    for fault in asked.configuration.faults:
        LOG.info("configuration of %s by %s: %s", asked.hook.name, caller.id, fault)
    brought = [each.carrier for each in asked.orders if each.carrier.expression.startswith("context.")]
    if is_strict(caller, payer):
        _refuse_unfit(brought, asked.dialect, guide, payer)
        return told
    return [*told, *(issue.as_warning() for each in brought for issue in faults(each.resource, guide, payer, each.expression)[:MOST])]


def _refuse_unfit(orders: list[Entry], dialect: Dialect, guide: str, payer: Payer) -> None:
    """Refuses orders by the profile CRD has for each, whether it claims that or not; FHIR itself is asked first."""
    sound = [(_as_sent(each.resource), each.expression) for each in orders]
    found = [issue for order, at in sound for issue in faults(order, guide, payer, at, profile_of(order, dialect))]
    if any(faults({name: value for name, value in order.items() if name != "meta"}, guide, payer) for order, _ in sound):
        raise Unprocessable(*found)
    if found:
        raise OutOfProfile(*found)


def _as_sent(order: Json) -> Json:
    """The order as it was before anybody answered: 2.0.1 gives its extension no place on two types that must carry it."""
    kept = [each for each in many(order, "extension") if text(each, "url") != COVERAGE_INFORMATION]
    return {**{name: value for name, value in order.items() if name != "extension"}, **({"extension": kept} if kept else {})}
