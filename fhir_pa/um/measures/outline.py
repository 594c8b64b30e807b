"""Outline: a case without its history, as far as stays and what claims rest on read it; small enough to be remembered by the thousand."""

from __future__ import annotations

from dataclasses import replace

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item


def outline(case: Authorization) -> Authorization:
    """The case with what is asked for, decided and used, and without trail, talks, appeals, findings and earlier decisions."""
    return replace(case, items=tuple(map(_item, case.items)), trail=(), received=(), peer_to_peers=(), appeals=(), contacts=(), recoupments=())


def _item(item: Item) -> Item:
    return replace(item, earlier=(), determination=replace(item.determination, findings=(), asks=()))
