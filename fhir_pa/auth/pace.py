"""How fast each caller may ask: a token bucket for each, kept by one server process."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from threading import Lock

from fhir_pa.auth.signed import Clock
from ig_profiles.outcome import TooMany


@dataclass
class Pace:
    """``each_second`` calls a second for each caller, after a burst of ``burst`` calls at once; 0 a second is no limit.

    Each process counts by itself, so that several together let through as many times more; what strangers send is for the
    proxy to hold back, because nobody is counted before he is known.
    """

    each_second: int
    burst: int
    clock: Clock
    _left: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)  # caller -> calls left, as of this moment
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take(self, caller_id: str) -> None:
        """Count one call of this caller. Raises TooMany, which says when the next one is taken."""
        if self.each_second < 1:
            return
        now = self.clock().timestamp()
        with self._lock:
            left, as_of = self._left.get(caller_id, (float(self.burst), now))
            left = min(float(self.burst), left + max(0.0, now - as_of) * self.each_second)
            taken = left >= 1
            self._left[caller_id] = (left - taken, now)
        if not taken:
            wait = max(1, math.ceil((1 - left) / self.each_second))
            text = f"More than {self.each_second} calls a second came from {caller_id}. Send this one again in {wait} s, or agree on more with the payer."
            raise TooMany(text, wait_seconds=wait)
