"""Settled: the answers no policy has to give: by the member's standing, by the order itself, or by trouble on our side (crd.md §1.7.4)."""

from __future__ import annotations

from cds_hooks.answer import AnsweredBy, CoverageAnswer, Covered, Need, PriorAuthorization, Reason, Why
from cds_hooks.decide import Asked
from cds_hooks.membership import Standing


def without_policy(asked: Asked) -> CoverageAnswer | None:
    """The answer when the member's standing, or the order itself, settles it; None when a policy has to speak."""
    told = asked.insured.standing
    match told.standing:
        case Standing.UNKNOWN_MEMBER:
            text = told.because or f"{asked.payer} has no member with the number on this coverage. Check the number on the member's card."
            return asked.answered(Covered.NO, None, Reason(text, Why.NO_MEMBER_FOUND))
        case Standing.NOT_ACTIVE:
            text = told.because or f"The member has no active coverage with {asked.payer} on {asked.on}. Ask the patient for the present coverage."
            return asked.answered(Covered.NO, None, Reason(text, Why.NO_ACTIVE_COVERAGE))
        case Standing.NOT_SINGLED_OUT:
            text = f"{told.because} It cannot be told which one applies. Send the one coverage that is to pay.".lstrip()
            return asked.answered(Covered.NO, None, Reason(text, Why.COVERAGE_NOT_FOUND))
        case Standing.ANOTHER_PAYER:
            text = told.because or f"This coverage is not with {asked.payer}. Ask the payer it names."
            return asked.answered(Covered.CONDITIONAL, PriorAuthorization.CONDITIONAL, Reason(text), needs=(Need.OTHER,))
        case Standing.UNREACHABLE:
            return in_trouble(asked, told.because or "The membership records cannot be reached at the moment.")
    if asked.order.do_not_perform:
        return asked.answered(Covered.YES, PriorAuthorization.NOT_NEEDED, Reason("The order says not to perform this, so nothing needs authorization."))
    if not asked.order.service.codes:
        text = f"The order for {asked.order.label} carries no code, so no policy can be found for it. Add the billing or clinical code."
        return asked.answered(Covered.CONDITIONAL, PriorAuthorization.CONDITIONAL, Reason(text), needs=(Need.DETAIL_CODE,))
    return _beyond_contract(asked)


def _beyond_contract(asked: Asked) -> CoverageAnswer | None:
    """The answer for a service planned after the last day the coverage is contracted for."""
    until, on = asked.insured.standing.until, asked.order.service.on
    if until is None or on is None or on <= until:
        return None
    text = (
        f"The member's coverage with {asked.payer} is contracted until {until}, and {asked.order.label} is planned for {on}. "
        "Whether it is covered then depends on the new contract. Plan it earlier, or ask again when the new one is on file."
    )
    return asked.answered(Covered.CONDITIONAL, PriorAuthorization.CONDITIONAL, Reason(text), needs=(Need.CONTRACT_WINDOW,))


def in_trouble(asked: Asked, what: str) -> CoverageAnswer:
    """The answer when we cannot find out: no promise, and no "no"."""
    text = f"{what} Open the order again later, or ask {asked.payer}."
    who = (AnsweredBy.UNKNOWN,) if asked.documentation_may_be_asked else ()
    return asked.answered(Covered.UNKNOWN, PriorAuthorization.UNKNOWN, Reason(text, Why.TECHNICAL), who=who)
