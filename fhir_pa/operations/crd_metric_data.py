"""The metrics of a period in the shape the guide gives them: CRDMetricData, one object for each hook call (CRD 2.2, Metrics)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fhir_pa.storage.crd_metrics import CrdMetric, OrderMetric
from fhir_pa.wiring import Payer
from ig_profiles.names import NPI
from ig_profiles.reading import Json, without_empty

StatusOf = Callable[[str, str], int]


def crd_metric_data(since: datetime, until: datetime, status_of: StatusOf, payer: Payer) -> list[Json]:
    """The calls that came from ``since`` on and before ``until``; ``status_of`` gives the HTTP status of a refusal's kind in a guide."""
    with payer.store.reading() as tx:
        return [metric_data(metric, status_of) for metric in tx.crd_metrics(since, until)]


def metric_data(metric: CrdMetric, status_of: StatusOf) -> Json:
    """The row in the shape of CRDMetricData; ``status_of`` gives the HTTP status of a refusal's kind in a guide."""
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
        "request": [_request(order) for order in metric.orders],
    }
    return dict(without_empty(data))


def _request(order: OrderMetric) -> Json:
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
    coverage = {"type": "coverage-info", "coverageInfo": [said]}
    return {
        "type": order.type,
        "orderDetail": {"coding": [{"system": system, "code": code}]},
        "response": [coverage, *({"type": topic} for topic in order.cards)],
    }
