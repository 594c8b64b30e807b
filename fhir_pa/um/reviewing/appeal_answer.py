"""What a provider who appeals hears at once: the appeal waits for a person; and what everybody hears of an item under appeal."""

from __future__ import annotations

from dataclasses import replace

from fhir_pa.um.case.appeal import Appeal
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Determination, ReviewAction


def pended(authorization: Authorization, appeal: Appeal) -> Authorization:
    """The case as the answer to this appeal shows it: the items it is about, pended. The decision on file stays as it is; this is not kept."""
    items = []
    for sequence in appeal.items:
        item = authorization.item(sequence)
        waits = Determination(ReviewAction.PENDED, said(appeal), appeal.filed_at, edition=item.determination.edition, phone=item.determination.phone)
        items.append(replace(item, determination=waits))
    return replace(authorization, items=tuple(items))


def about(authorization: Authorization, sequence: int) -> str:
    """The sentence about an open appeal of this item; empty when there is none."""
    return next((said(each) for each in authorization.appeals if each.is_open and sequence in each.items), "")


def said(appeal: Appeal) -> str:
    """In one sentence, what is on file and until when it is decided."""
    items = ", ".join(map(str, appeal.items))
    return f"Appeal {appeal.number} about item {items} is on file ({appeal.name}); it is decided by {appeal.due_at.isoformat(timespec='minutes')}."
