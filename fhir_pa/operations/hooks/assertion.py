"""Assertion: what a hook's answer says of one order under one coverage, kept so that documentation and requests can refer to it.

One assertion however many repetitions say it: an order that may be billed in several ways has several, under one id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cds_hooks.answer import CoverageAnswer
from fhir_pa.operations.hooks.given import member_identifiers
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.hook_log import HookCall
from ig_profiles.reading import Json


def assertions(answers: Iterable[CoverageAnswer], call: HookCall) -> list[Assertion]:
    """The assertions these answers make, in the order they were first made."""
    together: dict[str, list[CoverageAnswer]] = {}
    for answer in answers:
        together.setdefault(answer.assertion_id, []).append(answer)
    return [_assertion(each, call) for each in together.values()]


def _assertion(answers: Sequence[CoverageAnswer], call: HookCall) -> Assertion:
    first = answers[0]
    basis, edition = first.basis, first.basis.edition
    said = [_said(answer) for answer in answers]
    return Assertion(
        id=first.assertion_id,
        client=call.client,
        guide=call.guide,
        member=member_identifiers(basis.coverage or {}, basis.patient),
        coverage=first.coverage,
        order=basis.order,
        fingerprint=basis.fingerprint,
        codes=tuple(dict.fromkeys(code for answer in answers for code in answer.basis.codes)),
        at=call.at,
        topic=edition.topic if edition else "",
        version=edition.version if edition else "",
        questionnaires=tuple(dict.fromkeys(form for answer in answers for form in answer.questionnaires)),
        said=said[0] if len(said) == 1 else {"authorization_number": _number(answers), "repetitions": said},
    )


def _said(answer: CoverageAnswer) -> Json:
    said: Json = {
        "covered": answer.covered,
        "authorization": answer.authorization,
        "reasons": [reason.text for reason in answer.reasons],
        "authorization_number": answer.authorization_number,
    }
    if answer.basis.edition is not None:  # its fingerprint, by which a rule reworded without a new version is found out
        said["edition"] = answer.basis.edition.fingerprint
    return said | ({"billing_codes": [code.code for code in answer.billing_codes]} if answer.billing_codes else {})


def _number(answers: Iterable[CoverageAnswer]) -> str | None:
    return next((answer.authorization_number for answer in answers if answer.authorization_number), None)
