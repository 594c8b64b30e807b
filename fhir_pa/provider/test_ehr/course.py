"""One patient's course through the test EHR: what was ordered, what the payer said of it, what was requested, what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fhir_pa.provider.cds_client import Answered
from fhir_pa.provider.codes import CERTIFIED, PENDED, REVIEW_ACTIONS
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import Submission
from ig_profiles.reading import Json, many

CANCELLED = "C"


@dataclass(frozen=True)
class Told:
    """One thing that happened to a request: ``how`` the practice heard of it, when, and the answer as it stood then, if one came."""

    how: str
    at: datetime
    answer: PasAnswer | None = None


@dataclass
class Request:
    """One request for authorization, and everything heard of it, oldest first.

    ``response`` is the id of the payer's ClaimResponse; ``withdrawn`` are the sequences of items withdrawn one by one.
    """

    submission: Submission
    told: list[Told] = field(default_factory=list)
    response: str = ""
    withdrawn: tuple[int, ...] = ()

    @property
    def answer(self) -> PasAnswer | None:
        """How it stands, as far as the practice knows: an answer that took nothing changes nothing."""
        answers = [each.answer for each in self.told if each.answer]
        return next((each for each in reversed(answers) if each.items), answers[-1] if answers else None)

    @property
    def errors(self) -> tuple[str, ...]:
        """Why the payer did not take what was sent last."""
        return self.told[-1].answer.errors if self.told and self.told[-1].answer else ()

    @property
    def numbers(self) -> set[str]:
        """Every number the payer ever gave it."""
        return {self.response, *(number for each in self.told if each.answer for number in each.answer.numbers)} - {""}

    @property
    def waits(self) -> bool:
        """Whether something is not decided yet."""
        return self.answer is not None and PENDED in self.answer.actions.values()

    @property
    def over(self) -> bool:
        """Whether all of it was withdrawn."""
        return self.answer is not None and set(self.answer.actions.values()) == {CANCELLED}

    @property
    def standing(self) -> str:
        """In one plain word: how the whole request stands."""
        words = {REVIEW_ACTIONS.get(action, "answered") for action in self.answer.actions.values()} if self.answer else set()
        if not words:
            return "not taken" if self.answer and self.answer.errors else "sent"
        if self.answer and set(self.answer.actions.values()) == {CERTIFIED}:
            return "certified"
        return words.pop() if len(words) == 1 else "answered in part" if self.waits else "decided"


@dataclass
class Course:
    """``since`` is the journal's number before it began; ``cards`` tells what became of each card, by its uuid.

    ``earlier`` are the requests of the patient's courses before this one; what becomes of them is still heard.
    """

    patient: str
    guide: str
    since: int
    unasked: bool = False
    service: Json = field(default_factory=dict)
    answered: Answered | None = None
    cards: dict[str, str] = field(default_factory=dict)
    changed: bool = False
    requests: list[Request] = field(default_factory=list)
    earlier: tuple[Request, ...] = ()
    trouble: str = ""

    @property
    def shown(self) -> list[Json]:
        """The cards of the last answer."""
        return many(self.answered.reply.body, "cards") if self.answered else []

    def card(self, uuid: str) -> Json:
        """The card of this uuid. Raises KeyError."""
        found = next((each for each in self.shown if each.get("uuid") == uuid), None)
        if found is None:
            raise KeyError(f"There is no card {uuid} in the last answer.")
        return found

    @property
    def request(self) -> Request | None:
        """The newest request."""
        return self.requests[-1] if self.requests else None
