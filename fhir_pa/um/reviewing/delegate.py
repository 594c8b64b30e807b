"""Delegate: a review organization that decides in the plan's name, for some policies, lines of business and days (domain F80-F83).

It changes who looks, never how long it may take: the clock began when the plan or the delegate first received the request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import State


@dataclass(frozen=True)
class Delegate:
    """One of them, with the phone number of those who can answer. Scope: no topic or line named means all of them; both days are included."""

    name: str
    phone: str
    topics: tuple[str, ...] = ()
    lines_of_business: tuple[str, ...] = ()
    begins: date | None = None
    until: date | None = None

    def acts_for(self, authorization: Authorization) -> bool:
        """Whether the case is its own to look at: received in its days, for its line, and every service of it under its policies."""
        on = authorization.opening_clock.received_at.date()
        if (self.begins and on < self.begins) or (self.until and on > self.until):
            return False
        if self.lines_of_business and authorization.request.line_of_business not in self.lines_of_business:
            return False
        editions = [item.determination.edition for item in authorization.items if item.state is not State.CANCELLED]
        return bool(editions) and all(not self.topics or (edition is not None and edition.topic in self.topics) for edition in editions)


def delegate_of(authorization: Authorization, delegates: Iterable[Delegate]) -> Delegate | None:
    """Who looks at this case in the plan's name; None when the plan does itself, as with a case that lies only partly in a scope."""
    return next((each for each in delegates if each.acts_for(authorization)), None)
