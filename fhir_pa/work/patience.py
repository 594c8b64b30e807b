"""Patience: when a notice that was not heard is told again, and when we give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fhir_pa.pas.notice import NoticeKind


@dataclass(frozen=True)
class Patience:
    """Attempts at one notice: the wait doubles from ``first`` up to ``longest`` seconds, spread so that many subscribers
    behind one broken gateway do not come back all at once. A handshake is one short series (pas.md rule 68).
    """

    attempts: int = 12  # the last one about an hour and a half after the first
    first: float = 2.0
    longest: float = 1800.0
    handshake_attempts: int = 4
    handshake_first: float = 1.0

    def again_in(self, kind: NoticeKind, attempt: int, chance: Callable[[], float]) -> float | None:
        """Seconds until the attempt after this one (which counts from 1), or None: give up.

        ``chance`` draws a number from 0 up to 1; the wait is spread over its upper half.

        >>> Patience().again_in(NoticeKind.EVENT, 3, lambda: 1.0)
        8.0
        >>> Patience().again_in(NoticeKind.HANDSHAKE, 4, lambda: 1.0) is None
        True
        """
        handshake = kind is NoticeKind.HANDSHAKE
        if attempt >= (self.handshake_attempts if handshake else self.attempts):
            return None
        first = self.handshake_first if handshake else self.first
        wait = min(self.longest, first * 2.0 ** (attempt - 1))
        return float(wait * (0.5 + 0.5 * chance()))
