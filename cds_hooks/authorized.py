"""Authorized: the answers that spare a request: certified with this answer, certified before, or exempt by a gold card.

The number is told where it may be heard: never in a what-if call, and never another practice's.
"""

from __future__ import annotations

from decimal import Decimal

from cds_hooks.answer import Amount, CoverageAnswer, Covered, Detail, Particular, PriorAuthorization, Reason, Span, Why
from cds_hooks.attaching import numbers_under_others
from cds_hooks.decide import Asked, under
from cds_hooks.given import Exemption
from cds_hooks.granting import Granted
from cds_hooks.on_file import OnFile
from cds_hooks.reasons import met_in_words
from questionnaires.criteria import Finding
from questionnaires.policy import Edition


def granted(asked: Asked, edition: Edition, findings: tuple[Finding, ...], grant: Granted) -> CoverageAnswer:
    """The answer that brings its own authorization, with the criteria and the evidence it rests on."""
    text = (
        f"{asked.payer} authorizes {asked.order.label} with this answer: {grant.number}, {grant.starts_on} to {grant.until}. "
        f"The chart meets every criterion of {edition.title} ({edition.version}): {met_in_words(edition, findings, asked.questions)}. No request is needed."
    )
    details = _limits(OnFile(grant.number, (), True, asked.on, grant.starts_on, grant.until, grant.quantity, grant.unit))
    state = PriorAuthorization.SATISFIED
    return under(asked, edition, findings, Covered.YES, state, Reason(text), details=details, number=grant.number, until=grant.until)


def standing(asked: Asked, edition: Edition, held: OnFile) -> CoverageAnswer:
    """The answer when an authorization on file certifies all that is asked."""
    series = f", as one of a series (the next is due on {held.due_on}, and may be given from {held.open_on} on)" if held.open_on else ""
    for_what = f"{asked.order.label} is authorized already{days_in_words(held)}{series}"
    if asked.what_if:
        text = f"{for_what}. No request is needed. The number is left out, because this call wants no determination that was not asked for."
        return under(asked, edition, (), Covered.YES, PriorAuthorization.NOT_NEEDED, Reason(text), details=_limits(held), until=held.until)
    if held.number in numbers_under_others(asked.order.carrier, asked.insured.reference):
        text = f"{for_what}: {held.number}, which the order carries for another record of the same coverage. No request is needed."
        return under(asked, edition, (), Covered.YES, PriorAuthorization.NOT_NEEDED, Reason(text), details=_limits(held), until=held.until)
    text = f"{for_what}: {held.number}, certified on {held.since}. No new request is needed."
    state = PriorAuthorization.SATISFIED
    return under(asked, edition, (), Covered.YES, state, Reason(text), details=_limits(held), number=held.number, until=held.until)


def exempted(asked: Asked, edition: Edition, card: Exemption) -> CoverageAnswer:
    """The answer where nobody need ask, because of who orders or who performs."""
    until = f" until {card.until}" if card.until else ""
    text = f"{card.who} is exempt from prior authorization for {asked.order.label} ({edition.title}){until}: {card.because.rstrip('.')}."
    return under(asked, edition, (), Covered.YES, PriorAuthorization.NOT_NEEDED, Reason(text, Why.GOLD_CARD), until=card.until)


def besides(asked: Asked) -> str:
    """What to know about authorizations on file that do not spare the request; empty when there is none."""
    held, review, elsewhere = asked.on_file.narrower, asked.on_file.under_review, asked.on_file.elsewhere
    if review is not None:
        due = f", to be decided by {review.due_on}" if review.due_on else ""
        then = "Send what is still missing to that request" if review.lacks_evidence else "Wait for that decision instead of asking again"
        return f"A request for the same service is under review as {review.number} since {review.since}{due}. {then}."
    if held is not None:
        named = "An authorization" if asked.what_if else held.number
        amount = amount_in_words(held) if held.quantity is not None else "the service"
        if held.assertion and held.assertion == asked.assertion_id:
            return f"{named} was given for this order before it was changed ({amount}{days_in_words(held)}). Send an update of it for the change."
        if asked.on_file.too_early:
            next_one = f"the next is due on {held.due_on} and may be given from {held.open_on} on"
            return f"{named} on file certifies it as a series: {next_one}. Sooner, send a request that says why: a person looks at it."
        if held.left is not None and held.left <= 0:
            return f"{named} on file certified {amount}{days_in_words(held)}, and all of it is used. More needs a request of its own."
        return f"{named} on file certifies {amount}{days_in_words(held)}; this order asks for more or for other days. Ask for the difference alone."
    if elsewhere is not None:
        return f"The same service is certified for another practice{days_in_words(elsewhere)}. Ask the patient before it is done twice."
    declined = asked.on_file.declined
    if declined is not None:
        return f"A request for the same service, {declined.number}, was not certified on {declined.since}. Appeal that decision, or say what is new since then."
    return ""


def amount_in_words(held: OnFile) -> str:
    """The certified quantity with its unit.

    >>> from datetime import date
    >>> amount_in_words(OnFile("PA1", (), True, date(2026, 1, 1), quantity=Decimal("2.0"), unit="each"))
    '2 each'
    """
    quantity = held.quantity if held.quantity is not None else Decimal(1)
    plain = quantity.to_integral_value() if quantity == quantity.to_integral_value() else quantity.normalize()
    return f"{plain:f} {held.unit or 'units'}"


def days_in_words(held: OnFile | None) -> str:
    """From when until when it is certified; empty when that is not known."""
    if held is None:
        return ""
    if held.starts_on and held.until:
        return f" from {held.starts_on} to {held.until}"
    return f" until {held.until}" if held.until else ""


def _limits(held: OnFile) -> tuple[Detail, ...]:
    quantity = (Detail(Particular.ALLOWED_QUANTITY, Amount(held.quantity, held.unit or "units")),) if held.quantity is not None else ()
    period = (Detail(Particular.ALLOWED_PERIOD, Span(held.starts_on, held.until)),) if held.starts_on or held.until else ()
    return (*quantity, *period)
