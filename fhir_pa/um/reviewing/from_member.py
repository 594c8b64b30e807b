"""From the member: a document joins a case that still waits for something, and a person looks at it (F79).

It answers no request for information put to the practice, stops no clock and is weighed by no engine: software does not know
what a member's picture shows. It stands in the case file and in the trail, for whoever decides or hears the appeal.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from ig_profiles.outcome import Conflict

SENT = "member sent a document"


def takes_documents(authorization: Authorization) -> bool:
    """Whether something is still to be decided: a service, or an appeal that the plan hears."""
    return bool(authorization.pended) or any(each.is_open and each.ours for each in authorization.appeals)


def receive(authorization: Authorization, received: str, by: str, what: str, at: datetime) -> Authorization:
    """The case with the message on file. Raises Conflict when nothing is awaited any more."""
    if not takes_documents(authorization):
        raise Conflict("Nothing is waited for in this request any more, so nothing was sent. Call the plan, or appeal.", expression="number")
    appealed = tuple(item for each in authorization.appeals if each.is_open and each.ours for item in each.items)
    items = tuple(dict.fromkeys((*(item.sequence for item in authorization.pended), *appealed)))
    changed = authorization.with_items({}, Event(at, SENT, by, items, what))
    return replace(changed, received=(*changed.received, received))
