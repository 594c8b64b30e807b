"""Ending: the practice is told, once each, that what is certified ends soon or has ended, so that it asks in time for care that goes on (F39).

Telling ends nothing: it is a contact on the practice's page, and news for its system.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import Arrival, Channel, Contact, Told
from fhir_pa.um.stays.falls_due import Matter, fallen_due
from fhir_pa.um.telling.contacting import tell

BY = "clock"
STILL_NEWS = timedelta(days=3)  # what fell due before, while nobody looked, is no word to send any more


def told(authorization: Authorization, at: datetime) -> Authorization:
    """The case with a contact for each such word that is due and was not told yet; part of one act, no revision of its own."""
    known = {each.said for each in authorization.contacts}
    changed = authorization
    for due in fallen_due(authorization, at):
        if due.matter is Matter.ENDING and due.says not in known and at - due.at <= STILL_NEWS:
            changed = tell(changed, Told.PROVIDER, authorization.request.requestor.name, Channel.PORTAL, Arrival.SENT, due.says, BY, at)
            known.add(due.says)
    return authorization if changed is authorization else replace(changed, revision=authorization.revision)


def about(authorization: Authorization) -> str:
    """The last such word, while it still holds; empty when none was told."""
    mine = [each for each in authorization.contacts if each.by == BY and each.who is Told.PROVIDER]
    return mine[-1].said if mine and _holds(authorization, mine[-1]) else ""


def _holds(authorization: Authorization, contact: Contact) -> bool:
    """Whether nothing was decided since: a later decision has its own days."""
    return all(item.determination.decided_at <= contact.at for item in authorization.items)
