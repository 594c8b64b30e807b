"""Every HTTP exchange of the provider's side in its order, without what was secret in it; and a bell for those who watch."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from fhir_pa.provider.test_ehr.redaction import without_secrets
from fhir_pa.provider.wire import Call, Watch

MOST = 2_000
BROWSER, EHR, APP, PAYER = "browser", "ehr", "app", "payer"


@dataclass(frozen=True)
class Exchange:
    """One call between two parties, by its number in the journal."""

    number: int
    caller: str
    called: str
    call: Call


@dataclass
class Journal:
    """The newest exchanges; safe for several threads. ``changes`` counts exchanges and whatever else rang the bell."""

    changes: int = 0
    _kept: deque[Exchange] = field(default_factory=lambda: deque(maxlen=MOST))
    _number: int = 0
    _bell: threading.Condition = field(default_factory=threading.Condition)

    @property
    def number(self) -> int:
        """The number of the newest exchange; 0 before the first."""
        return self._number

    def keep(self, caller: str, called: str, call: Call) -> None:
        """Take an exchange in, and ring."""
        clean = without_secrets(call)
        with self._bell:
            self._number += 1
            self._kept.append(Exchange(self._number, caller, called, clean))
        self.ring()

    def watching(self, caller: str, called: str) -> Watch:
        """What a client is given, to show its exchanges here."""
        return lambda call: self.keep(caller, called, call)

    def after(self, number: int) -> tuple[Exchange, ...]:
        """The exchanges after the one of this number, oldest first."""
        with self._bell:
            return tuple(each for each in self._kept if each.number > number)

    def find(self, number: int) -> Exchange | None:
        """The exchange of this number, if it is still kept."""
        return next((each for each in self.after(number - 1) if each.number == number), None)

    def ring(self) -> None:
        """Tell those who wait that something changed."""
        with self._bell:
            self.changes += 1
            self._bell.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """The count of changes, once it is not ``seen`` any more or the time is over."""
        with self._bell:
            self._bell.wait_for(lambda: self.changes != seen, seconds)
            return self.changes
