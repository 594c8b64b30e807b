"""The prior authorizations of a period in the shape the guide gives them: PASMetricData, one object for each case (PAS 2.2.1, Metrics).

Everything is read off what is on file, so that no exchange waits for its measuring: codes, numbers and moments, nobody's name.
An inquiry of another system than the one that submitted is an object of its own, under that system's organization.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fhir_pa.operations.weighing.weighing import HELD
from fhir_pa.pas import codes, intake
from fhir_pa.pas.answering import claim_response_id
from fhir_pa.pas.kept import REQUEST
from fhir_pa.storage.cases import received_between, submissions_between
from fhir_pa.storage.queries import Query
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, Party
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.names import LOINC, NPI
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, extension_value, many, text, without_empty
from ig_profiles.resource_text import read_resource

RESULTS = {
    ReviewAction.CERTIFIED: "approved",
    ReviewAction.MODIFIED: "modified",
    ReviewAction.PARTIAL: "modified",
    ReviewAction.NOT_CERTIFIED: "denied",
    ReviewAction.PENDED: "pended",
    ReviewAction.CANCELLED: "cancelled",
    ReviewAction.NO_ACTION: "approved",
}


def pas_metric_data(since: datetime, until: datetime, client: str | None, payer: Payer) -> list[Json]:
    """The cases that came from ``since`` on and before ``until``, and the submissions that ended in a business error."""
    with payer.store.reading() as tx:
        cases = [tx.authorization(number) for number in received_between(since, until, client, tx)]
        found = [_case(each, payer, tx) for each in cases]
        found += [told for each in cases for told in _asked_by_others(each, payer, tx)]
        return [*found, *_errors(submissions_between(since, until, client, tx), payer, tx)]


def _case(case: Authorization, payer: Payer, tx: Reading) -> Json:
    request = case.request
    first = next(received.id for received in map(tx.received, case.received) if received.kind != HELD)
    data = {
        **_parties(request, payer),
        "exchange": [
            *(_exchange(received, received.id == first, tx) for received in map(tx.received, case.received)),
            *(_query(query) for query in tx.queries(case.number) if query.client == case.client),
        ],
        "issue": list(_issues(case, tx)),
        "itemDetail": [_item(item, case) for item in case.items],
        "supportingDoc": f"{payer.fhir_base(request.guide)}/Bundle/{claim_response_id(case)}{REQUEST}",
        "requestedDoc": list(_requested(case)),
        "exceptionSubmission": True,  # FHIR from end to end: nothing here is translated to X12
        "businessLine": {"text": request.line_of_business},
    }
    return dict(without_empty(data))


def _parties(request: AuthorizationRequest, payer: Payer) -> Json:
    clinician = next(iter((*request.providers, *(party for item in request.items for party in item.providers))), request.requestor)
    insurer = payer.directory.insurer.identifier
    return {
        "source": "payer",
        "providerId": _npi(clinician),
        "groupId": _npi(request.requestor),
        "payerId": {"system": insurer.system, "value": insurer.value} if insurer else _npi(request.payer),
    }


def _npi(party: Party) -> Json:
    return {"system": NPI, "value": party.npi or "unknown"}


def _asked_by_others(case: Authorization, payer: Payer, tx: Reading) -> Iterator[Json]:
    by_client: dict[str, list[Json]] = {}
    for query in tx.queries(case.number):
        if query.client != case.client:
            by_client.setdefault(query.client, []).append(_query(query))
    for client, exchanges in by_client.items():
        known = payer.directory.client(client)
        who = {"system": NPI, "value": next(iter(known.organizations), "unknown") if known else "unknown"}
        yield {**_parties(case.request, payer), "providerId": who, "groupId": who, "exchange": exchanges}


def _query(query: Query) -> Json:
    return _answered("query", query.at, query.answered_at)


def _issues(case: Authorization, tx: Reading) -> Iterator[Json]:
    """What was told beside the answers, each kind once."""
    answers = (parse(tx.answer(identity) or b"{}") for identity in case.received)
    issues = (issue for answer in answers for issue in many(answer, "entry", "resource", "issue"))
    yield from ({"code": code} for code in dict.fromkeys(filter(None, (text(issue, "code") for issue in issues))))


def _exchange(received: Received, first: bool, tx: Reading) -> Json:
    return _answered(_type(received, first), received.at, tx.answered_at(received.id))


def _answered(kind: str, at: datetime, answered_at: datetime | None) -> Json:
    """One message: 200 is what everything that is on file was answered with."""
    return {
        "type": kind,
        "with": "provider",
        "method": "restful",
        "requestTime": at.isoformat(timespec="milliseconds"),
        "responseTime": answered_at.isoformat(timespec="milliseconds") if answered_at else None,
        "httpResponse": "200",
    }


def _type(received: Received, first: bool) -> str:
    if received.kind in ("attachment", HELD):
        return "initialDocToPayer"
    if first:
        return "initial"
    request = intake.read(read_resource(received.body, received.guide), received.guide).request
    gone = request.certification_type is CertificationType.CANCEL or any(item.cancelled for item in request.items)
    return "cancel" if gone else "update"


def _item(item: Item, case: Authorization) -> Json:
    coding = next(iter(item.requested.service.codes), None)
    answered: tuple[Determination, ...] = (*item.earlier, item.determination)
    final = next((each for each in answered if each.is_final), None)
    denied = item.determination.action is ReviewAction.NOT_CERTIFIED
    return {
        "trn": item.sequence,
        "item": {"coding": [{"system": coding.system, "code": coding.code}]} if coding else {"text": "unknown"},
        "assertionId": case.request.assertion,
        "initialSubmissionTime": answered[0].decided_at.isoformat(timespec="milliseconds"),
        "finalResponseTime": final.decided_at.isoformat(timespec="milliseconds") if final else None,
        "responsesRequired": answered.index(final) + 1 if final else None,
        "locationType": codes.location_type(item.requested.service.place),
        "result": RESULTS[item.determination.action],
        "denialReason": next(iter(item.determination.reason_codes), None) if denied else None,
    }


def _requested(case: Authorization) -> Iterator[Json]:
    """What the provider was asked for, once for each item and document; when it came, where the item was weighed again for it."""
    for item in case.items:
        answered = (*item.earlier, item.determination)
        for position, each in enumerate(answered):
            if each.asks and (position == 0 or answered[position - 1].asks != each.asks):
                later = next((after.decided_at for after in answered[position + 1 :] if after.asks != each.asks), None)
                yield {
                    "docRequest": [{"coding": [{"system": LOINC, "code": ask.document}]} for ask in each.asks],
                    "timeRequested": each.decided_at.isoformat(timespec="milliseconds"),
                    "timeSubmitted": later.isoformat(timespec="milliseconds") if later else None,
                    "submissionMethod": "CDex" if later else None,
                }


def _errors(submissions: list[str], payer: Payer, tx: Reading) -> Iterator[Json]:
    for identity in submissions:
        response: Json = next(iter(many(parse(tx.answer(identity) or b"{}"), "entry", "resource")), {})
        if response.get("outcome") != "error":
            continue
        received = tx.received(identity)
        try:
            request = intake.read(read_resource(received.body, received.guide), received.guide).request
        except Refusal:
            continue
        aaa = [_aaa(error) for error in many(response, "error")]
        yield dict(without_empty({**_parties(request, payer), "exchange": [_exchange(received, True, tx)], "aaaCodes": aaa}))


def _aaa(error: Json) -> Json:
    """The loop and the code, as X12 names them."""
    place = next((value for each in many(error, "extension") for value in _strings(each) if "-" in value[:8]), "")
    code = text(error, "code", "coding", "code") or ""
    return {"loopID": place.partition("-")[0] or "2000E", "aaaCode": code or "unknown"}


def _strings(extension: Json) -> Iterator[str]:
    value = extension_value(extension, "error") or extension.get("valueString")
    if isinstance(value, str):
        yield value
