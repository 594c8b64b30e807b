"""Proposing: for which of a call's orders something may be proposed, as long as it is not drafted yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer, PriorAuthorization
from cds_hooks.case import Case
from cds_hooks.hook import ORDER_TYPES, itself
from cds_hooks.orders import order_of
from ig_profiles.names import code_system
from ig_profiles.reading import Coding, text
from questionnaires.policy import Edition


def proposable(told: Told) -> Iterator[tuple[Case, CoverageAnswer, Edition]]:
    """The drafts a clinician can still change with one click, and that no authorization or exemption settles.

    An order that may be billed in several ways is left alone: what will be done is not known yet.
    """
    drafts = [id(each) for each in told.request.drafts if text(each, "id")]
    ways = Counter(case.order.reference for case in told.cases)
    for case, answer in zip(told.cases, told.answers, strict=True):
        edition = answer.basis.edition
        if edition is None or case.settled is not None or ways[case.order.reference] > 1 or id(case.order.carrier) not in drafts:
            continue
        if answer.basis.on_file.anything is None and not _exempt(answer, edition):
            yield case, answer, edition


def _exempt(answer: CoverageAnswer, edition: Edition) -> bool:
    return edition.authorization == "needed" and answer.authorization is PriorAuthorization.NOT_NEEDED


def drafted(told: Told) -> frozenset[tuple[str, str]]:
    """System and code of everything the draft orders ask for, in scope of the hook or not; the system under its first alias."""
    index, ids = told.request.index, {id(each) for each in told.request.drafts}
    drafts = [entry for entry in index.of_type(*ORDER_TYPES) if id(entry.resource) in ids]
    orders = (order_of(itself(draft), index, told.request.patient_id) for draft in drafts)
    return frozenset(named(coding) for order in orders for coding in order.service.codes)


def named(coding: Coding) -> tuple[str, str]:
    """What two codings of one concept have in common, whatever alias of the system each uses."""
    return code_system(coding.system), coding.code
