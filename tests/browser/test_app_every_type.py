"""Every type of question a form may have, each answered as a person does, each kept as FHIR has it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ig_profiles.reading import Json, many
from questionnaires.form import items
from tests.browser.any_payer import SDC
from tests.browser.clinic import Clinic
from tests.browser.window import expect

HL7 = "http://hl7.org/fhir/StructureDefinition/"
CHART = "teodric-amble"
COLOURS = [{"valueCoding": {"system": "s", "code": code, "display": code.title()}} for code in ("red", "green", "blue")]
UCUM = "http://unitsofmeasure.org"
UNITS = [{"url": f"{HL7}questionnaire-unitOption", "valueCoding": {"system": UCUM, "code": code, "display": code}} for code in ("kg", "g")]


def control(code: str) -> Json:
    return {"url": f"{HL7}questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": code}]}}


def fhirpath(extension: str, expression: str) -> Json:
    return {"url": f"{SDC}{extension}", "valueExpression": {"language": "text/fhirpath", "expression": expression}}


def item(kind: str, **more: Any) -> Json:
    return {"linkId": kind, "text": f"Give a {kind}", "type": kind, **more}


def kept(clinic: Clinic) -> dict[str, list[Json]]:
    """The answers in the chart by link id, without their extensions."""
    form = (clinic.forms(CHART) or [{}])[-1]
    answered = [each for each in items(form) if "answer" in each]
    return {each["linkId"]: [{key: value for key, value in answer.items() if key.startswith("value")} for answer in each["answer"]] for each in answered}


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:16", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:214", "dtr-2.0.1:351", "dtr-2.0.1:363",
    "dtr-2.2:conf-5", "dtr-2.2:conf-6", "dtr-2.2:spec-19", "dtr-2.2:spec-144",
)  # fmt: skip
def test_what_is_typed_is_kept_in_its_type(fresh: Any) -> None:
    written = {
        "string": ("at rest", {"valueString": "at rest"}),
        "text": ("two\nlines", {"valueString": "two\nlines"}),
        "integer": ("4", {"valueInteger": 4}),
        "decimal": ("88,5", {"valueDecimal": 88.5}),
        "date": ("2026-11-21", {"valueDate": "2026-11-21"}),
        "time": ("09:30", {"valueTime": "09:30:00"}),
        "url": ("https://clinic.example/r", {"valueUri": "https://clinic.example/r"}),
    }
    clinic, window, _ = fresh(*(item(kind, required=True) for kind in written))
    left = window.page.locator(".left")
    for before, (kind, (typed, _)) in enumerate(written.items()):
        expect(left).to_have_text(f"{len(written) - before} of {len(written)} left")
        window.type(f"Give a {kind}", typed)
    expect(left).to_have_text("Nothing left")
    window.until(lambda: kept(clinic) == {kind: [value] for kind, (_, value) in written.items()}, "each is kept in its type")


@pytest.mark.requirement("dtr-2.0.1:68", "dtr-2.0.1:368", "dtr-2.2:spec-20")
def test_a_type_or_an_extension_nobody_knows_stops_nobody(fresh: Any) -> None:
    clinic, window, _ = fresh(item("hologram", extension=[{"url": "http://unknown.example", "valueString": "x"}], required=True))
    window.type("Give a hologram", "in words")
    window.until(lambda: kept(clinic) == {"hologram": [{"valueString": "in words"}]}, "kept")


def test_a_moment_is_kept_with_its_offset(fresh: Any) -> None:
    clinic, window, _ = fresh(item("dateTime"))
    window.type("Give a dateTime", "2026-11-21T09:30")
    window.until(lambda: bool(kept(clinic)), "it is kept")
    said = kept(clinic)["dateTime"][0]["valueDateTime"]
    assert said.startswith("2026-11-21T09:30:00") and said[-6] in "+-"


def test_a_quantity_has_the_unit_that_was_chosen(fresh: Any) -> None:
    clinic, window, _ = fresh(item("quantity", extension=UNITS))
    window.type("Give a quantity", "80")
    window.page.get_by_label("Unit").select_option("g")
    chosen = {"valueQuantity": {"value": 80, "unit": "g", "system": UCUM, "code": "g"}}
    window.until(lambda: kept(clinic) == {"quantity": [chosen]}, "kept")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
)  # fmt: skip
def test_the_units_may_come_from_a_value_set_of_the_package(fresh: Any) -> None:
    codes = [{"system": UCUM, "code": code, "display": name} for code, name in (("mg", "milligrams"), ("g", "grams"))]
    sets = ({"resourceType": "ValueSet", "url": "http://payer.example/ValueSet/masses", "expansion": {"contains": codes}},)
    listed = {"url": f"{HL7}questionnaire-unitValueSet", "valueCanonical": "http://payer.example/ValueSet/masses"}
    clinic, window, _ = fresh(item("quantity", extension=[listed]), value_sets=sets)
    window.type("Give a quantity", "5")
    window.page.get_by_label("Unit").select_option("g")
    window.until(lambda: kept(clinic).get("quantity", [{}])[0].get("valueQuantity", {}).get("code") == "g", "kept in grams")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
)  # fmt: skip
def test_choices_by_button_box_list_and_search(fresh: Any) -> None:
    clinic, window, _ = fresh(
        {**item("choice", answerOption=COLOURS), "linkId": "one", "text": "One colour"},
        {**item("choice", answerOption=COLOURS, repeats=True), "linkId": "some", "text": "Some colours"},
        {**item("choice", answerOption=COLOURS, extension=[control("drop-down")]), "linkId": "listed", "text": "A listed colour"},
        {**item("choice", answerOption=COLOURS, extension=[control("autocomplete")]), "linkId": "found", "text": "A colour to find"},
        {**item("open-choice", answerOption=COLOURS), "linkId": "own", "text": "Any colour"},
    )
    window.pick("One colour", "Green")
    for colour in ("Red", "Blue"):
        window.question("Some colours").get_by_label(colour).check()
    window.question("A listed colour").get_by_role("combobox").select_option(label="Blue")
    box = window.question("A colour to find").get_by_role("combobox")
    box.fill("gr")
    match = window.question("A colour to find").get_by_role("option", name="Green")
    expect(match).to_be_visible()
    box.press("ArrowDown")
    expect(match).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    own = window.question("Any colour").get_by_label("Another answer, in your own words")
    own.fill("mauve")
    own.blur()

    def codes() -> dict[str, list[str]]:
        return {link: [each.get("valueCoding", {}).get("code") or each["valueString"] for each in said] for link, said in kept(clinic).items()}

    window.until(lambda: codes() == {"one": ["green"], "some": ["red", "blue"], "listed": ["blue"], "found": ["green"], "own": ["mauve"]}, f"kept: {codes()}")


@pytest.mark.requirement("dtr-2.0.1:243", "dtr-2.2:oper-4")
def test_a_long_list_is_searched_at_the_payer(fresh: Any) -> None:
    codes = tuple({"system": "s", "code": str(number), "display": f"Disease {number}"} for number in range(100))
    clinic, window, _ = fresh(item("choice", answerValueSet="http://payer.example/ValueSet/many"), codes=codes)
    box = window.question("Give a choice").get_by_role("combobox")
    box.fill("disease 42")
    window.page.get_by_role("option", name="Disease 42").click()
    window.until(lambda: kept(clinic).get("choice") == [{"valueCoding": codes[42]}], "kept")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:173", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6",
    "dtr-2.2:spec-19", "dtr-2.2:spec-62",
)  # fmt: skip
def test_a_reference_points_to_something_in_the_chart(fresh: Any) -> None:
    query = {"url": f"{SDC}candidateExpression", "valueExpression": {"language": "application/x-fhir-query", "expression": "Condition?patient={{%patient.id}}"}}
    clinic, window, _ = fresh(item("reference", extension=[query]))
    box = window.question("Give a reference").get_by_role("combobox")
    box.press("ArrowDown")
    window.page.get_by_role("option", name="Long-lasting low oxygen").click()
    window.until(lambda: bool(kept(clinic)), "kept")
    assert kept(clinic)["reference"][0]["valueReference"]["reference"] == "Condition/teodric-amble-hypoxia"


def test_a_file_travels_in_the_answer_and_one_of_another_kind_is_refused_in_place(fresh: Any) -> None:
    clinic, window, _ = fresh(item("attachment", extension=[{"url": f"{HL7}mimeType", "valueCode": "application/pdf"}]))
    chooser = window.question("Give a attachment").locator("input[type=file]")
    chooser.set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"no"})
    expect(window.question("Give a attachment").locator(".error")).to_contain_text("application/pdf")
    chooser.set_input_files({"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    window.until(lambda: kept(clinic).get("attachment", [{}])[0].get("valueAttachment", {}).get("data") == "JVBERi0xLjQ=", "kept")
    window.says("report.pdf")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
)  # fmt: skip
def test_rows_are_added_and_removed(fresh: Any) -> None:
    row = {"linkId": "step", "text": "Earlier treatment", "type": "group", "repeats": True, "item": [item("string"), item("date")]}
    clinic, window, _ = fresh(row)
    window.page.get_by_role("textbox", name="Give a string").fill("Salve")
    window.press("Add another")
    expect(window.page.locator("fieldset:focus-within > legend")).to_have_text("Earlier treatment, entry 2")
    window.page.get_by_role("textbox", name="Give a string").nth(1).fill("Pills")
    window.page.keyboard.press("Tab")

    def rows() -> list[Any]:
        return [many(group, "item", "answer", "valueString") for group in many((clinic.forms(CHART) or [{}])[-1], "item")]

    window.until(lambda: rows() == [["Salve"], ["Pills"]], f"two rows: {rows()}")
    window.page.get_by_role("button", name="Remove this entry").first.click()
    window.until(lambda: rows() == [["Pills"]], f"one row: {rows()}")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:173", "dtr-2.0.1:178", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:222", "dtr-2.0.1:351",
    "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19", "dtr-2.2:spec-62", "dtr-2.2:spec-66", "dtr-2.2:spec-135", "dtr-2.2:spec-150",
)  # fmt: skip
def test_calculations_conditions_and_constraints_follow_each_change(fresh: Any) -> None:
    total = fhirpath("calculatedExpression", "%resource.item.where(linkId in ('a' | 'b')).answer.value.sum()")
    steer = fhirpath("enableWhenExpression", "%resource.item.where(linkId='a').answer.value > 3")
    parts = [
        {"url": "key", "valueId": "c"},
        {"url": "severity", "valueCode": "error"},
        {"url": "expression", "valueString": "item.where(linkId='a').answer.value <= item.where(linkId='b').answer.value"},
        {"url": "human", "valueString": "The first may not exceed the second."},
    ]
    rule = {"url": f"{HL7}questionnaire-constraint", "extension": parts}
    numbers = [{"linkId": name, "text": f"Number {name}", "type": "integer"} for name in "ab"]
    form = {"extension": [rule]}
    clinic, window, _ = fresh(
        *numbers,
        {"linkId": "sum", "text": "The sum", "type": "integer", "readOnly": True, "extension": [total]},
        {"linkId": "more", "text": "Why more than three?", "type": "string", "required": True, "extension": [steer]},
        form=form,
    )
    expect(window.question("Number a")).to_be_visible()
    expect(window.question("Why more")).to_be_hidden()
    window.type("Number a", "4")
    window.type("Number b", "2")
    expect(window.question("Why more")).to_be_visible()
    window.until(lambda: kept(clinic).get("sum") == [{"valueInteger": 6}], "the sum is kept")
    expect(window.question("The sum")).to_contain_text("6", use_inner_text=True)
    window.type("Why more", "because")
    window.press("Review")
    window.says("The first may not exceed the second.")
    window.type("Number b", "9")
    window.press("Review")
    window.page.wait_for_selector(".review")


@pytest.mark.requirement("dtr-2.0.1:212", "dtr-2.0.1:213", "dtr-2.2:spec-142", "dtr-2.2:spec-143")
def test_what_cannot_be_right_is_said_beside_the_field_and_announced_with_it(fresh: Any) -> None:
    low, high = {"url": f"{HL7}minValue", "valueInteger": 1}, {"url": f"{HL7}maxValue", "valueInteger": 10}
    _, window, _ = fresh(item("integer", extension=[low, high], required=True))
    window.type("Give a integer", "eleven")
    field = window.page.get_by_role("textbox", name="Give a integer")
    for words, typed in (("Write a whole number", "eleven"), ("Must be 10 or less", "11")):
        window.type("Give a integer", typed)
        error = window.question("Give a integer").locator(".error")
        expect(error).to_contain_text(words)
        expect(field).to_have_attribute("aria-invalid", "true")
        assert error.get_attribute("id") in field.get_attribute("aria-describedby")
    window.press("Review")
    window.says("1 thing needs you", at=".wrongs[role=alert]")
    expect(field).to_be_focused()
    window.type("Give a integer", "5")
    expect(field).not_to_have_attribute("aria-invalid", re.compile(""))


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:203", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6",
    "dtr-2.2:spec-19",
)  # fmt: skip
def test_hidden_and_fixed_items_help_and_markup(fresh: Any) -> None:
    """Trap 26: markup of the payer is rebuilt from a short list; nothing of it runs."""
    markup = "<p>Read <b>this</b> <img src=x onerror=alert(1)><script>alert(2)</script><a href='javascript:alert(3)'>bad</a> <a href='https://payer.example/p'>good</a></p>"
    shown = {"linkId": "note", "type": "display", "text": "plain", "_text": {"extension": [{"url": f"{HL7}rendering-xhtml", "valueString": markup}]}}
    unseen = {"url": f"{HL7}questionnaire-hidden", "valueBoolean": True}
    hidden = {"linkId": "h", "type": "string", "text": "Not to be seen", "extension": [unseen], "initial": [{"valueString": "x"}]}
    helped = item("boolean", item=[{"linkId": "b.help", "type": "display", "text": "Only in the last year.", "extension": [control("help")]}])
    link = {"url": f"{HL7}questionnaire-supportLink", "valueUri": "https://payer.example/policy"}
    clinic, window, _ = fresh(shown, hidden, {**helped, "extension": [link]})
    window.expect("Executing inline event handler violates")
    display = window.page.locator(".display")
    expect(display.locator("b")).to_have_text("this")
    assert display.locator("img, script").count() == 0
    assert [each.get_attribute("href") for each in display.locator("a").all()] == [None, "https://payer.example/p"]
    why = window.question("Give a boolean").locator(".why")
    expect(why).to_contain_text("Only in the last year.", use_inner_text=True)
    assert "Not to be seen" not in window.text()
    assert (why.locator("a").get_attribute("href"), why.locator("a").get_attribute("rel")) == ("https://payer.example/policy", "noopener noreferrer")
    window.until(lambda: kept(clinic).get("h") == [{"valueString": "x"}], "the hidden answer is kept")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:221", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6",
    "dtr-2.2:spec-19",
)  # fmt: skip
def test_a_form_that_must_be_signed_is_signed_by_the_clinician_and_not_otherwise(fresh: Any) -> None:
    verification = {"coding": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.5"}]}
    signature = {"url": f"{HL7}questionnaire-signatureRequired", "valueCodeableConcept": verification}
    clinic, window, _ = fresh(item("boolean"), form={"extension": [signature]})
    window.pick("Give a boolean", "Yes")
    window.press("Review")
    window.press("Finish, send later")
    window.says("Sign the form first", at=".review")
    window.page.get_by_label("have checked these answers and sign them").check()
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    [signed] = [each["valueSignature"] for each in clinic.forms(CHART)[-1]["extension"] if each["url"] == f"{HL7}questionnaireresponse-signature"]
    assert signed["who"] == {"reference": "Practitioner/halvard-brisk"}
    assert signed["type"][0]["code"] == "1.2.840.10065.1.12.1.5"
    assert signed["sigFormat"] == "application/jose"
