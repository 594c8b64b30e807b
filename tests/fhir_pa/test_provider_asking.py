"""What the clinician's app asks a payer for and how, which orders it reads, and what becomes of a payer's own questions."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from fhir_pa.provider.clinician.asked import answer, asked_by, keep, waiting
from fhir_pa.provider.clinician.chart import ORDERS, OpenChart
from fhir_pa.provider.clinician.forms import ERRORS, PACKAGE, fetch, next_question_addresses, next_questions, report, terminology_base
from fhir_pa.provider.clinician.payers import Payer
from fhir_pa.provider.clinician.sending import gather
from fhir_pa.provider.clinician.told_by_payer import put_on_orders
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.clinician.visits import Visit
from fhir_pa.provider.clinician.words import told
from fhir_pa.provider.dtr.package import Package
from fhir_pa.provider.ehr import build as build_ehr
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import Charts, charts_on
from fhir_pa.provider.wire import Reply
from ig_profiles.names import QR_CONTEXT, QUESTIONNAIRE_ADAPTIVE, TERMINOLOGY_SERVERS
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.fhir_pa.ehr_in_process import EHR, PAYER, OverTheWire

TODAY = date(2026, 11, 21)
AT_BASE, AT_TYPE = f"{PAYER}/$next-question", f"{PAYER}/Questionnaire/$next-question"


@pytest.fixture
def keys() -> Keys:
    return Keys.new()


@pytest.fixture
def charts() -> Charts:
    return charts_on(TODAY)


@pytest.fixture
def ehr(keys: Keys, charts: Charts) -> FlaskClient:
    return build_ehr(charts, keys, EHR, "Bearer x").test_client()


def a_payer(keys: Keys) -> Payer:
    return Payer("p", "Payer", ("s|1",), "2.2", PasClient(PAYER, "c", keys))


def adaptive(**value: Any) -> Json:
    return {"extension": [{"url": QUESTIONNAIRE_ADAPTIVE, **value}]}


@pytest.mark.requirement("dtr-2.0.1:38", "dtr-2.0.1:39")
@pytest.mark.parametrize(
    ("guide", "said", "addresses"),
    [
        ("2.2", {"valueUrl": PAYER}, (AT_TYPE,)),
        ("2.2", {"valueUrl": f"{PAYER}/Questionnaire"}, (AT_TYPE,)),
        ("2.2", {"valueUrl": f"{PAYER}/Questionnaire/$next-question"}, (AT_TYPE,)),
        ("2.0.1", {"valueBoolean": True}, (AT_BASE, AT_TYPE)),
        ("2.0.1", {"valueUrl": f"{PAYER}/forms"}, (f"{PAYER}/forms/$next-question", f"{PAYER}/forms/Questionnaire/$next-question")),
        ("2.0.1", {"valueUrl": f"{PAYER}/Questionnaire"}, (AT_TYPE,)),
    ],
)
def test_the_next_questions_are_asked_for_where_each_generation_says(keys: Keys, guide: str, said: Json, addresses: tuple[str, ...]) -> None:
    """Trap 15."""
    assert next_question_addresses(replace(a_payer(keys), guide=guide), adaptive(**said)) == addresses


@pytest.mark.parametrize(
    ("named", "asked"),
    [((), PAYER), ((f"{PAYER}/terms",), f"{PAYER}/terms"), (("https://elsewhere.example/fhir",), PAYER), (("https://e.example", f"{PAYER}/t/"), f"{PAYER}/t")],
)
def test_value_sets_are_expanded_where_the_form_prefers_below_the_payers_own_base(keys: Keys, named: tuple[str, ...], asked: str) -> None:
    form = {"extension": [{"url": TERMINOLOGY_SERVERS[0], "valueUrl": each} for each in named]}
    assert terminology_base(a_payer(keys), form) == asked


class Heard:
    """A payer's client that takes the operations at these addresses, and keeps what it was sent."""

    def __init__(self, *known: str, answer: Any = None) -> None:
        self.fhir_base, self.known, self.answer = PAYER, known, answer
        self.sent: list[tuple[str, Json]] = []

    def operation(self, path: str, body: Json) -> Reply:
        self.sent.append((path, body))
        return Reply("POST", path, 200 if path in self.known else 404, self.answer, 1.0)


def listening(client: Heard, guide: str) -> Payer:
    return Payer("p", "Payer", ("s|1",), guide, client)  # type: ignore[arg-type]


@pytest.mark.requirement("dtr-2.0.1:38", "dtr-2.0.1:39", "dtr-2.0.1:244")
@pytest.mark.parametrize("known", [AT_BASE, AT_TYPE])
@pytest.mark.parametrize("bare", [True, False])
def test_next_questions_of_2_0_1_are_found_at_either_address_and_in_either_shape(known: str, bare: bool) -> None:
    """Trap 2: the bare response, or Parameters with it."""
    response = {"resourceType": "QuestionnaireResponse", "status": "in-progress"}
    answer = response if bare else {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": response}]}
    client = Heard(known, answer=answer)
    package = Package(adaptive(valueBoolean=True), (), {}, None)
    assert next_questions(listening(client, "2.0.1"), package, {"resourceType": "QuestionnaireResponse"}) == response
    assert [body for _, body in client.sent if body["resourceType"] != "QuestionnaireResponse"] == [], "what is sent is bare"


@pytest.mark.requirement("dtr-2.0.1:197", "dtr-2.0.1:201", "dtr-2.0.1:285")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_report_of_a_faulty_form_keeps_to_its_profile(guide: str) -> None:
    client = Heard(ERRORS)
    report(listening(client, guide), "http://payer.example/Questionnaire/oxygen|1", ["Oxygen: 'spo2' could not be computed"], datetime.now(UTC))
    [(path, body)] = client.sent
    assert path == "Questionnaire/$log-questionnaire-errors"
    assert [each.text for each in validate(body, open_set(guide), strict=True) if each.severity in ("fatal", "error")] == []


@pytest.mark.requirement(
    "dtr-2.0.1:165", "dtr-2.0.1:168", "dtr-2.0.1:242", "dtr-2.0.1:293", "dtr-2.0.1:295", "dtr-2.0.1:296", "dtr-2.2:oper-6", "dtr-2.2:spec-126",
)  # fmt: skip
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_package_is_asked_for_in_its_profile_with_coverage_order_context_and_what_the_order_refers_to(
    ehr: FlaskClient, charts: Charts, keys: Keys, monkeypatch: pytest.MonkeyPatch, guide: str
) -> None:
    chart, opened = charts.by_patient["orla-penhallow"], opened_on(ehr, keys, monkeypatch)
    answer = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Questionnaire", "url": "u"}}]}
    client = Heard(PACKAGE, answer=answer)
    fetch(listening(client, guide), chart.coverage, chart.orders, opened.referenced, "X-1-102089-0")
    [(_, body)] = client.sent
    *parts, context = body["parameter"][:3]
    beside = body["parameter"][3:]
    assert [part["name"] for part in (*parts, *beside)] == ["coverage", "order", *["referenced"] * len(beside)]
    assert context == {"name": "context", "valueString": "X-1-102089-0"}, "what PAS gave stands for what CRD gave"
    assert {each["resource"]["resourceType"] for each in beside} == {"Patient", "Practitioner", "PractitionerRole", "Organization"}
    assert [each.text for each in validate(body, open_set(guide), strict=True) if each.severity in ("fatal", "error")] == []


def opened_on(ehr: FlaskClient, keys: Keys, monkeypatch: pytest.MonkeyPatch, *about: str) -> OpenChart:
    """Orla's chart as a visit about these has it."""
    monkeypatch.setattr("fhir_pa.provider.clinician.chart.Wire", lambda base: OverTheWire(ehr, base))
    scope = "patient/*.rs patient/QuestionnaireResponse.cu patient/Task.cu"
    token = keys.access_token(f"{EHR}/fhir", "orla-penhallow", scope, int(time.time()), 300, user="Practitioner/halvard-brisk")
    return OpenChart(Visit("k", f"{EHR}/fhir", token, scope, "orla-penhallow", "Practitioner/halvard-brisk", None, about, time.time() + 300))


@pytest.mark.requirement(
    "dtr-2.0.1:137", "dtr-2.0.1:138", "dtr-2.0.1:139", "dtr-2.0.1:140", "dtr-2.0.1:141", "dtr-2.0.1:142", "dtr-2.0.1:143", "dtr-2.0.1:251",
    "dtr-2.0.1:252", "dtr-2.0.1:253", "dtr-2.0.1:254", "dtr-2.0.1:255", "dtr-2.0.1:256", "dtr-2.0.1:257", "dtr-2.0.1:358",
)  # fmt: skip
@pytest.mark.parametrize("kind", ORDERS)
def test_every_kind_of_order_is_read_when_a_launch_names_it(ehr: FlaskClient, charts: Charts, keys: Keys, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    charts.keep("orla-penhallow", {"resourceType": kind, "id": "named", "status": "active", "subject": {"reference": "Patient/orla-penhallow"}})
    chart = opened_on(ehr, keys, monkeypatch, f"{kind}/named")
    assert [told(order)["reference"] for order in chart.orders] == [f"{kind}/named"]


@pytest.mark.requirement(
    "dtr-2.0.1:134", "dtr-2.0.1:135", "dtr-2.0.1:136", "dtr-2.0.1:137", "dtr-2.0.1:144", "dtr-2.0.1:145", "dtr-2.0.1:146", "dtr-2.0.1:147",
    "dtr-2.0.1:181", "dtr-2.0.1:245", "dtr-2.0.1:358",
)  # fmt: skip
def test_who_orders_pays_and_is_seen_where_is_read_with_the_visits_token(ehr: FlaskClient, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = opened_on(ehr, keys, monkeypatch)
    gathered = gather(chart, chart.coverages[0], (chart.read("DeviceRequest/orla-penhallow-order-e1390"),))
    kinds = {each["resourceType"] for each in gathered.all}
    assert {"Patient", "Coverage", "Practitioner", "PractitionerRole", "Organization", "Encounter"} <= kinds
    assert chart.search("Location?_id=none") == [] and chart.search("QuestionnaireResponse?patient=orla-penhallow") == []


@pytest.mark.requirement("dtr-2.0.1:152")
def test_the_payer_is_asked_for_the_scopes_that_forms_need(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Answering:
        def get(self, path: str) -> Reply:
            return Reply("GET", path, 200, {"token_endpoint": f"{PAYER}/token"}, 1.0)

        def form(self, path: str, fields: dict[str, str]) -> Reply:
            asked.extend(fields["scope"].lower().split())
            return Reply("POST", path, 200, {"access_token": "t"}, 1.0)

    client = PasClient(PAYER, "c", keys)
    monkeypatch.setattr(client, "_wire", Answering())
    assert client.token() == "t"
    assert {"system/questionnaire.rs", "system/valueset.rs", "system/library.rs"} <= set(asked)


class Paged:
    """An EHR whose search comes in pages, whose second entry only came along, and that keeps no Observations."""

    def __init__(self, _: str = "", then: str = f"{EHR}/fhir?page=2") -> None:
        self.asked: list[str] = []
        self.then = then

    def get(self, path: str, token: str | None = None) -> Reply:
        self.asked.append(path)
        if path.startswith("Observation"):
            return Reply("GET", path, 403, None, 1.0)
        first = [{"resource": {"id": "1"}, "search": {"mode": "match"}}, {"resource": {"id": "x"}, "search": {"mode": "include"}}]
        page = {"entry": [{"resource": {"id": "2"}}]} if "page=2" in path else {"entry": first, "link": [{"relation": "next", "url": self.then}]}
        return Reply("GET", path, 200, page, 1.0)


@pytest.mark.requirement("dtr-2.0.1:366")
@pytest.mark.parametrize(("then", "found"), [(f"{EHR}/fhir?page=2", ["1", "2"]), ("https://evil.example/fhir?page=2", ["1"])])
def test_a_search_in_the_chart_is_read_page_by_page_and_restricted_data_is_simply_not_there(
    ehr: FlaskClient, keys: Keys, monkeypatch: pytest.MonkeyPatch, then: str, found: list[str]
) -> None:
    """Trap 21."""
    chart = opened_on(ehr, keys, monkeypatch)
    paged = Paged(then=then)
    chart._wire = paged  # type: ignore[assignment]
    assert [each["id"] for each in chart.search("Condition?patient=orla-penhallow")] == found
    assert chart.search("Observation?patient=orla-penhallow") == []
    assert not any("evil" in each for each in paged.asked)


def test_a_form_that_names_an_earlier_order_too_is_finished_for_the_orders_of_the_visit(ehr: FlaskClient, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order written anew: what the payer says of the form goes on the one that was opened, and the other is left as it is."""
    chart = opened_on(ehr, keys, monkeypatch, "DeviceRequest/orla-penhallow-order-e1390")
    names = ("DeviceRequest/withdrawn-since", "DeviceRequest/orla-penhallow-order-e1390")
    form = {"resourceType": "QuestionnaireResponse", "extension": [{"url": QR_CONTEXT, "valueReference": {"reference": name}} for name in names]}
    orders, trouble = put_on_orders(chart, form)
    assert ([each["reference"] for each in orders], trouble) == (["DeviceRequest/orla-penhallow-order-e1390"], "")


def asking_for_a_form(guide: str) -> Json:
    """The Task and CommunicationRequest of a pended answer, as each generation writes them."""
    control = {"system": f"{PAYER}/CommunicationRequest", "value": "PR1-1-102089-0"}
    context = {"valueString": control["value"]} if guide == "2.2" else {"valueIdentifier": control}
    word = "questionnaire-context" if guide == "2.2" else "questionnaires-needed"
    task = {"resourceType": "Task", "status": "requested", "intent": "order", "code": {"coding": [{"code": "attachment-request-questionnaire"}]}}
    asked = {**task, "description": "A form", "input": [{"type": {"coding": [{"code": word}]}, **context}]}
    request = {"resourceType": "CommunicationRequest", "identifier": [control], "note": [{"text": "Item 1: please fill in the form"}]}
    return {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "ClaimResponse"}}, {"resource": request}, {"resource": asked}]}


@pytest.mark.requirement("dtr-2.0.1:258", "dtr-2.0.1:259", "dtr-2.0.1:260", "dtr-2.2:spec-109")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_what_a_payer_asks_for_is_kept_as_a_task_found_again_and_closed(
    ehr: FlaskClient, charts: Charts, keys: Keys, monkeypatch: pytest.MonkeyPatch, guide: str
) -> None:
    [asked] = asked_by(asking_for_a_form(guide))
    chart = opened_on(ehr, keys, monkeypatch)
    kept = keep(chart, asked, "DeviceRequest/orla-penhallow-order-e1390", datetime.now(UTC))
    [found] = waiting(opened_on(ehr, keys, monkeypatch))
    assert (found["words"], found["context"], found["task"]) == ("Item 1: please fill in the form", "PR1-1-102089-0", f"Task/{kept['id']}")
    assert found["tracking"]["value"] == "PR1-1-102089-0"
    assert [order["id"] for order in opened_on(ehr, keys, monkeypatch, found["task"]).orders] == ["orla-penhallow-order-e1390"]
    form = chart.create({"resourceType": "QuestionnaireResponse", "status": "completed", "subject": {"reference": "Patient/orla-penhallow"}})
    client = Heard("$submit-attachment", answer=operation_outcome([Issue("Thank you.", "informational", "information")]))
    assert answer(opened_on(ehr, keys, monkeypatch), listening(client, guide), chart.coverages[0], found, form, datetime.now(UTC)) == ["Thank you."]
    tracking = next(part["valueIdentifier"] for _, body in client.sent for part in body["parameter"] if part["name"] == "TrackingId")
    assert tracking["value"] == "PR1-1-102089-0"
    assert waiting(opened_on(ehr, keys, monkeypatch)) == []
    task = next(each for each in charts.by_patient["orla-penhallow"].findings if each["resourceType"] == "Task")
    assert task["output"][0]["valueReference"] == {"reference": f"QuestionnaireResponse/{form['id']}"}


@pytest.mark.parametrize("url", ["https://evil.example/v2.2/fhir", f"{PAYER}.evil.example", "http://payer.example/v2.2/fhirx/Questionnaire"])
def test_the_payers_token_never_leaves_the_payer(keys: Keys, url: str) -> None:
    """Trap 15."""
    with pytest.raises(Trouble, match="asked for outside the payer's address"):
        next_question_addresses(a_payer(keys), adaptive(valueUrl=url))
