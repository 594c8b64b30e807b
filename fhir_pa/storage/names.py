"""Every name an authorization is known by, read off the authorization: what it can be looked up with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_pa.storage.ground import short
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier, Party
from ig_profiles.names import NPI, code_system

MEMBER = "member"  # member numbers, the subscriber's among them
TRACE = "trace"  # numbers the provider gave the request
ITEM_TRACE = "item trace"
NUMBER = "number"  # numbers the payer gave out, now or for an earlier case
CLAIM = "claim"  # the sender's own URL of the request
PATIENT = "patient"  # the sender's own reference to the member, whole and by its last two parts
PROVIDER = "npi"  # NPIs of the requestor and of providers named
CODE = "code"
DIAGNOSIS = "diagnosis"
KINDS = (MEMBER, TRACE, ITEM_TRACE, NUMBER, CLAIM, PATIENT, PROVIDER, CODE, DIAGNOSIS)

Name = tuple[str, str, str]


def names_of(authorization: Authorization) -> frozenset[Name]:
    """(kind, system, value) of every name; numbers and URLs have no system."""
    return frozenset(as_kept(name) for name in _names(authorization) if name[2])


def as_kept(name: Name) -> Name:
    """The name as it stands in the index, where very long ones are shortened."""
    kind, system, value = name
    return kind, short(system), short(value)


def identified(kind: str, identifiers: Iterable[Identifier]) -> Iterator[Name]:
    """The identifiers as names of this kind."""
    return ((kind, identifier.system, identifier.value) for identifier in identifiers)


def _names(authorization: Authorization) -> Iterator[Name]:
    request = authorization.request
    yield (NUMBER, "", authorization.number)
    yield (NUMBER, "", authorization.reference)
    yield (CLAIM, "", request.claim_url)
    yield from ((PATIENT, "", reference) for reference in {request.member.url, "/".join(request.member.url.split("/")[-2:])})
    yield from identified(MEMBER, (*request.member.identifiers, *request.member.subscriber_identifiers))
    yield from identified(TRACE, request.trace_numbers)
    yield from _providers((request.requestor, *request.providers))
    yield from ((DIAGNOSIS, code_system(coding.system), coding.code) for coding in request.diagnoses)
    for item in authorization.items:
        asked = item.requested
        yield from identified(ITEM_TRACE, asked.trace_numbers)
        yield (NUMBER, "", asked.authorization_number or "")
        yield (NUMBER, "", asked.administrative_reference or "")
        yield from _providers(asked.providers)
        yield from ((CODE, code_system(coding.system), coding.code) for coding in asked.service.codes)


def _providers(parties: Iterable[Party]) -> Iterator[Name]:
    return ((PROVIDER, NPI, party.npi) for party in parties if party.npi)
