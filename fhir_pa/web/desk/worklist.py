"""The worklist as a page, as data, and as the parts of it that change while it is open: the lines wanted, what runs out, news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, g, request

from fhir_pa.auth.directory import CASEWORK, LINES_OF_BUSINESS, TAKES
from fhir_pa.web import errors, fragment
from fhir_pa.web.desk.forms import body_of
from fhir_pa.web.desk.page import page, part, see
from fhir_pa.web.desk.twins import framed
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.web.public import LINES
from ig_profiles.outcome import Conflict, Unprocessable

PER_PAGE = "25"
FILTERS = ("waits_for", "line", "role", "specialty", "owner", "urgent", "overdue", "q")
ALERTS = 5
LISTED, RUNNING_OUT = "listed", "alerts"
NO_NEWS = {"came": 0, "gone": 0, "handed": 0}
Told = dict[str, Any]


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""

    def alerts() -> Told:
        ringing = list({each["number"]: each for each in offered.fall_due.alerts(g.caller, payer)["alerts"]}.values())  # the latest of each case
        return {"alerts": ringing[:ALERTS], "more_alerts": max(0, len(ringing) - ALERTS)}

    def words(asked: Mapping[str, str]) -> Told:
        return {
            **framed(payer, "worklist"),
            "asked": asked,
            "pressed": fragment.pressed(),
            "takes": g.caller.holds(*TAKES),
            "here_at": _address(asked),
            "turned": lambda **changed: _address({**asked, "page": "1", **changed}),
        }

    def show(changed: Told | None = None, wrong: str = "", status: int = 200) -> Response:
        if not g.caller.holds(*CASEWORK):
            return see(f"/desk/{'operator' if g.caller.holds('operator') else 'policies'}")
        asked = _asked(request.args)
        told = offered.worklist.worklist(asked, g.caller, payer)
        if fragment.wanted() == fragment.NEWS:
            news = _news(told)
            return fragment.news(fragment.tag_of(news), lambda: part("list_news", **news, here_at=_address(asked)))
        people = [each for each in payer.directory.people if set(TAKES) & set(each.roles)]
        lines = {**words(asked), **told, "changed": changed, "wrong": wrong, "people": people}
        lines |= {"no_news": fragment.tag_of(NO_NEWS), "twin": _address(asked, "/desk/worklist.json")}
        if fragment.wanted() != LISTED:
            return page("worklist", status, **lines, **alerts(), lines=[(line, LINES[line]) for line in LINES_OF_BUSINESS])
        return fragment.moved_to(_address(asked), part("listed", status, **lines))

    @base.get("")
    def worklist() -> Response:
        return show()

    @base.get("/worklist.json")
    def worklist_as_data() -> Response:
        return answer(offered.worklist.worklist(_asked(request.args), g.caller, payer), media_type=JSON)

    @base.post("")
    def take_several() -> Response:
        try:
            return show(offered.worklist.take_several(body_of("several", request.form), g.caller, payer))
        except Unprocessable as refusal:
            return show(wrong=refusal.issues[0].text, status=errors.status_of(refusal, "other"))

    @base.post("/cases/<number>/seen")
    def seen(number: str) -> Response:
        offered.fall_due.seen(number, g.caller, payer)
        return part("alerts", **framed(payer, "worklist"), **alerts()) if fragment.wanted() == RUNNING_OUT else see("/desk")

    @base.post("/cases/<number>/owner")
    def take(number: str) -> Response:
        refused, status, from_list = "", 200, request.form.get("then") == "worklist"
        try:
            offered.worklist.take(number, body_of("owner", request.form), g.caller, payer)
        except Conflict as refusal:
            if not fragment.asked():
                raise
            refused, status = refusal.issues[0].text, errors.status_of(refusal, "other")
        if not fragment.asked():
            return see("/desk" if from_list else f"/desk/cases/{number}?done=owner")
        if not from_list:
            return part("owner", status, **framed(payer, ""), **offered.case_screen(number, g.caller, payer), refused=refused)
        told = offered.worklist.worklist({"q": number}, g.caller, payer)
        asked = _asked(dict(parse_qsl(urlsplit(fragment.shown_at()).query)))
        each = next(line for line in told["authorizations"] if line["number"] == number)
        return part("took", status, **words(asked), counts=told["counts"], each=each, refused=refused)


def _news(told: Told) -> Told:
    """What became of the lines a page shows (``shown``: each a number and whose it was), by now."""
    shown = dict(each.partition(":")[::2] for each in request.args.getlist("shown"))
    now = {each["number"]: each["owner"] or "" for each in told["authorizations"]}
    handed = [number for number in now.keys() & shown.keys() if now[number] != shown[number]]
    return {"came": len(now.keys() - shown.keys()), "gone": len(shown.keys() - now.keys()), "handed": len(handed)}


def _asked(told: Mapping[str, str]) -> dict[str, str]:
    wanted = {name: told[name] for name in (*FILTERS, "page") if told.get(name)}
    return {**wanted, "per_page": PER_PAGE}


def _address(asked: Mapping[str, str], path: str = "/desk") -> str:
    told = {name: value for name, value in asked.items() if value and (name, value) != ("page", "1") and name != "per_page"}
    return f"{path}?{urlencode(told)}" if told else path
