"""How long we go on telling a subscriber that does not hear."""

from __future__ import annotations

from fhir_pa.pas.notice import NoticeKind
from fhir_pa.work.patience import Patience


def waits(kind: NoticeKind, chance: float) -> list[float | None]:
    return [Patience().again_in(kind, attempt, lambda: chance) for attempt in range(1, 13)]


def test_an_event_is_told_for_more_than_an_hour_and_not_for_ever() -> None:
    told = waits(NoticeKind.EVENT, 1.0)
    assert told[:4] == [2.0, 4.0, 8.0, 16.0]
    assert 3600 < sum(wait or 0 for wait in told) < 7200
    assert told[-1] is None


def test_a_handshake_is_one_series_of_seconds() -> None:
    assert waits(NoticeKind.HANDSHAKE, 1.0)[:4] == [1.0, 2.0, 4.0, None]


def test_waits_are_spread_over_their_upper_half_and_never_longer_than_the_longest() -> None:
    for least, most in zip(waits(NoticeKind.EVENT, 0.0), waits(NoticeKind.EVENT, 1.0), strict=True):
        assert (least is None and most is None) or (least == most / 2 and most <= 1800)  # type: ignore[operator]
