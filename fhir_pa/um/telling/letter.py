"""Letter: the written notice of a decision, as values, with what it must tell before it may be sent (domain F60-F67, §2.3-2.5).

A notice names every service with its own reason, whom to call, what to do next, and until when one may appeal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.review import walked
from fhir_pa.um.case.transitions import PENDING
from fhir_pa.um.clocks.time_limits import MEDICAID
from fhir_pa.um.deciding.determination import ADVERSE, ReviewAction
from fhir_pa.um.reviewing.appealing import file_until
from fhir_pa.um.telling.readability import grade, perspicuity
from questionnaires.criteria import Truth

EASY = 8.0  # years of school a member's letter may ask for
PLAIN = 55.0  # what a Spanish one should reach on the INFLESZ scale: "normal", or easier


class Audience(StrEnum):
    """Who reads it."""

    MEMBER = "member"
    PROVIDER = "provider"


@dataclass(frozen=True)
class Sender:
    """Who writes: the plan, and the review organization that decided in its name where there is one, each with a phone."""

    plan: str
    phone: str
    delegate: str = ""
    delegate_phone: str = ""


@dataclass(frozen=True)
class Amount:
    """How much, from when until when; what is not said is absent."""

    quantity: Decimal | None = None
    unit: str = ""
    starts: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any(part is not None for part in (self.quantity, self.starts, self.until))


@dataclass(frozen=True)
class Line:
    """One service: what was asked, what is authorized, why, what was not shown, and what would change it.

    ``said`` is the practice's word for it, or its code, where another service bears the same name.
    """

    sequence: int
    service: str
    codes: tuple[str, ...]
    action: ReviewAction
    because: str
    said: str = ""
    asked: Amount = Amount()
    authorized: Amount = Amount()
    not_shown: tuple[str, ...] = ()
    criteria_from: str = ""
    decided_by: str = ""
    licence: str = ""
    phone: str = ""

    @property
    def is_adverse(self) -> bool:
        """Whether something that was asked for is not given."""
        return self.action in ADVERSE


@dataclass(frozen=True)
class Rights:
    """Who looks next, until when one may ask for it, how quickly when it cannot wait, and whether care goes on meanwhile."""

    level: str
    until: date
    source: str
    expedited_hours: int
    care_may_go_on: bool


@dataclass(frozen=True)
class Letter:
    """One notice to one reader. ``lines`` are in the order of the request; ``rights`` are absent when nothing was taken away.

    ``appealed``: an appeal about it is open, so that no other can be asked for now. Everything a policy or a person says in
    it is as it was written; ``language`` is the reader's, in which the page is set.
    """

    audience: Audience
    sender: Sender
    number: str
    member: str
    requestor: str
    written_on: date
    decided_on: date | None
    stage: str
    lines: tuple[Line, ...]
    undecided: tuple[int, ...] = ()
    rights: Rights | None = None
    appealed: bool = False
    language: str = "en"

    @property
    def is_adverse(self) -> bool:
        """Whether any service was denied or reduced."""
        return any(line.is_adverse for line in self.lines)

    @property
    def is_partial(self) -> bool:
        """Whether some services were given and others not."""
        return self.is_adverse and not all(line.action is ReviewAction.NOT_CERTIFIED for line in self.lines)


def letter_of(
    authorization: Authorization,
    audience: Audience,
    sender: Sender,
    titles: Mapping[int, str],
    criteria: Mapping[str, str],
    on: date,
    language: str = "en",
    words: Mapping[int, str] | None = None,
    policies: Mapping[int, str] | None = None,
) -> Letter:
    """The notice of how this case stands. ``titles`` names each service, ``criteria`` each criterion, in plain words.

    ``words`` are the practice's own for a service, which tell apart those of one title. ``policies`` names the policy that
    decided each, with its edition.
    """
    decided = [item for item in authorization.items if item.state not in PENDING]
    lines = tuple(_line(item, titles, criteria, words or {}, policies or {}) for item in decided)
    adverse = {line.sequence for line in lines if line.is_adverse}
    days = [item.determination.decided_at.date() for item in decided]
    return Letter(
        audience=audience,
        sender=sender,
        number=authorization.number,
        member=authorization.request.member.name,
        requestor=authorization.request.requestor.name,
        written_on=on,
        decided_on=max(days, default=None),
        stage=authorization.clock.asked,
        lines=lines,
        undecided=tuple(item.sequence for item in authorization.pended),
        rights=_rights(authorization, sorted(adverse)),
        appealed=any(each.is_open and adverse & set(each.items) for each in authorization.appeals),
        language=language,
    )


def lacks(letter: Letter) -> tuple[str, ...]:
    """What is missing, each as a sentence that says how to mend it; empty when it may be sent."""
    return tuple(_missing(letter))


def too_hard(letter: Letter, words: str, language: str = "en") -> str:
    """What to say of a member's letter that asks for too much school; empty when it does not. ``words`` are in this language."""
    if letter.audience is not Audience.MEMBER:
        return ""
    if language == "es":
        ease = perspicuity(words)
        return "" if ease >= PLAIN else f"The reasons reach {ease:g} on the INFLESZ scale; a member's letter should reach {PLAIN:g}. Shorten the sentences."
    asked = grade(words)
    if asked <= EASY:
        return ""
    return f"The reasons ask for {asked:g} years of school; a member's letter should ask for {EASY:g} at most. Shorten the sentences that give the reason."


def _missing(letter: Letter) -> Iterator[str]:
    if not letter.lines:
        yield "No service is decided yet, so there is nothing to tell. Decide first."
    if not letter.sender.plan or not letter.sender.phone:
        yield "Name the plan and its phone number ([payer] name and phone)."
    if letter.sender.delegate and not letter.sender.delegate_phone:
        yield f"Give the phone number of {letter.sender.delegate}: both numbers must be on the notice."
    for line in letter.lines:
        if line.is_adverse and not line.because.strip():
            yield f"Item {line.sequence} tells no reason. Decide it with a reason."
        if line.is_adverse and not line.phone:
            yield f"Item {line.sequence} names nobody to call. Decide it with a phone number."
        if line.is_adverse and not line.decided_by:
            yield f"Item {line.sequence} names nobody who decided it. Only a signed decision may be told."
    if letter.is_adverse and letter.rights is None and not letter.appealed:
        yield "No appeal is open for this line of business. Tell compliance before anything is sent."


def _line(item: Item, titles: Mapping[int, str], criteria: Mapping[str, str], words: Mapping[int, str], policies: Mapping[int, str]) -> Line:
    made, service, given = item.determination, item.requested.service, item.determination.authorized
    codes, signed = tuple(coding.code for coding in service.codes), made.signed_by
    title, display = titles.get(item.sequence, ""), next((coding.display for coding in service.codes if coding.display), "")
    licensed = signed is not None and bool(signed.licence)
    opened = [finding for finding in walked(made.findings) if finding.criterion in made.criteria and finding.truth is not Truth.MET]
    return Line(
        sequence=item.sequence,
        service=title or display or f"Service {' / '.join(codes)}",
        codes=codes,
        action=made.action,
        because=made.because,
        said=(words.get(item.sequence) or display or " / ".join(codes)) if list(titles.values()).count(title) > 1 else "",
        asked=Amount(service.quantity, service.unit or "", service.on, service.until),
        authorized=Amount(given.quantity, given.unit or "", given.starts_on, given.until) if given else Amount(),
        not_shown=tuple(criteria.get(finding.criterion, finding.because) for finding in opened),
        criteria_from=policies.get(item.sequence, made.edition.name) if made.edition else "",
        decided_by=signed.name if licensed and signed else made.excluded_by,
        licence=(signed.licence or "") if licensed and signed else "",
        phone=made.phone or "",
    )


def _rights(authorization: Authorization, adverse: list[int]) -> Rights | None:
    found = [found for found in (file_until(authorization, sequence) for sequence in adverse) if found is not None]
    if not found:
        return None
    level, until = min(found, key=lambda pair: pair[1])
    hours = round(level.expedited.total_seconds() / 3600)
    return Rights(level.name, _day(until), level.source, hours, authorization.request.line_of_business == MEDICAID)


def _day(moment: datetime) -> date:
    return moment.date()
