"""SMART scopes: what a provider's system may do, and what each operation needs.

SMART App Launch 2 §scopes: version 1 (``system/Claim.write``) and version 2 (``system/Claim.cu``) mean the same things;
resource names are compared without regard to case, because the DTR guide itself writes ``system/questionnaire.rs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SHAPE = re.compile(r"system/([A-Za-z]+|\*)\.(read|write|\*|[cruds]+)")
_WORDS = {"read": "rs", "write": "cud", "*": "cruds"}

# What each operation needs: any one of these. SMART names no scopes for operations; we ask for the interaction with the
# resource each one reads or changes. `metadata`, discovery and the probes need none.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "submit": ("system/Claim.c",),
    "inquire": ("system/Claim.r", "system/Claim.s", "system/ClaimResponse.r", "system/ClaimResponse.s"),
    "submit_attachment": ("system/Claim.u", "system/DocumentReference.c", "system/Communication.c"),
    "questionnaire_package": ("system/Questionnaire.r", "system/Questionnaire.s"),
    "next_question": ("system/Questionnaire.r", "system/Questionnaire.s"),
    "log_questionnaire_errors": ("system/Questionnaire.r", "system/Questionnaire.s"),
    "expand": ("system/ValueSet.r", "system/ValueSet.s"),
    "read Questionnaire": ("system/Questionnaire.r",),
    "search Questionnaire": ("system/Questionnaire.s",),
    "read Library": ("system/Library.r",),
    "search Library": ("system/Library.s",),
    "read ValueSet": ("system/ValueSet.r",),
    "search ValueSet": ("system/ValueSet.s",),
    "read ClaimResponse": ("system/ClaimResponse.r", "system/Claim.r"),
    "search ClaimResponse": ("system/ClaimResponse.s", "system/Claim.s", "system/Claim.r"),
    "read Claim": ("system/Claim.r",),
    "search Claim": ("system/Claim.s", "system/Claim.r"),
    "read Bundle": ("system/Bundle.r", "system/Claim.r"),
    "search Bundle": ("system/Bundle.s", "system/Claim.s", "system/Claim.r"),
    "read Task": ("system/Task.r", "system/Claim.r"),
    "search Task": ("system/Task.s", "system/Claim.s", "system/Claim.r"),
    "read CommunicationRequest": ("system/CommunicationRequest.r", "system/Claim.r"),
    "search CommunicationRequest": ("system/CommunicationRequest.s", "system/Claim.s", "system/Claim.r"),
    "read Communication": ("system/Communication.r", "system/Claim.r"),
    "search Communication": ("system/Communication.s", "system/Claim.s", "system/Claim.r"),
    "validate": ("system/Claim.c", "system/Claim.r", "system/Questionnaire.r", "system/QuestionnaireResponse.r"),
    "subscribe.create": ("system/Subscription.c",),
    "subscribe.read": ("system/Subscription.r",),
    "subscribe.search": ("system/Subscription.s",),
    "subscribe.status": ("system/Subscription.r",),
    "subscribe.events": ("system/Subscription.r",),
    "subscribe.update": ("system/Subscription.u",),
    "subscribe.delete": ("system/Subscription.d",),
}


@dataclass(frozen=True, order=True)
class Scope:
    """Interactions (letters of ``cruds``) with one resource type, lower case; ``*`` is every type."""

    resource: str
    letters: str

    def covers(self, other: Scope) -> bool:
        """Whether whoever holds this holds the other."""
        return self.resource in ("*", other.resource) and set(other.letters) <= set(self.letters)

    def __str__(self) -> str:
        return f"system/{self.resource}.{self.letters}"


def scope(text: str) -> Scope | None:
    """One scope in its normal form, or None when it is not a system scope we understand.

    >>> scope("system/Claim.write") == scope("system/claim.cud")
    True
    >>> scope("patient/Claim.read")
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    letters = _WORDS.get(found[2], found[2])
    return Scope(found[1].lower(), "".join(letter for letter in "cruds" if letter in letters))


def scopes(text: str) -> frozenset[Scope]:
    """Every scope of a space-separated list that we understand."""
    return frozenset(known for known in map(scope, text.split()) if known)


def grant(asked: str, registered: Iterable[Scope]) -> str:
    """What of the asked scopes this client may have, in the words it asked with where it gets all of them; empty for nothing.

    >>> held = scopes("system/Claim.write system/Subscription.cruds")
    >>> grant("system/Claim.cu system/Patient.rs", held)
    'system/Claim.cu'
    >>> grant("system/*.r", held)
    'system/subscription.r'
    """
    held = tuple(registered)
    given: list[str] = []
    for word in asked.split():
        wanted = scope(word)
        if wanted is None:
            continue
        if any(mine.covers(wanted) for mine in held):
            given.append(word)
        else:
            given.extend(str(common) for common in sorted(_in_common(wanted, held)))
    return " ".join(dict.fromkeys(given))


def _in_common(wanted: Scope, held: tuple[Scope, ...]) -> set[Scope]:
    found: set[Scope] = set()
    for mine in held:
        letters = "".join(letter for letter in mine.letters if letter in wanted.letters)
        if letters and (mine.resource == wanted.resource or "*" in (mine.resource, wanted.resource)):
            found.add(Scope(wanted.resource if mine.resource == "*" else mine.resource, letters))
    return found


def suffices(held: Iterable[Scope], operation: str) -> bool:
    """Whether these scopes allow the operation."""
    mine = tuple(held)
    needed = (scope(text) for text in NEEDED[operation])
    return any(have.covers(want) for want in needed if want for have in mine)
