"""The policy desk: the shelf, one policy, its stories, two editions side by side, the decisions behind a count, a patient to try."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.web import errors
from fhir_pa.web.desk.page import page
from fhir_pa.web.desk.twins import framed, turned, twin
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Refusal, Unprocessable

HERE = "policies"


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""
    desk, trial, editions = offered.policy_desk, offered.policy_trial, offered.edition_diff

    def asked() -> dict[str, str]:
        return request.args.to_dict()

    twin(base, payer, "/policies", "shelf", HERE, lambda: desk.shelf(g.caller, payer))
    twin(base, payer, "/policies/<topic>", "policy", HERE, lambda topic: desk.policy(topic, g.caller, payer))
    twin(base, payer, "/policies/<topic>/stories", "stories", HERE, lambda topic: desk.stories(topic, g.caller, payer))
    twin(base, payer, "/policies/<topic>/judged", "judged", HERE, lambda topic: desk.judged(topic, asked(), g.caller, payer))
    twin(base, payer, "/policies/<topic>/diff", "diff", HERE, lambda topic: editions.diff(topic, asked(), g.caller, payer))
    twin(base, payer, "/policies/<topic>/flips", "flips", HERE, lambda topic: editions.flips(topic, asked(), g.caller, payer))

    def show(topic: str, refusal: Refusal | None = None, told: dict[str, Any] | None = None) -> Response:
        status = errors.status_of(refusal, "other") if refusal else 200
        wrong = [issue.text for issue in refusal.issues] if refusal else []
        words = {"trials": None, **(told or trial.patients(topic, g.caller, payer)), **framed(payer, HERE)}
        return page("trial", status, **words, wrong=wrong, filled=request.form, twin=turned(f"{request.path}.json"))

    @base.get("/policies/<topic>/try")
    def patients(topic: str) -> Response:
        return show(topic)

    @base.get("/policies/<topic>/try.json")
    def patients_as_data(topic: str) -> Response:
        return answer(trial.patients(topic, g.caller, payer), media_type=JSON)

    @base.post("/policies/<topic>/try")
    def try_on(topic: str) -> Response:
        try:
            return show(topic, told=trial.try_on_patient(topic, _filled(), g.caller, payer))
        except Unprocessable as refusal:
            return show(topic, refusal)


def _filled() -> bytes:
    """What was filled in, as the JSON the operation reads; a file goes before an invented patient. Raises Unprocessable."""
    sent = request.files.get("record")
    record = sent.read() if sent else b""
    body = {name: request.form.get(name, "") for name in ("edition", "on", "service", "patient")}
    if not record:
        return dump(body)
    try:
        return dump({**body, "record": parse(record)})
    except Refusal as refusal:
        raise Unprocessable(*refusal.issues) from refusal
