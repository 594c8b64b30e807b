"""Told: what advice may look at, and the shape of every file in this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cds_hooks.answer import CoverageAnswer
from cds_hooks.card import Draft, Source
from cds_hooks.case import Case
from cds_hooks.configuration import UNSOLICITED
from cds_hooks.given import Given
from cds_hooks.membership import Insured
from cds_hooks.request import HookRequest


@dataclass(frozen=True)
class Told:
    """One call with the answers it gets. ``cases`` are its orders, ``answers`` what each is told, in the same order.

    ``insured`` is the coverage it is answered under; None when the call brought none.
    """

    request: HookRequest
    cases: tuple[Case, ...]
    answers: tuple[CoverageAnswer, ...]
    house: Given
    source: Source
    insured: Insured | None = None

    @property
    def what_if(self) -> bool:
        """Whether the call only asks what would be: no authorization number is told."""
        return not self.request.configuration.allows(UNSOLICITED)


Advice = Callable[[Told], Iterator[Draft]]
