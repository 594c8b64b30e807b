"""Assertions: what the payer told a clinician about one order, so that documentation and request can refer to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import document, tables
from fhir_pa.storage.ground import Ground, short
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.reading import Coding, Json

_assertion = tables.assertions.c
_BY_ID = sa.select(_assertion.document).where(_assertion.id == sa.bindparam("id"))
_ABOUT = sa.select(_assertion.document).where(*(_assertion[name] == sa.bindparam(name) for name in ("client", "coverage", "fingerprint")))


@dataclass(frozen=True)
class Assertion:
    """What the payer said of one order, under one id (CRD coverage-assertion-id).

    ``coverage`` is the sender's reference to the coverage, ``order`` to the order. ``fingerprint`` tells the same order
    from a changed one; put into it whatever should lead to a new assertion. ``topic`` and ``version`` name the policy
    edition; ``questionnaires`` are canonicals with version; ``said`` is what was answered.
    """

    id: str
    client: str
    guide: str
    member: tuple[Identifier, ...]
    coverage: str
    order: str
    fingerprint: str
    codes: tuple[Coding, ...]
    at: datetime
    topic: str = ""
    version: str = ""
    questionnaires: tuple[str, ...] = ()
    said: Json = field(default_factory=dict)


class AssertionReading(Ground):
    """Finding assertions."""

    def assertion(self, assertion_id: str) -> Assertion | None:
        """The assertion with this id."""
        return self._first(_BY_ID, id=assertion_id)

    def assertion_for(self, client: str, coverage: str, fingerprint: str) -> Assertion | None:
        """What this client was told before about the same order under the same coverage."""
        return self._first(_ABOUT, client=short(client), coverage=short(coverage), fingerprint=short(fingerprint))

    def _first(self, wanted: sa.Select[Any], **values: str) -> Assertion | None:
        row = self.row(wanted, **values)
        return None if row is None else document.read(row.document, Assertion)


class AssertionWriting(AssertionReading):
    """Keeping assertions."""

    def keep_assertion(self, assertion: Assertion) -> Assertion:
        """Keep the assertion and return the one that stands: an earlier one about the same order keeps its id.

        Two hooks about one order at the same moment get the same assertion.
        """
        key = {"client": assertion.client, "coverage": assertion.coverage, "fingerprint": assertion.fingerprint}
        kept = {"id": assertion.id, "at": assertion.at, "document": document.write(assertion)}
        if self.insert_new(tables.assertions, {**kept, **{name: short(value) for name, value in key.items()}}):
            return assertion
        return self.assertion_for(**key) or assertion
