"""Any answer that can be built, for properties that must hold for all of them."""

from datetime import date

from hypothesis import strategies as some

from cds_hooks.answer import (
    PEOPLE,
    Amount,
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
    Span,
    Why,
)
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding

BASIS = Basis("DeviceRequest/1", "f" * 64, "Oxygen")
NEEDED = {"covered": Covered.YES, "authorization": PriorAuthorization.NEEDED, "reasons": (Reason("Ask first."),)}


def answer(**parts) -> CoverageAnswer:
    return CoverageAnswer(**{"coverage": "Coverage/cov1", "assertion_id": "a-1", "on": date(2026, 11, 21), "basis": BASIS} | parts)


REASONS = some.lists(some.builds(Reason, some.text(min_size=1).filter(str.strip), some.none() | some.sampled_from(Why)), max_size=3).map(tuple)
VALUES = {
    Particular.ALLOWED_QUANTITY: some.builds(Amount, some.decimals(0, 999, places=2), some.just("visits")),
    Particular.ALLOWED_PERIOD: some.builds(Span, some.dates(), some.dates()),
    Particular.IN_NETWORK_COPAY: some.builds(Amount, some.decimals(0, 100, places=1), some.just("%")),
    Particular.OUT_NETWORK_COPAY: some.builds(Amount, some.decimals(0, 100, places=1), some.just("%")),
    Particular.CONCURRENT_REVIEW: some.booleans(),
    Particular.APPROPRIATE_USE_NEEDED: some.booleans(),
    Particular.POLICY_LINK: some.just("https://payer.example/policy#a"),
    Particular.INSTRUCTIONS: some.just("Call the desk."),
}
DETAILS = some.lists(
    some.sampled_from(Particular).flatmap(lambda about: some.builds(Detail, some.just(about), VALUES[about], some.none() | some.just("if renewed"))), max_size=3
).map(tuple)


def several(of):
    return some.lists(some.sampled_from(of), unique=True, max_size=3).map(tuple)


@some.composite
def answers(draw) -> CoverageAnswer:
    parts = {
        "covered": draw(some.sampled_from(Covered)),
        "authorization": draw(some.none() | some.sampled_from(PriorAuthorization)),
        "documentation": draw(several(sorted(PEOPLE)) | some.sampled_from([(AnsweredBy.CONDITIONAL,), (AnsweredBy.UNKNOWN,)])),
        "purposes": draw(several(Purpose)),
        "needs": draw(several(Need)),
        "billing_codes": draw(some.sampled_from([(), (Coding(HCPCS, "E1390"),)])),
        "reasons": draw(REASONS),
        "details": draw(DETAILS),
        "dependencies": draw(some.sampled_from([(), ("ServiceRequest/2",)])),
        "questionnaires": draw(some.sampled_from([(), ("https://payer.example/q|1",)])),
        "authorization_number": draw(some.none() | some.just("PA-1")),
        "contact": draw(some.none() | some.just(Contact("Desk", "555-555-0100"))),
        "expires_on": draw(some.none() | some.dates()),
    }
    mended = _mended(parts) if draw(some.booleans()) else parts
    try:
        return answer(**mended)
    except ValueError:
        return answer(**_mended(parts))


def _mended(parts):
    """The nearest answer without contradiction, so that few draws are lost."""
    parts = dict(parts)
    if parts["covered"] is Covered.NO:
        parts |= {"authorization": None, "documentation": ()}
    else:
        parts["authorization"] = parts["authorization"] or PriorAuthorization.NEEDED
    states = (parts["covered"], parts["authorization"])
    conditional = Covered.CONDITIONAL in states or PriorAuthorization.CONDITIONAL in states or AnsweredBy.CONDITIONAL in parts["documentation"]
    parts["needs"] = (parts["needs"] or (Need.PERFORMER,)) if conditional else ()
    parts["authorization_number"] = "PA-1" if parts["authorization"] is PriorAuthorization.SATISFIED else None
    if parts["authorization"] in (PriorAuthorization.SATISFIED, PriorAuthorization.NOT_NEEDED):
        parts["purposes"] = tuple(each for each in parts["purposes"] if each is not Purpose.WITH_AUTHORIZATION)
    parts["purposes"] = (parts["purposes"] or (Purpose.RETAINED,)) if parts["documentation"] else ()
    parts["questionnaires"] = parts["questionnaires"] if parts["documentation"] else ()
    parts["reasons"] = parts["reasons"] or (Reason("Because."),)
    return parts
