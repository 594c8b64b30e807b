"""Facts over a chart in the clinic's words: policies look for billing codes too, where the plan's code map knows them.

The evidence of a fact stays the resource as it was sent, by its own fingerprint: the translation is nobody's record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ig_profiles.fingerprint import fingerprint
from ig_profiles.reading import Json
from questionnaires.code_map import CodeMap
from questionnaires.cql import FactEngine
from questionnaires.facts import Fact


class TranslatedFacts(FactEngine):
    """A fact engine that reads resources with the plan's translations beside the sender's codes."""

    def __init__(self, code_map: CodeMap) -> None:
        super().__init__()
        self._code_map = code_map

    def facts(self, elm: Json, resources: Sequence[Json], at: datetime, names: Sequence[str] | None = None, **more: Any) -> dict[str, Fact]:
        """As ``FactEngine.facts``."""
        if not self._code_map.targets:
            return super().facts(elm, resources, at, names, **more)
        seen = [self._code_map.in_resource(resource) for resource in resources]
        as_sent = {fingerprint(new): fingerprint(old) for new, old in zip(seen, resources, strict=True) if new is not old}
        found = super().facts(elm, seen, at, names, **more)
        return {name: _as_sent(fact, as_sent) for name, fact in found.items()} if as_sent else found


def _as_sent(fact: Fact, as_sent: dict[str, str]) -> Fact:
    return replace(fact, evidence=tuple(replace(each, sha256=as_sent.get(each.sha256 or "", each.sha256)) for each in fact.evidence))
