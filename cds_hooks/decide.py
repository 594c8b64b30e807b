"""Decide: policy in force, findings and the member's standing -> the payer's answer for one order (crd.md §1.7.4).

Unknown is never "no": a missing fact asks for documentation, and only the plan's own exclusion says "not covered".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cds_hooks.answer import (
    PEOPLE,
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
from cds_hooks.circle import Circle
from cds_hooks.granting import billing_codes
from cds_hooks.membership import Insured
from cds_hooks.network import InNetwork
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
    holds for this service already; ``questions`` are the form's, by fact. ``circle`` is what is known of network and
    limits; ``followed`` are orders of the same call this one follows. ``in_several_ways``: the order may be billed in
    several ways, and this is the answer for one of them.
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
    circle: Circle = Circle()
    followed: tuple[Order, ...] = ()
    in_several_ways: bool = False

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

    def answered(
        self, covered: Covered, authorization: PriorAuthorization | None, *reasons: Reason, needs: tuple[Need, ...] = (), who: tuple[AnsweredBy, ...] = ()
    ) -> CoverageAnswer:
        """An answer no policy stands behind."""
        return CoverageAnswer(
            self.insured.reference, self.assertion_id, self.on, self.basis(), covered, authorization, documentation=who, reasons=reasons, needs=needs
        )

    @property
    def beyond(self) -> str:
        """What the order asks for beyond what is left of a limit, in a sentence; empty when it does not."""
        left = self.circle.allowance
        return left.asked_in_words(self.order.service) if left is not None and left.is_exceeded_by(self.order.service) else ""

    def named(self, edition: Edition) -> tuple[Coding, ...]:
        """The codes of the order this edition speaks about by name."""
        return tuple(theirs for theirs in self.order.service.codes if any(mine.same_as(theirs) for mine in edition.services))

    def codes(self, edition: Edition) -> tuple[Coding, ...]:
        """The codes by which the service is known: those the edition names, else those it is billed by, else any."""
        return self.named(edition) or billing_codes(self.order.service.codes) or self.order.service.codes


def under(
    asked: Asked,
    edition: Edition,
    findings: tuple[Finding, ...],
    covered: Covered,
    authorization: PriorAuthorization | None,
    *reasons: Reason,
    who: tuple[AnsweredBy, ...] = (),
    purpose: Purpose | None = None,
    needs: tuple[Need, ...] = (),
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
        needs=needs,
        billing_codes=asked.named(edition),
        reasons=reasons,
        details=(*details, *link),
        questionnaires=(edition.questionnaire,) if edition.questionnaire and set(who) & PEOPLE else (),
        authorization_number=number,
        contact=Contact(f"{asked.payer}, {edition.title}" if edition.services else asked.payer, edition.phone) if edition.phone else None,
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
    if edition.authorization == "not needed" and not asked.beyond:
        purpose = purpose_of(edition, Purpose.WITH_CLAIM)
        said_here = edition.because or (f"{edition.title}: the documentation is {purpose}." if who else "")
        reasons = (Reason(said_here),) if said_here else ()
        return under(asked, edition, findings, Covered.YES, PriorAuthorization.NOT_NEEDED, *reasons, who=who, purpose=purpose)
    purpose, by_performer = purpose_of(edition, Purpose.WITH_AUTHORIZATION), edition.benefits.asked_by == "performer"
    review = asked.on_file.under_review
    if (by_performer and purpose is Purpose.WITH_AUTHORIZATION) or (review is not None and not review.lacks_evidence):
        who = ()
    said = Said(asked.payer, asked.order.label, asked.troubles, asked.questions)
    who_asks = "Who performs it sends the request, with the documents." if by_performer else ""
    sentences = (reason_for_authorization(said, edition, findings, paths), _outside(asked, edition), who_asks, asked.beyond, more)
    reason = Reason(" ".join(filter(None, sentences)), Why.OUT_OF_NETWORK if _outside(asked, edition) else None)
    details = (Detail(Particular.INSTRUCTIONS, asked.turnaround.in_words()),) if asked.turnaround else ()
    state = PriorAuthorization.BY_PERFORMER if by_performer else PriorAuthorization.NEEDED
    return under(asked, edition, findings, Covered.YES, state, reason, who=who, purpose=purpose, details=details)


def purpose_of(edition: Edition, usual: Purpose) -> Purpose:
    """What this edition wants documentation for."""
    said = edition.benefits.documented_for
    return _PURPOSES[said] if said else usual


def _outside(asked: Asked, edition: Edition) -> str:
    """Why somebody must ask where others need not; empty where everybody must."""
    if asked.circle.network is not InNetwork.NO or not edition.benefits.outside_network_only:
        return ""
    return f"{asked.circle.performer or 'The performer'} is not in the network of {asked.payer}; inside it no authorization is needed."


_PURPOSES = {
    "authorization": Purpose.WITH_AUTHORIZATION,
    "claim": Purpose.WITH_CLAIM,
    "order": Purpose.WITH_ORDER,
    "chart": Purpose.RETAINED,
    "other": Purpose.OTHER,
}
