"""Grant: open a real authorization for an order whose chart proves it, in the transaction that keeps the hook call.

The same engine, the same reading and the same case as for a submitted request: the order is written as the request its
provider need not send, and only what that request on its own certifies is granted (decision 0005).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from cds_hooks import orderer
from cds_hooks.granting import Granted, Held, Ordered
from fhir_pa.numbers import new_number
from fhir_pa.operations.weighing.insurer import organization
from fhir_pa.operations.weighing.membership import standing
from fhir_pa.operations.weighing.weighing import Documentation, weigh_items
from fhir_pa.pas import intake
from fhir_pa.pas.order_claim import SignedOrder, order_claim
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Transaction
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Certify
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.on_file.order_time import open_with_order
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Conflict, Refusal
from ig_profiles.reading import Entry, Json, references
from questionnaires.retrieves import retrieves

KIND = "order"


@dataclass(frozen=True)
class Opened:
    """One authorization to be kept, with the request it rests on."""

    authorization: Authorization
    received: Received


@dataclass
class Granting:
    """What one hook call opens; nothing is kept before ``keep``."""

    payer: Payer
    client: str
    guide: str
    at: datetime
    opened: dict[str, Opened] = field(default_factory=dict)

    def __call__(self, wanted: Ordered) -> Granted | Held:
        """The authorization of this order, or why there is none. One order drafted twice in a call gets one number."""
        before = self.opened.get(wanted.assertion_id)
        if before is None:
            try:
                opened = self._open(wanted)
            except Refusal:
                return Held("The order cannot be read as a request on its own. Submit the prior authorization request.")
            if isinstance(opened, Held):
                return opened
            before = self.opened[wanted.assertion_id] = opened
        elif before.authorization.items[0].requested.service.quantity != wanted.order.service.quantity:
            return Held("Another draft of this call orders the same service in another quantity. Sign one of them.")
        held = before.authorization.items[0].determination.authorized
        assert held is not None
        return Granted(before.authorization.number, held.starts_on, held.until, held.quantity, held.unit)

    def keep(self, tx: Transaction) -> None:
        """Keep what was opened. Raises Conflict when the same order got its authorization in another call meanwhile."""
        for assertion, opened in self.opened.items():
            tx.one_at_a_time(KIND, self.client, assertion)
            if tx.by_trace([self._trace(assertion)], client=self.client):
                raise Conflict("The order was authorized by another call at the same moment.")
            tx.keep_received(opened.received)
            tx.add(opened.authorization)

    def _open(self, wanted: Ordered) -> Opened | Held:
        if wanted.insured.patient is None:
            return Held("The Patient is not at hand. Send it as prefetch to get the authorization with the answer.")
        asks = orderer.orderer(wanted.subject, wanted.request)
        if asks is None:
            return Held("Who orders is not at hand. Send the requester as prefetch to get the authorization with the answer.")
        signed = SignedOrder(
            trace=self._trace(wanted.assertion_id),
            service=replace(wanted.order.service, codes=wanted.codes),
            patient=_entry(wanted, wanted.insured.patient),
            coverage=_entry(wanted, wanted.insured.coverage),
            orderer=asks,
            order=wanted.subject.described_by,
            insurer=organization(self.payer.directory.insurer),
            evidence=tuple(_evidence(wanted, self.payer)),
            fhir_base=wanted.request.fhir_server or "",
        )
        bundle = order_claim(signed, self.at)
        submission = intake.read(bundle, self.guide)
        named = submission.request.member
        member = standing(self.payer.directory, named.identifiers, wanted.order.service.on or self.at.date(), named.birth_date)
        if not named.identifiers or not member.covered:
            return Held("The member's number is not on the coverage. Correct it to get the authorization with the answer.")
        request = replace(submission.request, line_of_business=member.line_of_business, plan=member.plan, assertion=wanted.assertion_id)
        answers = weigh_items(request.items, member.line_of_business, Documentation.of(submission), self.payer.shelf, self.payer.facts, self.at)
        answer = answers[request.items[0].sequence]
        if not isinstance(answer, Certify):
            return Held(answer.because)
        if answer.edition.fingerprint != wanted.edition.fingerprint:
            return Held("Another rule speaks about the billed code alone. Submit the prior authorization request.")
        received = Received(str(uuid.uuid4()), KIND, self.client, self.guide, self.at, dump(bundle))
        number = new_number()
        return Opened(open_with_order(f"PA{number}", f"PR{number}", request, answers, received.id, self.client, self.at), received)

    def _trace(self, assertion: str) -> Identifier:
        return Identifier(f"{self.payer.public_url}/coverage-assertion-id", assertion)


def _evidence(wanted: Ordered, payer: Payer) -> Iterator[Entry]:
    """What the policy's facts read, the parties of the order, and what the order itself refers to: no more than that."""
    index, order = wanted.request.index, wanted.subject.described_by
    elm = payer.shelf.elm(wanted.edition.topic, wanted.edition.version)
    kinds = {row["type"] for row in retrieves(elm)} if elm else set()
    yield from orderer.parties(wanted.subject, wanted.request)
    named = (index.resolve(reference, order) for reference in references(order.resource) if not reference.startswith("#"))
    yield from (entry for entry in named if entry is not None and entry.resource.get("resourceType") != "Claim")
    apart = ("Patient", "Coverage", order.resource.get("resourceType"))
    yield from (entry for entry in index.of_type(*kinds, "QuestionnaireResponse") if entry.resource.get("resourceType") not in apart)


def _entry(wanted: Ordered, resource: Json) -> Entry:
    return next((entry for entry in wanted.request.index.entries if entry.resource is resource), Entry("", resource, ""))
