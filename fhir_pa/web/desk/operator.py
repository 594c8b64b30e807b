"""The operator's page: what waits, what was not heard, who may call, how fast it answers; dead letters are put back from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.web import fragment
from fhir_pa.web.desk.page import page, part, see
from fhir_pa.web.desk.twins import framed, twin
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer

HERE = "operator"
Timings = Callable[[], list[dict[str, Any]]]


def attend(base: Blueprint, payer: Payer, offered: Offered, timings: Timings) -> None:
    """Join the addresses to the desk; ``timings`` are those of every server process."""
    seen = offered.operating

    def asked() -> dict[str, str]:
        return request.args.to_dict()

    @base.get("/operator")
    def operator() -> Response:
        told = seen.overview(g.caller, payer)
        tag = fragment.tag_of(told)
        if fragment.wanted() == fragment.NEWS:
            return fragment.news(tag, lambda: part("operating", **told))
        return page("operator", **framed(payer, HERE), **told, timings=timings(), tag=tag, twin="/desk/operator.json")

    @base.get("/operator.json")
    def operator_as_data() -> Response:
        return answer({**seen.overview(g.caller, payer), "timings": timings()}, media_type=JSON)

    def deliveries() -> dict[str, Any]:
        return {**seen.deliveries(asked(), g.caller, payer), "put_back": request.args.get("done", "")}

    twin(base, payer, "/operator/work/<name>", "work", HERE, lambda name: seen.work(name, asked(), g.caller, payer))
    twin(base, payer, "/operator/deliveries", "deliveries", HERE, deliveries)
    twin(base, payer, "/operator/clocks", "clocks", HERE, lambda: seen.clocks(asked(), g.caller, payer))
    twin(base, payer, "/operator/prefetch", "gaps", HERE, lambda: seen.gaps(asked(), g.caller, payer))
    twin(base, payer, "/operator/conformance", "conformance", HERE, lambda: seen.statements(asked(), g.caller, payer))

    @base.post("/operator/subscriptions/<subscription>/redelivery")
    def redeliver(subscription: str) -> Response:
        count = seen.redeliver(subscription, g.caller, payer)["put_back"]
        return see(f"/desk/operator/deliveries?subscription={subscription}&done={count}")
