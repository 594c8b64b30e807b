"""A member's one-time code: given out by the plan, good for a short while and once, together with member number and birthday.

For a plan without a member portal, and for the demonstration. Guessing is slow: so many tries for a number in a quarter of
an hour, counted in the store for all processes together, whether there is such a member or not.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fhir_pa.auth.desk_session import Memory
from fhir_pa.auth.directory import Directory
from fhir_pa.auth.signed import Clock
from fhir_pa.auth.visitor import Visitor, visitor
from ig_profiles.outcome import NotFound, TooMany, Unauthenticated

GOOD_FOR = timedelta(minutes=15)
TRIES, IN = 5, timedelta(minutes=15)
DIGITS = 8
GIVEN, USED, TRIED = "member code", "member code used", "member sign-in"


@dataclass(frozen=True)
class Codes:
    """Gives out codes and takes them back."""

    directory: Directory
    memory: Memory
    clock: Clock

    def give(self, number: str, born: date | None = None) -> str:
        """A code for whoever signs in with this number; ``born`` tells apart those who share it. Raises NotFound."""
        found = {each for each in self.directory.signing_in.values() if each[0] == number and born in (None, each[1])}
        if len(found) != 1:
            mend = "Give the number of one [[member]] or [[representative]], and --born where it is shared."
            raise NotFound(f"{len(found)} people sign in with this number and birthday. {mend}")
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        ((_, birthday),) = found
        self.memory.remember_once(GIVEN, _kept(number, birthday, code), self.clock() + GOOD_FOR)
        return code

    def proven(self, number: str, born: date | None, code: str) -> Visitor:
        """Who this is. Raises Unauthenticated, the same whatever does not fit, and TooMany when there were too many tries."""
        self._count(number)
        digits = "".join(each for each in code if each.isdigit())
        kept = _kept(number, born, digits) if born and digits else ""
        if not kept or not self.memory.was_seen(GIVEN, kept) or not self.memory.remember_once(USED, kept, self.clock() + 2 * GOOD_FOR):
            raise _refused()
        assert born is not None
        found = visitor(self.directory, number, born, self.clock().date())
        if found is None:
            raise _refused()
        return found

    def _count(self, number: str) -> None:
        """Count one try for this number; what is remembered is a digest, and forgotten with its quarter of an hour."""
        now = self.clock()
        window = int(now.timestamp() // IN.total_seconds())
        over = datetime.fromtimestamp((window + 1) * IN.total_seconds(), UTC)
        digest = hashlib.sha256(number.encode()).hexdigest()[:24]
        if not any(self.memory.remember_once(TRIED, f"{digest}:{window}:{each}", over) for each in range(TRIES)):
            wait = max(1, int((over - now).total_seconds()))
            raise TooMany(f"Too many tries. Wait {wait // 60 + 1} minutes, then ask for a new code.", wait_seconds=wait)


def _kept(number: str, born: date, code: str) -> str:
    return hashlib.sha256(f"{number}|{born.isoformat()}|{code}".encode()).hexdigest()


def _refused() -> Unauthenticated:
    return Unauthenticated("Number, birthday and code do not fit together, or the code was used or is too old.")
