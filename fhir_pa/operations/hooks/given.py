"""What the payer brings to one hook call: its policies, members, gold cards and records, as the clinician's floor asks for them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import cast

from cds_hooks.given import Exemption, Given
from cds_hooks.granting import Grant
from cds_hooks.membership import Insured, MemberStanding, Standing
from cds_hooks.moments import day
from cds_hooks.on_file import OnFile
from cds_hooks.orders import Order
from cds_hooks.prefetch import one_by_one
from cds_hooks.quiet import Kind
from cds_hooks.request import HookRequest
from cds_hooks.turnaround import Turnaround
from fhir_pa.auth.caller import Caller
from fhir_pa.operations.hooks.chart import Chart
from fhir_pa.operations.hooks.facts import facts_in_chart
from fhir_pa.operations.hooks.measured import is_quiet, time_to_decision
from fhir_pa.operations.validate import is_strict
from fhir_pa.operations.weighing.gold_cards import card_of
from fhir_pa.operations.weighing.insurer import organization
from fhir_pa.operations.weighing.member_record import member_record
from fhir_pa.operations.weighing.membership import standing
from fhir_pa.operations.weighing.on_file import on_file
from fhir_pa.operations.weighing.payor import is_another_payers, payors
from fhir_pa.operations.weighing.used import used_of_limit
from fhir_pa.storage.store import Store
from fhir_pa.um.deciding.gold_card import certified
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.wiring import Memory, Payer
from ig_profiles.json import dump
from ig_profiles.reading import Coding, Json, many, text
from questionnaires.criteria import Answers
from questionnaires.policy import Edition, RequestedService

ASSERTION_SECRET = "assertion-ids"
NO_PAYOR = "The Coverage does not say by an identifier who pays. Give Coverage.payor our identifier, in place or on the Organization it refers to."


def given(asked: HookRequest, caller: Caller, payer: Payer, at: datetime, grant: Grant, chart: Chart | None = None) -> Given:
    """Everything the answer to this call may ask of the payer; ``chart`` is what may be read at the EHR for it."""

    def facts(edition: Edition, resources: Sequence[Json]) -> Answers:
        return facts_in_chart(edition, resources, payer, at)

    def member_standing(coverage: Json, patient: Json | None, on: date) -> MemberStanding:
        named = payors(coverage, asked.index)
        if is_another_payers(named, payer.directory.insurer):
            return MemberStanding(Standing.ANOTHER_PAYER)
        if named == [] and asked.dialect != "2.0" and payer.directory.insurer.identifier and is_strict(caller, payer):
            return MemberStanding(Standing.ANOTHER_PAYER, because=NO_PAYOR)
        found = standing(payer.directory, member_identifiers(coverage, patient), on, born(patient))
        if found.of_another:
            return MemberStanding(Standing.NOT_SINGLED_OUT, because="The number on the coverage is that of another person in the family.")
        if not found.known:
            return MemberStanding(Standing.UNKNOWN_MEMBER)
        until = found.member.covered_until if found.member else None
        return MemberStanding(Standing.ACTIVE if found.covered else Standing.NOT_ACTIVE, found.line_of_business, until=until)

    looked_up: dict[tuple[str, ...], tuple[OnFile, ...]] = {}  # once for all orders of a call that are by the same people

    def held(insured: Insured, npis: Iterable[str]) -> tuple[OnFile, ...]:
        asked_by = (insured.reference, *npis)
        if asked_by not in looked_up:
            with payer.store.reading() as tx:
                looked_up[asked_by] = on_file(insured, asked_by[1:], caller.id, tx)
        return looked_up[asked_by]

    def exempt(edition: Edition, service: RequestedService, npis: Iterable[str], on: date) -> Exemption | None:
        card = card_of(payer.directory, npis, edition.topic, on)
        spared = certified(edition, service, card, at.date()) if card else None
        return Exemption(card.because, card.until, card.npi) if card and spared else None

    def measured(edition: Edition, codes: Iterable[Coding]) -> Turnaround | None:
        return time_to_decision(payer.store, edition.topic, tuple(sorted(code.code for code in codes)), at)

    def quiet(topic: str, edition: Edition | None) -> bool:
        return is_quiet(payer.store, Kind(caller.id, topic, edition.topic if edition else ""), payer.settings.quiet, at)

    def used(insured: Insured, edition: Edition, on: date) -> Decimal | None:
        with payer.store.reading() as tx:
            return used_of_limit(insured, edition, on, payer.shelf, tx)

    insurer = payer.directory.insurer
    return Given(
        shelf=payer.shelf,
        facts=facts,
        member_standing=member_standing,
        assertion_for=_assertion_ids(caller, payer),
        today=at.date(),
        payer_name=insurer.name,
        public_url=payer.public_url,
        payer_phone=insurer.phone or None,
        fetch=chart.fetch if chart else None,
        together=chart.together if chart else one_by_one,
        on_file=held,
        exempt=exempt,
        turnaround=measured,
        grant=grant,
        quiet=quiet,
        used=used,
        network=payer.directory.network,
        apps=payer.directory.apps,
        forms_by_task=caller.client is not None and not caller.client.dtr,
        organization=organization(insurer),
        record=partial(member_record, payer.directory),
        billed=payer.code_map.of,
    )


def _assertion_ids(caller: Caller, payer: Payer) -> Callable[[Order, str, tuple[str, ...]], str]:
    """Assertion ids that are stable for an order and coverage of a client, and that nobody else can guess.

    An id of ours that the order already carries stays, even when the order was edited since: a new id would be read as
    an additional answer (DTR spec-47).
    """
    key = _assertion_key(payer.store)

    def assertion_for(order: Order, coverage: str, carried: tuple[str, ...]) -> str:
        if carried:
            with payer.store.reading() as tx:
                known = (tx.assertion(assertion_id) for assertion_id in carried)
                mine = next((each.id for each in known if each is not None and each.client == caller.id), None)
            if mine is not None:
                return mine
        about = dump([caller.id, coverage, order.fingerprint])
        return str(uuid.UUID(bytes=hmac.new(key, about, hashlib.sha256).digest()[:16], version=4))

    return assertion_for


@lru_cache(maxsize=8)
def _assertion_key(store: Store) -> bytes:
    """The secret assertion ids are made with; once drawn it never changes."""
    memory = Memory(store)
    return (memory.secret(ASSERTION_SECRET) or memory.keep_secret(ASSERTION_SECRET, secrets.token_hex(32))).encode()


def born(patient: Json | None) -> date | None:
    """The whole day on which a Patient was born; None when it is not told so exactly."""
    return day(text(patient, "birthDate")) if len(text(patient, "birthDate") or "") == 10 else None


def member_identifiers(coverage: Json, patient: Json | None) -> tuple[Identifier, ...]:
    """Every number by which a Coverage and its Patient name the member."""
    given = [Identifier(text(each, "system") or "", cast(str, text(each, "value"))) for each in many([coverage, patient], "identifier") if text(each, "value")]
    subscriber = text(coverage, "subscriberId")
    return tuple(dict.fromkeys((*given, *([Identifier("", subscriber)] if subscriber else []))))
