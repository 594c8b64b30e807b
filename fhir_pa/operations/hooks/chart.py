"""The chart behind a hook call: what the EHR may be asked for it, and what an earlier call about the same patient already read.

An early hook (order-select, encounter-start) leaves what it read for the signing that follows within ``warm_seconds``: for
the same client, user, patient and scopes, in this process's memory alone, and taken once (decision 0008). What the call
itself brings always goes before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cds_hooks.evidence import searches
from cds_hooks.material import is_failed_query
from cds_hooks.prefetch import Fetch, Together, ask
from cds_hooks.request import HookRequest
from fhir_pa.auth.caller import Caller
from fhir_pa.outbound.ehr import AT_ONCE, Base, Ehr, Patience
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.reading import Json

AHEAD = "encounter-start"  # the hook that may read ahead of every order


@dataclass
class Chart:
    """The chart of one call's patient, as far as the call gives leave to read it."""

    asked: HookRequest
    payer: Payer
    at: datetime
    reader: Hashable
    ask_ehr: Fetch
    together: Together
    known: dict[str, bytes] = field(default_factory=dict)
    read: dict[str, bytes] = field(default_factory=dict)

    def fetch(self, query: str) -> Json | None:
        """What the EHR holds: as an earlier call read it, or asked for now."""
        if query in self.known:
            return dict(parse(self.known[query]))
        answer = self.ask_ehr(query)
        if answer is not None and not is_failed_query(answer):
            self.read[query] = dump(answer)
        return answer

    def read_ahead(self) -> None:
        """At the start of an encounter, what most policies look for in a chart, if the payer wants that (``warm_at_encounter``)."""
        if self.asked.hook.name == AHEAD and self.payer.settings.warm_at_encounter:
            queries = [query for query in looked_for_most(self.asked, self.payer) if query not in self.read]
            ask(self.asked, queries, self.fetch, self.together)

    def leave(self) -> None:
        """Leave what an early hook read to the call that follows."""
        if not self.asked.hook.primary and self.read and self.payer.settings.warm_seconds:
            until = self.at + timedelta(seconds=self.payer.settings.warm_seconds)
            left = {**self.known, **self.read}
            self.payer.lately.charts.keep(self.reader, left, until, sum(map(len, left.values())))


def chart_of(asked: HookRequest, caller: Caller, payer: Payer, at: datetime, watching: Callable[[Fetch], Fetch]) -> Chart | None:
    """The chart behind the call, when it gave leave and the payer may query that base; ``watching`` sees what the EHR is asked."""
    client, access = caller.client, asked.authorization
    if asked.fhir_server is None or access is None or client is None:
        return None
    base = Base(asked.fhir_server, client.fhir_bases, payer.settings.private_networks, client.search_parameters)
    if not base.is_registered:
        return None
    patience = Patience(payer.settings.ehr_query_milliseconds / 1000, payer.settings.ehr_milliseconds / 1000)
    ehr = Ehr(base, access.token, patience, payer.lately.stalls)
    reader = (client.id, asked.fhir_server, asked.patient_id, asked.user, access.scopes)
    known = payer.lately.charts.take(reader, at) if payer.settings.warm_seconds else None
    return Chart(asked, payer, at, reader, watching(ehr.fetch), ehr.together, dict(known or {}))


def looked_for_most(asked: HookRequest, payer: Payer) -> Sequence[str]:
    """The searches that several policies' facts share, those of the most policies first; no more than are asked at once."""
    wanted = Counter(query for volume in payer.shelf.volumes() if volume.elm for query in searches(volume.elm, asked))
    return [query for query, policies in wanted.most_common(AT_ONCE) if policies > 1]
