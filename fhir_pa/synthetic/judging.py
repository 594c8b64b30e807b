"""Judging: what a modelled reviewer thinks of an item after reading its chart; the heart decides whether it may be said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from fhir_pa.synthetic.chance import happens
from fhir_pa.synthetic.year import Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.review import Decision, Verdict, as_requested
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.deciding.step_down import StepDown
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.criteria import Axis, Finding, Truth

BY_DAY = Coding(HCPCS, "H0035")
NOT_SHOWN, LEVEL, PLAN_RULE = "0P", "0G", "0F"  # X12 886, as the payer keeps them


def judged(year: Year, case: Authorization, item: Item, reduce: bool = False) -> Decision:
    """The reviewer's word on one item. ``reduce``: half of it, whatever the chart says."""
    findings = item.determination.findings
    not_met = [finding for finding in findings if finding.truth is Truth.NOT_MET]
    unknown = [finding for finding in findings if finding.truth is Truth.UNKNOWN]
    if not reduce and _convinced(year, case, item, bool(not_met), bool(unknown)):
        return Decision((item.sequence,), Verdict.CERTIFY, "The notes show that it is needed as asked.")
    because = " ".join(finding.because for finding in (not_met or unknown)[:2]) or "The notes do not show why this is needed as asked."
    cause, code = _cause(not_met, unknown)
    named = tuple(finding.criterion for finding in (not_met or unknown or list(findings)))
    decision = Decision((item.sequence,), Verdict.DENY, because, named, (code,), "555-555-0142", root_cause=cause)
    if reduce or (not_met and happens(year.chance, year.habits.modifies)):
        half = _half(case, item)
        return replace(decision, verdict=Verdict.MODIFY, authorized=half, step_down=_lower(item, half))
    return decision


def _convinced(year: Year, case: Authorization, item: Item, not_met: bool, unknown: bool) -> bool:
    """Whether the reviewer certifies: everything is met, or the notes show what the coded chart leaves out."""
    if not item.determination.findings:
        return happens(year.chance, year.habits.unlisted_is_needed)
    if not_met:
        return False
    if not unknown:
        return True
    service, on = item.requested.service, item.requested.service.on or case.clock.received_at.date()
    edition = year.shelf.in_force(replace(service, line_of_business=case.request.line_of_business), on)
    true = year.asked[case.number].charts[item.sequence].meets(edition, service, on, case.clock.received_at.date())
    return true and happens(year.chance, year.habits.reads_between)


def _cause(not_met: list[Finding], unknown: list[Finding]) -> tuple[RootCause, str]:
    if not_met:
        return (RootCause.WRONG_LEVEL, LEVEL) if not_met[0].axis is Axis.SETTING else (RootCause.NOT_NECESSARY, PLAN_RULE)
    return (RootCause.DOCUMENTS_MISSING, NOT_SHOWN) if unknown else (RootCause.NOT_NECESSARY, PLAN_RULE)


def _lower(item: Item, transition: Authorized) -> StepDown | None:
    """Care by day after the days of transition, where the care is one that is reviewed while it goes on."""
    edition = item.determination.edition
    if edition is None or edition.review_every is None:
        return None
    first = transition.until + timedelta(days=1)
    return StepDown(BY_DAY, first, first + timedelta(days=13), Decimal(10), "days")


def _half(case: Authorization, item: Item) -> Authorized:
    """Half of what was asked for: of the quantity where there is one, else of the days."""
    edition = item.determination.edition
    whole = as_requested(item.requested, case.clock.received_at.date(), edition.days if edition else None)
    if whole.quantity is not None and whole.quantity > 1:
        return replace(whole, quantity=(whole.quantity / 2).to_integral_value(ROUND_CEILING))
    return replace(whole, until=whole.starts_on + timedelta(days=(whole.until - whole.starts_on).days // 2))
