"""Pages with a JSON twin at a desk: the same operation, told as a page to people and as data to programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from fhir_pa.web.desk.page import page
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Payer

Told = dict[str, Any]


def framed(payer: Payer, here: str) -> Told:
    """What every page of the desk needs: the plan, who is signed in, which part of the desk this is."""
    session = g.get("session")
    return {"here": here, "plan": payer.directory.insurer.name, "session": session, "me": session and session.caller.person}


def twin(base: Blueprint, payer: Payer, path: str, template: str, here: str, operation: Callable[..., Told]) -> None:
    """GET ``path`` as a page and ``path.json`` as data; ``operation`` takes what stands in the address by name."""
    name = template.replace("/", "_")

    def as_page(**named: str) -> Response:
        own = request.path
        words = {**operation(**named), **framed(payer, here), "twin": turned(f"{own}.json"), "turned": lambda **more: turned(own, **more)}
        return page(template, **words)

    base.add_url_rule(path, name, as_page, methods=["GET"])
    base.add_url_rule(f"{path}.json", f"{name}_as_data", lambda **named: answer(operation(**named), media_type=JSON), methods=["GET"])


def turned(path: str, **changed: str) -> str:
    """The address with what was asked for here, changed so; what is empty is left out, and so is the first page."""
    asked = {**request.args.to_dict(), **({"page": "1"} if changed else {}), **changed}
    told = {name: value for name, value in asked.items() if value and (name, value) != ("page", "1") and name != "done"}
    return f"{path}?{urlencode(told)}" if told else path
