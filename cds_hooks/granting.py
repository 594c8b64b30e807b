"""Granting: may this order be authorized with the answer itself, and what the payer's utilization management says to it.

Only while the order is signed, when the call lets us, and when the chart proves every criterion of the one policy that
can speak about any of the order's billing codes (crd.md §1.7.3, trap 33).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds_hooks.configuration import COVERAGE_INFO, UNSOLICITED
from cds_hooks.hook import Subject
from cds_hooks.membership import Insured
from cds_hooks.orders import Order
from cds_hooks.request import HookRequest
from ig_profiles.names import CPT, HCPCS, code_system
from ig_profiles.reading import Coding, text
from questionnaires.criteria import Finding, Truth
from questionnaires.policy import Edition

MOMENT = "order-sign"
_BILLING = frozenset({code_system(HCPCS), code_system(CPT)})


@dataclass(frozen=True)
class Ordered:
    """What is granted: one order of one call, the coverage it is under, and the edition whose criteria are met.

    ``codes`` are the billing codes the policy names; ``request`` holds the material the findings rest on.
    """

    request: HookRequest
    subject: Subject
    order: Order
    insured: Insured
    edition: Edition
    assertion_id: str
    codes: tuple[Coding, ...]


@dataclass(frozen=True)
class Granted:
    """The authorization that comes with the answer; both days are included."""

    number: str
    starts_on: date
    until: date
    quantity: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Held:
    """Why nothing is granted although the chart shows every criterion met, in a sentence for the clinician."""

    because: str


Grant = Callable[[Ordered], Granted | Held]


def proven(edition: Edition, findings: Iterable[Finding]) -> bool:
    """Whether there are criteria and every one is met, under an edition that certifies at all."""
    truths = {finding.truth for finding in findings}
    return edition.certifies is not None and truths == {Truth.MET}


def may_grant(request: HookRequest) -> bool:
    """Whether this call is one in which an authorization can be given and will be heard (what-if calls are not)."""
    switches = request.configuration
    return request.hook.name == MOMENT and switches.allows(UNSOLICITED) and switches.allows(COVERAGE_INFO)


def why_not(wanted: Ordered) -> str | None:
    """What keeps this order from being granted, or None when only one outcome is possible."""
    named = {(code_system(code.system), code.code) for code in wanted.codes}
    others = [code.code for code in billing_codes(wanted.order.service.codes) if (code_system(code.system), code.code) not in named]
    if others:
        return f"The order may also be billed as {', '.join(others)}, for which another rule speaks. Name the one code that will be billed."
    if not text(wanted.order.carrier, "id"):
        return "The order carries no id, so the authorization number could not be written on it."
    return None


def billing_codes(codes: Iterable[Coding]) -> tuple[Coding, ...]:
    """Those of the codes that a claim is paid by; the others are the clinic's own words for the same thing."""
    return tuple(code for code in codes if code_system(code.system) in _BILLING)
