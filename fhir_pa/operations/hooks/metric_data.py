"""The metrics of a period in the shape the guide gives them: CRDMetricData, one object for each hook call (CRD 2.2, Metrics)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import zip_longest

from fhir_pa.storage.cards import ACCEPTED, CardOutcome
from fhir_pa.storage.crd_metrics import CrdMetric, OrderMetric
from fhir_pa.wiring import Payer
from ig_profiles.names import NPI
from ig_profiles.reading import Json, without_empty

StatusOf = Callable[[str, str], int]
Engaged = Callable[[str], str | None]


def crd_metric_data(since: datetime, until: datetime, status_of: StatusOf, payer: Payer, client: str | None = None) -> list[Json]:
    """The calls that came from ``since`` on and before ``until``; ``status_of`` gives the HTTP status of a refusal's kind in a guide."""
    with payer.store.reading() as tx:
        metrics = [metric for metric in tx.crd_metrics(since, until) if client in (None, metric.client)]
        engaged = engagement(tx.outcomes_of_cards(since, until, client))
    return [metric_data(metric, status_of, lambda card, of=metric.client: engaged.get((of, card))) for metric in metrics]  # type: ignore[misc]


def engagement(outcomes: Iterable[CardOutcome]) -> dict[tuple[str, str], str]:
    """How each card (client, uuid) ended: ``accept`` when anything of it was accepted, else ``override``."""
    found: dict[tuple[str, str], str] = {}
    for each in outcomes:
        name = (each.client, each.card)
        found[name] = "accept" if each.outcome == ACCEPTED else found.get(name, "override")
    return found


def metric_data(metric: CrdMetric, status_of: StatusOf, engaged: Engaged = lambda card: None) -> Json:
    """The row in the shape of CRDMetricData; ``engaged`` tells how a card of it ended, None while nobody said."""
    data = {
        "source": "payer-src",
        "hookInstance": metric.hook_instance,
        "hookType": metric.hook,
        "providerId": {"system": NPI, "value": next(iter(metric.providers), None)},
        "groupId": {"system": NPI, "value": next(iter(metric.groups), None)},
        "payerId": {"system": metric.payer.system, "value": metric.payer.value} if metric.payer else None,
        "requestTime": metric.at.isoformat(timespec="milliseconds"),
        "responseTime": metric.answered_at.isoformat(timespec="milliseconds"),
        "httpResponse": status_of(metric.refused, metric.guide) if metric.refused else 200,
        "issue": [{"code": code} for code in metric.issues],
        "tokenUse": metric.token_use,
        "resources": [{"type": each.type, "count": each.count, "prefetch": each.prefetch} for each in metric.resources],
        "request": [_request(order, engaged) for order in metric.orders],
    }
    return dict(without_empty(data))


def _request(order: OrderMetric, engaged: Engaged) -> Json:
    system, _, code = (order.codes[0] if order.codes else "").partition("|")
    said = {
        "covered": order.covered,
        "paNeeded": order.pa_needed,
        "docNeeded": next(iter(order.doc_needed), None),
        "infoNeeded": next(iter(order.info_needed), None),
        "questionnaire": [{"reference": canonical, "adaptive": False, "response": False} for canonical in order.questionnaires],
        "assertionId": order.assertion_id,
        "satisfiedId": order.satisfied_id,
        "businessLine": {"text": order.line_of_business},
    }
    coverage = {"type": "coverage-info", "focus": [order.type], "coverageInfo": [said]}
    named = zip_longest(order.cards, order.card_ids[: len(order.cards)], fillvalue="")
    return {
        "type": order.type,
        "orderDetail": {"coding": [{"system": system, "code": code}]},
        "response": [coverage, *({"type": topic, "focus": [order.type], "engagement": engaged(card)} for topic, card in named)],
    }
