"""What is on file for the member of a hook call: authorizations as the clinician's answer needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cds_hooks.membership import Insured
from cds_hooks.on_file import OnFile
from fhir_pa.pas.people import member
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import CERTIFICATIONS, PENDING, State
from fhir_pa.um.deciding.request import MemberReference
from fhir_pa.um.on_file.inquiry import InquiryCriteria, may_see
from fhir_pa.um.on_file.series import next_of
from fhir_pa.um.on_file.units import left
from ig_profiles.reading import Entry, Index, Json


def on_file(insured: Insured, npis: Iterable[str], client: str, tx: Reading) -> tuple[OnFile, ...]:
    """Every requested service of this member that is certified, under review, or was not certified.

    ``npis`` are those of the ordering clinician and organization: together with the member's number they open another
    system's authorization, as in an inquiry (pas.md §1.8).
    """
    about = member_of(insured)
    told = InquiryCriteria(guide="", member=about.identifiers, npis=tuple(npis))
    found: list[OnFile] = []
    for authorization in tx.of_member(about.identifiers) if about.identifiers else ():
        if authorization.request.member.same_person_as(about):
            found.extend(_services(authorization, may_see(authorization, told, client)))
    return tuple(found)


def member_of(insured: Insured) -> MemberReference:
    """Whom a Coverage and its Patient name, read as a request's are: a subscriber's number is no dependent's own."""
    index = Index()
    index.add(insured.coverage, "urn:coverage")
    claim: Json = {"resourceType": "Claim", "insurance": [{"coverage": {"reference": "urn:coverage"}}]}
    if insured.patient is not None:
        index.add(insured.patient, "urn:patient")
        claim["patient"] = {"reference": "urn:patient"}
    return member(Entry("", claim, "Claim"), index, [])


def _services(authorization: Authorization, may_be_told: bool) -> Iterator[OnFile]:
    for item in authorization.items:
        if item.state in CERTIFICATIONS:
            yield replace(_certified(authorization, item, may_be_told), sites=item.requested.sites)
        elif item.state in PENDING:
            yield replace(_under_review(authorization, item, may_be_told), sites=item.requested.sites)
        elif item.state is State.DENIED:
            yield replace(_declined(authorization, item, may_be_told), sites=item.requested.sites)


def _certified(authorization: Authorization, item: Item, may_be_told: bool) -> OnFile:
    determination, held, coming = item.determination, item.determination.authorized, next_of(authorization, item)
    return OnFile(
        number=authorization.number,
        codes=item.requested.service.codes,
        certified=True,
        since=determination.decided_at.date(),
        starts_on=held.starts_on if held else None,
        until=held.until if held else None,
        quantity=held.quantity if held else None,
        unit=held.unit if held else None,
        assertion=authorization.request.assertion,
        may_be_told=may_be_told,
        left=left(authorization, item).left if authorization.uses else None,
        due_on=coming.due_on if coming else None,
        open_on=coming.open_on if coming else None,
    )


def _under_review(authorization: Authorization, item: Item, may_be_told: bool) -> OnFile:
    return OnFile(
        number=authorization.reference,
        codes=item.requested.service.codes,
        certified=False,
        since=authorization.clock.received_at.date(),
        may_be_told=may_be_told,
        lacks_evidence=any(finding.missing for finding in item.determination.findings),
        due_on=authorization.clock.legal_due_at.date(),
    )


def _declined(authorization: Authorization, item: Item, may_be_told: bool) -> OnFile:
    codes, since = item.requested.service.codes, item.determination.decided_at.date()
    return OnFile(authorization.reference, codes, certified=False, since=since, may_be_told=may_be_told, declined=True)
