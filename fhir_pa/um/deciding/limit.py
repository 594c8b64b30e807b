"""Limit: what is asked for beyond a limited benefit is looked at by a person; software neither certifies nor denies it (domain F13, F55).

How much was used before is recorded as a fact of the decision, so that it can be replayed after more was used.
"""

from __future__ import annotations

from decimal import Decimal

from fhir_pa.um.deciding.utilization import ONE
from questionnaires.benefits import CALENDAR_YEAR, Limit
from questionnaires.criteria import Axis, Evidence, Finding, Truth
from questionnaires.policy import Edition, RequestedService

CRITERION, FACT = "benefit_limit", "used_of_limit"


def within_limit(edition: Edition, service: RequestedService, findings: tuple[Finding, ...], used: Decimal | None) -> tuple[Finding, ...]:
    """These findings, with what the edition's limit says of this service when so much was used before; as they are where nothing is limited.

    An edition without criteria refers anyway, so that keeping within its limit is no reason to certify.
    """
    limit = edition.benefits.limit
    if limit is None or used is None:
        return findings
    said = _finding(limit, service, used)
    return findings if said.truth is Truth.MET and not findings else (*findings, said)


def _finding(limit: Limit, service: RequestedService, used: Decimal) -> Finding:
    asked = ONE if service.quantity is None else service.quantity
    per = "a calendar year" if limit.per == CALENDAR_YEAR else f"{limit.per} days"
    told = f"The plan certifies {limit.quantity} {limit.unit} in {per} without review; {used} are used"
    evidence = (Evidence(FACT, str(used), origin="payer"),)
    if not limit.counts(service.unit):
        return Finding(CRITERION, Truth.UNKNOWN, f"{told}. {asked} {service.unit} cannot be counted in {limit.unit}.", Axis.INTENSITY, evidence)
    beyond = used + asked - limit.quantity
    if beyond <= 0:
        return Finding(CRITERION, Truth.MET, f"{told} and {asked} asked for, which is within.", Axis.INTENSITY, evidence)
    return Finding(CRITERION, Truth.NOT_MET, f"{told} and {asked} asked for: {beyond} beyond. A person looks at what goes beyond.", Axis.INTENSITY, evidence)
