"""What the payer decided: a ClaimResponse Bundle read item by item into words (pas.md §1.4; the codes stay in codes.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fhir_pa.provider.codes import REVIEW_ACTIONS
from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json, extension_value, extensions, many, one, text

REVIEW_ACTION = f"{PAS_PROFILE}extension-reviewAction"
REVIEW_ACTION_CODE = f"{PAS_PROFILE}extension-reviewActionCode"


@dataclass(frozen=True)
class ItemAnswer:
    """One requested service's answer: the review action, its number and period, why, and the notes that tell the findings."""

    sequence: int
    action: str
    number: str | None
    reference: str | None
    starts: str | None
    ends: str | None
    reasons: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def word(self) -> str:
        """The review action in a plain word."""
        return REVIEW_ACTIONS.get(self.action, f"answered {self.action or 'without a review action'}")


@dataclass(frozen=True)
class Asked:
    """One document the payer wants for one item, and the control number to send it under (PAS CommunicationRequest)."""

    sequence: int | None
    control: Json
    words: str


@dataclass(frozen=True)
class PasAnswer:
    """The whole answer. ``numbers`` are the payer's numbers for the authorization, best known first.

    ``human`` says whether a person reviewed it, where the payer tells (2.2 only); ``asked`` is what it still wants.
    """

    outcome: str
    numbers: tuple[str, ...]
    items: tuple[ItemAnswer, ...]
    errors: tuple[str, ...]
    human: bool | None
    asked: tuple[Asked, ...] = ()

    @property
    def actions(self) -> dict[int, str]:
        """The review action of each item, by its sequence."""
        return {item.sequence: item.action for item in self.items}

    def item(self, sequence: int) -> ItemAnswer:
        """The answer to one requested service. Raises KeyError when the payer said nothing of it."""
        for item in self.items:
            if item.sequence == sequence:
                return item
        raise KeyError(f"The answer has no item {sequence}.")


def read_bundle(bundle: Json) -> PasAnswer:
    """The ClaimResponse that stands first in a PAS response Bundle. Raises ValueError when another resource does."""
    response = one(bundle, "entry", "resource")
    if text(response, "resourceType") != "ClaimResponse":
        raise ValueError(f"A PAS response Bundle begins with the ClaimResponse; this one begins with {text(response, 'resourceType') or 'nothing'}.")
    requests = (each for each in many(bundle, "entry", "resource") if each.get("resourceType") == "CommunicationRequest")
    return replace(read(response), asked=tuple(_asked(each) for each in requests))


def read_inquiry(body: Json) -> tuple[PasAnswer, ...]:
    """Every answer an inquiry brought: in 2.0.1 the ClaimResponses of one Bundle, in 2.2 one Bundle for each ``return``."""
    if text(body, "resourceType") == "Parameters":
        return tuple(read_bundle(item["resource"]) for item in many(body, "parameter") if item.get("name") == "return")
    return tuple(read(each) for each in many(body, "entry", "resource") if each.get("resourceType") == "ClaimResponse")


def read(response: Json) -> PasAnswer:
    """One ClaimResponse in words."""
    notes = {note.get("number"): text(note, "text") for note in many(response, "processNote")}
    items = tuple(_item(item, notes) for item in many(response, "item"))
    numbers = [text(response, "preAuthRef"), *(name for item in items for name in (item.number, item.reference)), text(response, "identifier", "value")]
    errors = tuple(text(error, "code", "text") or text(error, "code", "coding", "code") or "" for error in many(response, "error"))
    human = extension_value(response, f"{PAS_PROFILE}extension-claimResponseReviewer", "wasHumanReviewedFlag")
    known = tuple(dict.fromkeys(number for number in numbers if number))
    return PasAnswer(text(response, "outcome") or "", known, items, errors, human)


def _item(item: Json, notes: dict[int | None, str | None]) -> ItemAnswer:
    reviews = [found for adjudication in many(item, "adjudication") for found in extensions(adjudication, REVIEW_ACTION)]
    review = reviews[0] if reviews else {}
    period = extension_value(item, f"{PAS_PROFILE}extension-itemPreAuthPeriod")
    reasons = [_words(part.get("valueCodeableConcept")) for part in extensions(review, "reasonCode")]
    return ItemAnswer(
        int(item["itemSequence"]),
        text(extension_value(review, REVIEW_ACTION_CODE), "coding", "code") or "",
        extension_value(review, "number"),
        extension_value(item, f"{PAS_PROFILE}extension-administrationReferenceNumber"),
        text(period, "start"),
        text(period, "end"),
        tuple(reason for reason in reasons if reason),
        tuple(note for number in many(item, "noteNumber") if (note := notes.get(number))),
    )


def _asked(request: Json) -> Asked:
    """2.0.1 tells the line on the payload, 2.2 on the request itself."""
    url = f"{PAS_PROFILE}extension-serviceLineNumber"
    line = extension_value(request, url) or extension_value(one(request, "payload"), url)
    words = text(request, "note", "text") or text(request, "payload", "contentString") or ""
    return Asked(line if isinstance(line, int) else None, one(request, "identifier") or {}, words)


def _words(concept: Json | None) -> str:
    return text(concept, "text") or text(concept, "coding", "display") or text(concept, "coding", "code") or ""
