"""Decide: policy in force, findings and the member's standing -> the payer's answer for one order (crd.md §1.7.4).

Unknown is never "no": a missing fact asks for documentation, and only the plan's own exclusion says "not covered".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cds_hooks.answer import (
    AnsweredBy,
    Basis,
    Contact,
    CoverageAnswer,
    Covered,
    Detail,
    Need,
    Particular,
    PriorAuthorization,
    Purpose,
    Reason,
    Why,
)
from cds_hooks.granting import billing_codes
from cds_hooks.membership import Insured, Standing
from cds_hooks.on_file import Known
from cds_hooks.orders import Order
from cds_hooks.reasons import Questions, Said, reason_for_authorization
from cds_hooks.turnaround import Turnaround
from ig_profiles.reading import Coding
from questionnaires.criteria import Finding
from questionnaires.policy import Edition


@dataclass(frozen=True)
class Asked:
    """One order under one coverage, as a decision sees it.

    ``documentation_may_be_asked`` is false on supporting hooks: they come too early in the work (hook-19). ``what_if``
    calls hear no authorization number. ``troubles`` says what could not be looked up. ``on_file`` is what the payer
    holds for this service already; ``questions`` are the form's, by fact.
    """

    order: Order
    insured: Insured
    assertion_id: str
    on: date
    payer: str
    documentation_may_be_asked: bool = True
    what_if: bool = False
    troubles: tuple[str, ...] = ()
    on_file: Known = Known()
    turnaround: Turnaround | None = None
    questions: Questions = field(default_factory=dict)

    def basis(self, edition: Edition | None = None, findings: tuple[Finding, ...] = ()) -> Basis:
        """What an answer to this rests on."""
        order, insured = self.order, self.insured
        return Basis(
            order=order.reference,
            fingerprint=order.fingerprint,
            label=order.label,
            codes=order.service.codes,
            coverage=insured.coverage,
            patient=insured.patient,
            edition=edition,
            findings=findings,
            on_file=self.on_file,
            line_of_business=insured.standing.line_of_business,
        )

    def answered(self, covered: Covered, authorization: PriorAuthorization | None, *reasons: Reason, needs: tuple[Need, ...] = ()) -> CoverageAnswer:
        """An answer no policy stands behind."""
        return CoverageAnswer(self.insured.reference, self.assertion_id, self.on, self.basis(), covered, authorization, reasons=reasons, needs=needs)

    def named(self, edition: Edition) -> tuple[Coding, ...]:
        """The codes of the order this edition speaks about by name."""
        return tuple(theirs for theirs in self.order.service.codes if any(mine.same_as(theirs) for mine in edition.services))

    def codes(self, edition: Edition) -> tuple[Coding, ...]:
        """The codes by which the service is known: those the edition names, else those it is billed by, else any."""
        return self.named(edition) or billing_codes(self.order.service.codes) or self.order.service.codes


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
    return None


def in_trouble(asked: Asked, what: str) -> CoverageAnswer:
    """The answer when we cannot find out: no promise, and no "no"."""
    text = f"{what} Open the order again later, or ask {asked.payer}."
    return asked.answered(Covered.UNKNOWN, PriorAuthorization.UNKNOWN, Reason(text, Why.TECHNICAL))


def under(
    asked: Asked,
    edition: Edition,
    findings: tuple[Finding, ...],
    covered: Covered,
    authorization: PriorAuthorization | None,
    *reasons: Reason,
    who: tuple[AnsweredBy, ...] = (),
    purpose: Purpose | None = None,
    details: tuple[Detail, ...] = (),
    number: str | None = None,
    until: date | None = None,
) -> CoverageAnswer:
    """An answer this edition stands behind; it holds until the day given, or the edition's last day if that comes first."""
    link = (Detail(Particular.POLICY_LINK, edition.policy_link),) if edition.policy_link else ()
    ends = [day for day in (until, edition.in_force_until if number is None else None) if day is not None]
    return CoverageAnswer(
        coverage=asked.insured.reference,
        assertion_id=asked.assertion_id,
        on=asked.on,
        basis=asked.basis(edition, findings),
        covered=covered,
        authorization=authorization,
        documentation=who,
        purposes=(purpose,) if purpose and who else (),
        billing_codes=asked.named(edition),
        reasons=reasons,
        details=(*details, *link),
        questionnaires=(edition.questionnaire,) if edition.questionnaire and who else (),
        authorization_number=number,
        contact=Contact(f"{asked.payer}, {edition.title}", edition.phone) if edition.phone else None,
        expires_on=min(ends, default=None),
    )


def by_policy(asked: Asked, edition: Edition, findings: tuple[Finding, ...], paths: tuple[tuple[str, ...], ...] = (), more: str = "") -> CoverageAnswer:
    """The answer of the edition in force, given what it found in the chart.

    ``paths`` are the shortest sets of facts that would certify, ``more`` a sentence to add to the reason. A chart that
    meets every criterion still asks for the request here: what is granted with the answer is ``authorized.granted``.
    """
    if not edition.covered:
        return under(asked, edition, findings, Covered.NO, None, Reason(edition.because or f"{edition.title}: not a benefit of this plan."))
    who = tuple(AnsweredBy(each) for each in edition.documentation) if asked.documentation_may_be_asked else ()
    if edition.authorization == "not needed":
        reasons = (Reason(edition.because),) if edition.because else (Reason(f"{edition.title}: keep the documentation for the claim."),) if who else ()
        return under(asked, edition, findings, Covered.YES, PriorAuthorization.NOT_NEEDED, *reasons, who=who, purpose=Purpose.WITH_CLAIM)
    review = asked.on_file.under_review
    if review is not None and not review.lacks_evidence:
        who = ()
    said = Said(asked.payer, asked.order.label, asked.troubles, asked.questions)
    reason = Reason(" ".join(filter(None, [reason_for_authorization(said, edition, findings, paths), more])))
    details = (Detail(Particular.INSTRUCTIONS, asked.turnaround.in_words()),) if asked.turnaround else ()
    return under(asked, edition, findings, Covered.YES, PriorAuthorization.NEEDED, reason, who=who, purpose=Purpose.WITH_AUTHORIZATION, details=details)
