"""Percentiles of how long operations take, read off the buckets that are counted for Prometheus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from prometheus_client.metrics_core import Metric

SHARES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
SECONDS = "fhir_pa_request_seconds"


def told(metrics: Iterable[Metric]) -> list[dict[str, Any]]:
    """One row for each operation and guide, those that take longest first: ``count``, and ``median``, ``p95``, ``p99`` in milliseconds.

    A percentile is what the bucket allows to say, straight between its ends; None: longer than the last bucket's end.
    """
    buckets: defaultdict[tuple[str, str], dict[float, float]] = defaultdict(dict)
    for metric in metrics:
        for sample in metric.samples if metric.name == SECONDS else ():
            if sample.name == f"{SECONDS}_bucket":
                name = (sample.labels["operation"], sample.labels["guide"])
                end = float(sample.labels["le"])
                buckets[name][end] = buckets[name].get(end, 0.0) + sample.value
    rows = [_row(operation, guide, sorted(counted.items())) for (operation, guide), counted in buckets.items()]
    return sorted(rows, key=lambda row: (-(row["p95"] or float("inf")), row["operation"], row["guide"]))


def _row(operation: str, guide: str, counted: Sequence[tuple[float, float]]) -> dict[str, Any]:
    return {"operation": operation, "guide": guide, "count": int(counted[-1][1]), **{name: percentile(counted, share) for name, share in SHARES.items()}}


def percentile(counted: Sequence[tuple[float, float]], share: float) -> float | None:
    """The time in milliseconds within which this share was answered; ``counted`` are the ends of buckets (s) with how many lie below.

    >>> percentile([(0.1, 50), (0.2, 100), (float("inf"), 100)], 0.75), percentile([(0.1, 1), (float("inf"), 4)], 0.5)
    (150.0, None)
    """
    wanted, before, begins = share * counted[-1][1], 0.0, 0.0
    for ends, count in counted:
        if count >= wanted:
            if ends == float("inf"):
                return None
            within = (wanted - before) / (count - before) if count > before else 1.0
            return round(1000 * (begins + within * (ends - begins)), 1)
        before, begins = count, ends
    return None
