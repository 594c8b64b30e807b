"""Root cause: the one reason in one word why a service was not certified as asked (domain F64, F65).

A clinical ground takes a physician, a conversation offered first, and a clinical appeal; an administrative one does not.
What is only missing is neither: it is asked for, never denied (F34).
"""

from __future__ import annotations

from enum import StrEnum

from ig_profiles.outcome import Unprocessable


class RootCause(StrEnum):
    """Exactly one stands behind every adverse determination."""

    NOT_NECESSARY = "not medically necessary"
    CRITERIA_NOT_SPOKEN = "the notes do not speak to the criteria"
    WRONG_LEVEL = "another level of care"
    QUANTITY = "more than the policy allows"
    CONCURRENT_MISSED = "the continued-stay review was missed"
    EXPIRED = "the authorization had expired"
    NO_AUTHORIZATION = "no authorization beforehand"
    RETRO_NOT_PURSUED = "not asked for in time afterwards"
    DOCUMENTS_MISSING = "documents asked for did not arrive"
    NOT_COVERED = "not a benefit of the plan"
    NETWORK = "provider outside the network"
    DUPLICATE = "asked for twice"


CLINICAL = frozenset({RootCause.NOT_NECESSARY, RootCause.CRITERIA_NOT_SPOKEN, RootCause.WRONG_LEVEL, RootCause.QUANTITY})
ADMINISTRATIVE = frozenset(RootCause) - CLINICAL


def refuse_without(cause: RootCause | None, codes: tuple[str, ...]) -> None:
    """Raises Unprocessable when nothing says which root cause stands behind a decision against the member (domain §4.9 no. 11)."""
    if cause is None and codes:
        named = f"'{codes[0]}' names none" if len(codes) == 1 else "these reason codes name none"
        text = f"An adverse decision has one root cause, and {named}: it says why a person had to look, not why the service is not as asked."
        mend = "Choose a reason that does, or give the code a root cause in the plan's settings ([root_causes])."
        raise Unprocessable(f"{text} {mend}", expression="reason_code")
