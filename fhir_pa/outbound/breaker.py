"""Give a stalled EHR a rest: after some time-outs in a row it is not asked for a while, then one question tries it again.

Whoever waits for an EHR that never answers waits for nothing, and so does the clinician (crd.md §1.5, §1.11). The decision
is pure; ``Breaker`` keeps it for every base, in this process only, and may be shared by threads.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock


@dataclass(frozen=True)
class Rule:
    """After so many time-outs in a row, rest for so many seconds; twice as long after each trial in vain, up to ``longest``."""

    after: int = 3
    seconds: float = 30.0
    longest: float = 300.0


@dataclass(frozen=True)
class Standing:
    """How one base behaved lately; moments are seconds of one clock that never goes back.

    ``stalls`` are time-outs in a row, ``seen_at`` is when the last one was noticed, ``rests_until`` when it may be tried.
    """

    stalls: int = 0
    seen_at: float = float("-inf")
    rests_until: float | None = None

    def may_ask(self, now: float) -> bool:
        """Whether a question may go there: it does not rest, or its rest is over and this is the trial."""
        return self.rests_until is None or now >= self.rests_until

    def tried(self, now: float, rule: Rule) -> Standing:
        """After ``may_ask``: while a trial is under way, nobody else asks."""
        return self if self.rests_until is None else replace(self, rests_until=now + rule.seconds)

    def stalled(self, asked_at: float, now: float, rule: Rule) -> Standing:
        """After a question asked at that moment got no answer in time.

        Questions that were under way together count once: a single bad second is no habit.
        """
        if asked_at < self.seen_at:
            return self
        stalls = self.stalls + 1
        if stalls < rule.after:
            return Standing(stalls, now)
        return Standing(stalls, now, now + min(rule.seconds * 2 ** min(stalls - rule.after, 16), rule.longest))


class Breaker:
    """The standing of every base asked by this process. ``clock`` gives seconds and never goes back."""

    def __init__(self, rule: Rule = Rule(), clock: Callable[[], float] = time.monotonic) -> None:
        self._rule, self._clock = rule, clock
        self._lock = Lock()
        self._of: defaultdict[str, Standing] = defaultdict(Standing)

    def may_ask(self, base: str) -> bool:
        """Whether to ask this base now; asking is then expected, and reported as ``answered`` or ``stalled``."""
        with self._lock:
            standing, now = self._of[base], self._clock()
            allowed = standing.may_ask(now)
            if allowed:
                self._of[base] = standing.tried(now, self._rule)
            return allowed

    def answered(self, base: str) -> None:
        """It answered something, or refused at once: it is there."""
        with self._lock:
            self._of.pop(base, None)

    def stalled(self, base: str, seconds: float) -> None:
        """A question asked so many seconds ago got no answer in time."""
        with self._lock:
            now = self._clock()
            self._of[base] = self._of[base].stalled(now - seconds, now, self._rule)
