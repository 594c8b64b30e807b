"""What became of the cards, and what the payer learns from it: reported in codes and counts, quiet where nobody listens."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, CANCER, SHORT_OF_OXYGEN
from tests.stories.ehr import SIGNING, Ehr, searchset
from tests.stories.on_file import everything_on_file
from tests.stories.parties import AUDITOR, CLERK, NOW, Plan, Staff, System

KNOWN_ALREADY = {"system": "https://ehr.oakwood.example/override", "code": "known-already", "display": "Told Mrs Amble"}
COMMENT = "Mrs Amble was told last week"


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


def cards(answer: Json, topic: str) -> list[str]:
    """The uuids of the cards of this type."""
    return [card["uuid"] for card in answer["cards"] if card["source"]["topic"]["code"] == topic]


def turned_down(card: str, at: str = "2026-11-21T15:01:00Z", **reason: Any) -> Json:
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": at, **({"overrideReason": reason} if reason else {})}


def tell(ehr: Ehr, *entries: Json, service: str = SIGNING) -> None:
    """The feedback endpoint takes it."""
    told = ehr.send({"feedback": list(entries)}, f"{service}/feedback")
    assert told.status_code == 200, told.text


def report(plan: Plan, person: str = CLERK, **asked: str) -> Json:
    answered = Staff(plan, person).call("GET", "/um/measures/feedback?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    assert answered.status_code == 200, answered.text
    return dict(answered.get_json())


def row(told: Json, card: str) -> Json:
    (found,) = [each for each in told["cards"] if each["card"] == card]
    return dict(found)


def test_every_kind_of_card_is_counted_with_what_clinicians_did(clinic: System, ehr: Ehr) -> None:
    first, second = ehr.ask(ehr.call(BORDERLINE)), ehr.ask(ehr.call(BORDERLINE))
    (shown,), (again,) = cards(first, "guideline"), cards(second, "guideline")
    tell(ehr, turned_down(shown, reason=KNOWN_ALREADY, userComment=COMMENT))
    tell(ehr, turned_down(shown, reason=KNOWN_ALREADY, userComment=COMMENT), {**turned_down(again), "outcome": "accepted"})
    clinic.plan.clock.turn(minutes=1)
    told = report(clinic.plan)
    counted = row(told, "guideline")
    assert (counted["client"], counted["policy"]) == (clinic.client, "home_oxygen")
    assert (counted["shown"], counted["accepted"], counted["overridden"]) == (2, 1, 1)
    assert counted["reasons"] == {"https://ehr.oakwood.example/override|known-already": 1}
    assert (counted["hooks"], counted["shown_to"], counted["quiet"]) == ({"order-sign": 2}, {"Practitioner": 2}, None)
    assert row(told, "limits")["accepted"] == row(told, "limits")["overridden"] == 0
    assert told["unknown_cards"] == {"outcomes": 0, "cards": 0} and told["quiet"] == []


def test_suggestions_that_were_taken_are_counted_once_however_often_they_are_told(clinic: System, ehr: Ehr) -> None:
    answer = ehr.ask(ehr.call(BORDERLINE))
    offering = next(card for card in answer["cards"] if card.get("suggestions"))
    taken = [{"id": each["uuid"]} for each in offering["suggestions"]]
    told = {"card": offering["uuid"], "outcome": "accepted", "acceptedSuggestions": taken, "outcomeTimestamp": "2026-11-21T15:01:00Z"}
    tell(ehr, turned_down(offering["uuid"], at="2026-11-21T15:00:30Z"), told)
    tell(ehr, told, told)
    clinic.plan.clock.turn(minutes=1)
    counted = row(report(clinic.plan), offering["source"]["topic"]["code"])
    assert (counted["accepted"], counted["overridden"], counted["suggestions_taken"]) == (1, 0, len(taken)), "turned down first, taken later"


def test_a_reason_in_words_is_counted_and_not_repeated_and_no_cell_is_a_formula(clinic: System, ehr: Ehr) -> None:
    for code in ("Mrs Amble knows", "=cmd"):
        (shown,) = cards(ehr.ask(ehr.call(BORDERLINE)), "guideline")
        tell(ehr, turned_down(shown, reason={"code": code}))
    table = command(clinic.plan, "feedback", "--format", "csv", "--since", str(NOW.date()), "--until", str(NOW.date()))
    assert "Amble" not in table and "a reason in words 1" in table
    assert all(not cell.startswith("=") for line in csv.reader(table.splitlines()) for cell in line)


def test_feedback_about_a_card_nobody_gave_is_taken_kept_and_counted_apart(clinic: System, ehr: Ehr) -> None:
    tell(ehr, turned_down("from-another-payer"), turned_down("from-another-payer", at="2026-11-21T15:02:00Z"))
    clinic.plan.clock.turn(minutes=1)
    told = report(clinic.plan)
    assert told["unknown_cards"] == {"outcomes": 2, "cards": 1} and told["cards"] == []
    assert "from-another-payer" in everything_on_file(clinic.plan)


def test_what_a_clinician_wrote_is_shown_to_auditors_alone_and_only_when_they_ask(clinic: System, ehr: Ehr, physician: Staff) -> None:
    (shown,) = cards(ehr.ask(ehr.call(BORDERLINE)), "guideline")
    tell(ehr, turned_down(shown, userComment=COMMENT))
    clinic.plan.clock.turn(minutes=1)
    assert COMMENT not in str(report(clinic.plan, AUDITOR)) and "comments" not in report(clinic.plan, AUDITOR)
    assert [each["comment"] for each in report(clinic.plan, AUDITOR, comments="true")["comments"]] == [COMMENT]
    with clinic.plan.payer.store.reading() as tx:
        (look,) = tx.looks(10)
    assert (look.person, look.what, look.found) == (AUDITOR, "read comments on cards", 1), "that somebody read them is on record"
    refused = physician.call("GET", "/um/measures/feedback?comments=true")
    assert refused.status_code == 403 and "only an auditor" in refused.text and COMMENT not in refused.text
    assert clinic.http.get("/um/measures/feedback", headers=clinic.proof()).status_code == 403, "no provider's system reads it"
    assert clinic.http.get("/um/measures/feedback").status_code == 401


@pytest.mark.parametrize(("asked", "mending"), [({"since": "November"}, "Write a day"), ({"since": "2026-11-22", "until": "2026-11-01"}, "Exchange the two")])
def test_a_time_that_cannot_be_meant_is_refused_with_the_mending(asked: dict[str, str], mending: str, plan: Plan) -> None:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    refused = Staff(plan, CLERK).call("GET", f"/um/measures/feedback?{query}")
    assert refused.status_code == 422 and mending in refused.text


def turn_down_twenty(ehr: Ehr, topic: str) -> None:
    """Twenty signings, and twenty times no interest in this type of card."""
    for number in range(20):
        shown = cards(ehr.ask(ehr.call(BORDERLINE)), topic)
        tell(ehr, *(turned_down(card, at=f"2026-11-21T15:{number:02}:00Z") for card in shown))


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_a_card_a_clinic_always_turns_down_falls_quiet_and_comes_back(clinic: System, ehr: Ehr) -> None:
    turn_down_twenty(ehr, "guideline")
    assert cards(ehr.ask(ehr.call(BORDERLINE)), "guideline"), "the day itself stays as it began"
    clinic.plan.clock.turn(days=1)
    answer = ehr.ask(ehr.call(BORDERLINE))
    assert cards(answer, "guideline") == [] and cards(answer, "clinical-reminder"), "only this type is quiet"
    assert len(answer["systemActions"]) == 1, "the coverage information is told as ever"
    spell = row(report(clinic.plan), "guideline")["quiet"]
    assert (spell["since"], spell["until"]) == ("2026-11-21", "2026-12-21") and "20 of 20 cards" in spell["because"]
    assert [each["card"] for each in report(clinic.plan, since="2026-11-22")["quiet"]] == ["guideline"], "listed though nothing of it was shown"
    wanted = ehr.ask(ehr.call(BORDERLINE, extension={"davinci-crd.configuration": {"guideline": True}}))
    assert cards(wanted, "guideline"), "a clinic that asks for it gets it"
    clinic.plan.clock.turn(days=30)
    assert cards(ehr.ask(ehr.call(BORDERLINE)), "guideline"), "it may win back its place"


def test_what_matters_for_payment_stays_however_often_it_is_turned_down(clinic: System, ehr: Ehr) -> None:
    turn_down_twenty(ehr, "limits")
    clinic.plan.clock.turn(days=1)
    assert cards(ehr.ask(ehr.call(BORDERLINE)), "limits") and report(clinic.plan)["quiet"] == []


def calls_of_all_hooks(ehr: Ehr) -> Iterator[tuple[str, Json]]:
    """One call of each of the six hooks for the same patient."""
    chart = ehr.clinic.plan.charts.by_patient[BORDERLINE]
    order = chart.orders[0]
    named = f"{order['resourceType']}/{order['id']}"
    signing = ehr.call(BORDERLINE)
    people = {name: signing["context"][name] for name in ("userId", "patientId", "encounterId")}
    brought = {"patient": chart.patient, "coverage": searchset(chart.coverage), "encounter": chart.encounter, "orders": searchset(order)}
    visit = {
        "resourceType": "Appointment",
        "id": "visit-1",
        "status": "proposed",
        "basedOn": [{"reference": named}],
        "start": "2026-12-01T09:00:00Z",
        "end": "2026-12-01T09:30:00Z",
        "participant": [{"actor": {"reference": f"Patient/{BORDERLINE}"}, "status": "needs-action"}],
    }
    contexts: dict[str, Json] = {
        "order-sign": signing["context"],
        "order-select": {**signing["context"], "selections": [named]},
        "order-dispatch": {"patientId": BORDERLINE, "dispatchedOrders": [named], "performer": "Organization/shop"},
        "appointment-book": {**people, "appointments": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": visit}]}},
        "encounter-start": people,
        "encounter-discharge": people,
    }
    for hook, context in contexts.items():
        yield hook, {**signing, "hook": hook, "context": context, "prefetch": brought, "hookInstance": f"00000000-0000-4000-8000-{len(hook):012}"}


def command(plan: Plan, *arguments: str) -> str:
    """What ``fhir-pa measures`` prints about this payer."""
    settings = plan.payer.settings
    done = CliRunner().invoke(main, ["measures", *arguments, "--config", str(settings.config), "--data-directory", str(settings.data_directory)])
    assert done.exit_code == 0, done.output
    return done.output


def test_calls_of_all_six_hooks_become_the_guides_metric_data_and_its_nine_measures(clinic: System, ehr: Ehr) -> None:
    for hook, body in calls_of_all_hooks(ehr):
        answered = ehr.send(body, f"{hook}-crd")
        assert answered.status_code == 200, answered.text
    ehr.ask(ehr.call(SHORT_OF_OXYGEN))
    ehr.send({"hook": "order-sign", "hookInstance": "00000000-0000-4000-8000-0000000000ff"})
    when = ("--since", str(NOW.date()), "--until", str(NOW.date()))
    data = json.loads(command(clinic.plan, "crd", "--data", *when))
    assert len(data) == 8 and {call["hookType"] for call in data} == {hook for hook, _ in calls_of_all_hooks(ehr)}
    assert all(call["hookInstance"] for call in data), "of the refused call too"
    numbers = json.loads(command(clinic.plan, "crd", *when))["measures"]
    whole = {each["measure"]: (each["volume"], each["out_of"]) for each in numbers if each["by"] == "all"}
    assert (whole["with_coverage"], whole["coverage covered"], whole["determined"], whole["spared"]) == ((7, 7), (7, 7), (1, 7), (1, 7))
    assert whole["authorization_with_form"] == (3, 6), "the three supporting hooks ask for no documents"
    assert {each["name"] for each in numbers if each["by"] == "hook"} == {call["hookType"] for call in data}
    table = command(clinic.plan, "crd", "--format", "csv", *when).splitlines()
    assert table[0] == "by,name,measure,volume,out_of,percent" and len(table) == 1 + len(numbers)
    rows = command(clinic.plan, "crd", "--data", "--format", "csv", *when).splitlines()
    assert rows[0].startswith("requestTime,") and len(rows) >= 9
    chart = clinic.plan.charts.by_patient[BORDERLINE]
    private = [*many(chart.patient, "name", "family"), chart.patient["birthDate"], chart.coverage["subscriberId"], BORDERLINE]
    assert [word for word in private if str(word) in "\n".join([*table, *rows, json.dumps(data)])] == []


def test_metric_data_tells_how_a_card_ended(clinic: System, ehr: Ehr) -> None:
    answer = ehr.ask(ehr.call(CANCER))
    (shown,) = cards(answer, "guideline")
    tell(ehr, turned_down(shown))
    data = json.loads(command(clinic.plan, "crd", "--data", "--since", str(NOW.date()), "--until", str(NOW.date())))
    responses = [each for request in data[0]["request"] for each in request["response"]]
    assert {each.get("engagement") for each in responses if each["type"] == "guideline"} == {"override"}
    assert {each.get("engagement") for each in responses if each["type"] == "coverage-info"} == {None}
    assert all(each["focus"] == ["ServiceRequest"] for each in responses)


def test_feedback_is_told_on_the_command_line_as_json_and_as_a_table(clinic: System, ehr: Ehr) -> None:
    (shown,) = cards(ehr.ask(ehr.call(BORDERLINE)), "guideline")
    tell(ehr, turned_down(shown, reason=KNOWN_ALREADY, userComment=COMMENT))
    when = ("--since", str(NOW.date()), "--until", str((NOW + timedelta(days=1)).date()))
    told, table = command(clinic.plan, "feedback", *when), command(clinic.plan, "feedback", "--format", "csv", *when)
    assert row(json.loads(told), "guideline")["overridden"] == 1
    assert "guideline,home_oxygen,1,0,1,https://ehr.oakwood.example/override|known-already 1,0,order-sign 1,Practitioner 1," in table
    assert COMMENT not in told + table and "Told Mrs Amble" not in told + table
    assert json.loads(command(clinic.plan, "feedback", "--client", "nobody", *when))["cards"] == []


