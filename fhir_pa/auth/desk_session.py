"""A person's session at a desk, the reviewers' or the practices': begun with a proof of who it is, renewed while in use, ended by signing out.

The cookie holds a token signed with the server's own secret and nothing of the person but the id. The token against forged
forms (CSRF) is inside it, so that no other page can know it. Roles are those of the directory at each call.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Directory
from fhir_pa.auth.signed import Clock, Statement
from fhir_pa.auth.tokens import Mint, Use
from fhir_pa.auth.visitor import visitor_by_id
from ig_profiles.outcome import Forbidden, Unauthenticated

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
ENDED = "desk session ended"


class Memory(Protocol):
    """The port behind which ended sessions are remembered by all processes (``storage`` provides it)."""

    def remember_once(self, kind: str, key: str, until: datetime) -> bool:
        """Keep the key until then."""

    def was_seen(self, kind: str, key: str) -> bool:
        """Whether the key is kept."""


@dataclass(frozen=True)
class Seats:
    """Who may sit at one kind of desk: the token a person proves himself by, the kind of its cookie, and whom an id names today."""

    proof: Use
    cookie: Use
    caller: Callable[[str], Caller | None]
    where_from: str


def staff_seats(directory: Directory) -> Seats:
    """The payer's own people, at the reviewers' desk."""

    def caller(identity: str) -> Caller | None:
        person = directory.person(identity)
        return Caller("desk session", person=person) if person else None

    return Seats("person", "desk", caller, "This token is not one for a person. Ask for one with: fhir-pa people token <id>.")


def practice_seats(directory: Directory) -> Seats:
    """Practices' people, at the provider desk."""

    def caller(identity: str) -> Caller | None:
        person = directory.practice_person(identity)
        return Caller("practice session", practice=person) if person else None

    return Seats("practice", "practice desk", caller, "This token is not one for a practice's person. Ask the plan for one: fhir-pa people token <id>.")


def member_seats(directory: Directory, today: Callable[[], date]) -> Seats:
    """Members, and those the plan registered to act for them, at the member page. What proves them is no token: see ``member_code``."""

    def caller(identity: str) -> Caller | None:
        found = visitor_by_id(directory, identity, today())
        return Caller("member session", visitor=found) if found else None

    return Seats("member", "member", caller, "This is no sign-in of a member.")


@dataclass(frozen=True)
class Session:
    """One person at the desk; ``csrf`` goes into every form, ``since`` is when the session began."""

    id: str
    caller: Caller
    csrf: str
    since: datetime
    until: datetime

    def check_form(self, token: str) -> None:
        """Raises Forbidden unless the form came from one of our own pages of this session."""
        if not hmac.compare_digest(self.csrf.encode(), token.encode()):
            raise Forbidden("This form was not written by the page it should come from, or you signed in anew since. Open the page again and repeat it.")


@dataclass(frozen=True)
class Sessions:
    """Begins, reads, renews and ends sessions."""

    mint: Mint
    seats: Seats
    memory: Memory
    clock: Clock

    def proven(self, token: str) -> str:
        """The id of the person whose token (``fhir-pa people token``) this is. Raises Unauthenticated."""
        use, said = self.mint.read(token.strip())
        if use != self.seats.proof:
            raise Unauthenticated(self.seats.where_from)
        return self._known(said).id

    def begin(self, person: str) -> str:
        """The cookie of a new session of this person."""
        return self._written(person, secrets.token_urlsafe(16), secrets.token_urlsafe(24), self.clock())

    def read(self, cookie: str) -> Session:
        """The session in this cookie. Raises Unauthenticated when there is none, or it is over."""
        use, said = self.mint.read(cookie)
        if use != self.seats.cookie:
            raise Unauthenticated("This is no session of the desk. Sign in.")
        session, since = said.text("sid"), datetime.fromtimestamp(int(said.claims.get("since", 0)), UTC)
        until = datetime.fromtimestamp(int(said.claims["exp"]), UTC)
        if self.clock() >= until or self.memory.was_seen(ENDED, session):
            raise Unauthenticated("Your session is over. Sign in again.")
        return Session(session, self._known(said), said.text("csrf"), since, until)

    def renewed(self, session: Session) -> str | None:
        """A new cookie when half of the idle time has passed; None when there is no need, or the longest time is reached."""
        now = self.clock()
        if session.until - now > IDLE / 2 or now >= session.since + LONGEST - IDLE / 2:
            return None
        return self._written(session.caller.id, session.id, session.csrf, session.since)

    def end(self, session: Session) -> None:
        """Nobody can use it any more, wherever its cookie is."""
        self.memory.remember_once(ENDED, session.id, session.since + LONGEST + IDLE)

    def _written(self, person: str, session: str, csrf: str, since: datetime) -> str:
        lasting = min(IDLE, since + LONGEST - self.clock())
        return self.mint.desk_token(person, lasting, self.seats.cookie, sid=session, csrf=csrf, since=int(since.timestamp()))

    def _known(self, said: Statement) -> Caller:
        caller = self.seats.caller(said.text("sub"))
        if caller is None:
            raise Unauthenticated("You are not in the payer's directory any more. Ask whoever looks after it.")
        return caller
