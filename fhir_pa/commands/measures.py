"""For the payer's staff: what is measured about the exchange with providers; codes and counts, nobody's name."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from cds_hooks.measures import Measures, Segmented
from fhir_pa.commands.options import payer_of, where
from fhir_pa.operations.forms.measures import dtr_measures
from fhir_pa.operations.reports import figures
from fhir_pa.operations.reports import measures as operation
from fhir_pa.operations.requests.metric_data import pas_metric_data
from fhir_pa.pas.measures import measures as pas_measures
from fhir_pa.um.measures.figures import Counted
from fhir_pa.web.errors import hook_status
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.reading import Json, many, text

Rows = Iterable[dict[str, Any]]


@click.group()
def measures() -> None:
    """What became of hook calls, of their cards, and of requests for authorization."""


def _when(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True, help="How it is written."),
        click.option("--client", help="Of one provider's system only."),
        click.option("--until", help="Until when: a day, which is included, or a moment, which is not. Now, unless told otherwise."),
        click.option("--since", help="From when: a day or a moment. Thirty days before, unless told otherwise."),
    ):
        command = option(command)
    return where(command)


@measures.command()
@_when
def feedback(since: str | None, until: str | None, client: str | None, form: str, **flags: Any) -> None:
    """Which cards were given, what clinicians did with them, and which are quiet because of it."""
    with payer_of(flags) as payer:
        first, last = operation.period(since, until, payer.clock())
        report = operation.what_became_of_cards(first, last, client, payer)
    _write(report, form, _cards(report))


@measures.command()
@click.option("--data", is_flag=True, help="The measured calls themselves (CRDMetricData) instead of the numbers.")
@_when
def crd(since: str | None, until: str | None, client: str | None, form: str, data: bool, **flags: Any) -> None:
    """The guide's nine measures of coverage requirements discovery: of all calls, by hook and by ordering group."""
    with payer_of(flags) as payer:
        _crd(payer, since, until, client, form, data)


@measures.command()
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True, help="How it is written.")
@click.option("--year", help="The year in which the cases were decided; this year, unless told otherwise.")
@click.option("--line", help="Of one line of business only.")
@click.option("--partly", type=click.Choice([str(each) for each in Counted]), help="What a case approved in part counts as: approved, unless told otherwise.")
@where
def public(form: str, year: str | None, line: str | None, partly: str | None, **flags: Any) -> None:
    """What the plan publishes each year about prior authorization, with the counts beside every percentage."""
    asked = {name: value for name, value in (("year", year), ("line", line), ("partly", partly)) if value}
    with payer_of(flags) as payer:
        told = figures.in_json(figures.of_year(asked, payer))
    shares = (
        {"measure": each["measure"], "value": each["percent"], "unit": "percent", "count": each["count"], "out_of": each["out_of"]} for each in told["shares"]
    )
    times = (
        {"measure": f"{kind} time, {each['measure']}", "value": each[f"{kind}_hours"], "unit": "hours", "count": each["count"], "out_of": each["count"]}
        for each in told["times"]
        for kind in ("mean", "median")
    )
    ranked = (
        {"measure": f"{share} % within, {each['measure']}", "value": hours, "unit": "hours", "count": each["count"], "out_of": each["count"]}
        for each in told["times"]
        for share, hours in each["percentile_hours"].items()
    )
    _write(told, form, (*shares, *times, *ranked))


@measures.command()
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True, help="How it is written.")
@click.option("--until", help="Until when: a day, which is included, or a moment, which is not. Now, unless told otherwise.")
@click.option("--since", help="From when: a day or a moment. Thirty days before, unless told otherwise.")
@where
def watched(form: str, since: str | None, until: str | None, **flags: Any) -> None:
    """What the plan and its practices watch, each measure with its target, and the root causes of denials."""
    with payer_of(flags) as payer:
        told = figures.watched_in_json(figures.between(since, until, payer))
    _write(told, form, ({name: each[name] for name in ("measure", "percent", "count", "out_of", "target")} for each in told["measures"]))


def _crd(payer: Payer, since: str | None, until: str | None, client: str | None, form: str, data: bool) -> None:
    first, last = operation.period(since, until, payer.clock())
    told, calls = operation.crd(first, last, client, hook_status, payer)
    if data:
        _write(calls, form, (row for call in calls for row in _requests(call)))
    else:
        _write({"since": first.isoformat(), "until": last.isoformat(), "measures": list(_numbers(told))}, form, _numbers(told))


@measures.command()
@_when
def dtr(since: str | None, until: str | None, client: str | None, form: str, **flags: Any) -> None:
    """How forms were served: calls, times, and whether nine of ten came within the guide's times. Exit status 1 when they did not."""
    with payer_of(flags) as payer:
        first, last = operation.period(since, until, payer.clock())
        told = dtr_measures(first, last, client, payer)
    _write(told, form, told["measures"])
    if any(each["kept"] is False for each in told["measures"]):
        sys.exit(1)


@measures.command()
@click.option("--data", is_flag=True, help="The cases themselves (PASMetricData) instead of the numbers.")
@_when
def pas(since: str | None, until: str | None, client: str | None, form: str, data: bool, **flags: Any) -> None:
    """The guide's measures of prior authorization: of all requests, and of each requestor's."""
    with payer_of(flags) as payer:
        first, last = operation.period(since, until, payer.clock())
        cases = pas_metric_data(first, last, client, payer)
        told = [vars(each) for each in pas_measures(cases, payer.clock())]
    if data:
        _write(cases, form, (row for case in cases for row in _lines(case)))
    else:
        _write({"since": first.isoformat(), "until": last.isoformat(), "measures": told}, form, told)


def _write(whole: Any, form: str, rows: Rows) -> None:
    if form == "json":
        click.echo(dump(whole, pretty=True))
        return
    listed = list(rows)
    table = csv.DictWriter(sys.stdout, list(listed[0]) if listed else [], lineterminator="\n")
    table.writeheader()
    table.writerows({name: _harmless(value) for name, value in row.items()} for row in listed)


def _harmless(value: Any) -> Any:
    """The cell, so that a spreadsheet takes what a client sent for text and never for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _numbers(told: Segmented) -> Iterator[dict[str, Any]]:
    yield from _shares("all", "", told.all)
    for hook, each in told.by_hook.items():
        yield from _shares("hook", hook, each)
    for group, each in told.by_group.items():
        yield from _shares("group", group, each)


def _shares(by: str, name: str, of: Measures) -> Iterator[dict[str, Any]]:
    for measure, share in of.shares().items():
        yield {"by": by, "name": name, "measure": measure, "volume": share.volume, "out_of": share.out_of, "percent": share.percent}


def _cards(report: Json) -> Iterator[dict[str, Any]]:
    for row in report["cards"]:
        counted = {name: _counts(row[name]) for name in ("reasons", "hooks", "shown_to")}
        spell = row["quiet"] or {}
        yield {**row, **counted, "quiet": spell.get("because", "")}


def _requests(call: Json) -> Iterator[dict[str, Any]]:
    """One row for each order of a call; one for a call without any."""
    whole = {name: call.get(name) for name in ("requestTime", "responseTime", "hookType", "hookInstance", "httpResponse", "tokenUse")}
    whole |= {name: text(call, name, "value") for name in ("providerId", "groupId", "payerId")}
    whole["issue"] = " ".join(str(code) for code in many(call, "issue", "code"))
    for request in call.get("request") or [{}]:
        said: Json = next(iter(many(request, "response", "coverageInfo")), {})
        yield whole | {
            "type": request.get("type"),
            "orderDetail": " ".join(str(code) for code in many(request, "orderDetail", "coding", "code")),
            **{name: said.get(name) for name in ("covered", "paNeeded", "docNeeded", "infoNeeded", "assertionId", "satisfiedId")},
            "questionnaire": " ".join(str(reference) for reference in many(said, "questionnaire", "reference")),
            "businessLine": text(said, "businessLine", "text"),
            "cards": " ".join(_card(each) for each in many(request, "response") if each["type"] != "coverage-info"),
        }


def _lines(case: Json) -> Iterator[dict[str, Any]]:
    """One row for each line of a case; one for a submission that ended in an error."""
    whole = {name: text(case, name, "value") for name in ("providerId", "groupId", "payerId")}
    whole |= {"exchanges": " ".join(str(kind) for kind in many(case, "exchange", "type")), "businessLine": text(case, "businessLine", "text")}
    whole["aaaCodes"] = " ".join(str(code) for code in many(case, "aaaCodes", "aaaCode"))
    for item in case.get("itemDetail") or [{}]:
        told = ("initialSubmissionTime", "finalResponseTime", "responsesRequired", "result", "denialReason", "assertionId")
        yield whole | {"item": text(item, "item", "coding", "code")} | {name: item.get(name) for name in told}


def _card(response: Json) -> str:
    return ":".join(filter(None, (response["type"], response.get("engagement"))))


def _counts(counted: dict[str, int]) -> str:
    return "; ".join(f"{name} {count}" for name, count in counted.items())
