"""FHIR XML and FHIR JSON say the same, to the last digit and the last space of the narrative."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from decimal import Decimal

import pytest
from lxml import etree

from ig_profiles import json, xml
from ig_profiles.registry import open_set
from tests.packages import FOLDER

R4 = open_set("2.0.1")
PACKAGES = {
    "2.0.1": ["davinci-pas-2.0.1", "davinci-crd-2.0.1", "davinci-dtr-2.0.1"],
    "2.2": ["davinci-pas-2.2.1", "davinci-crd-2.2.0", "davinci-dtr-2.2.0.snapshots"],
}

PATIENT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment, passed over --><?note passed over too?>
<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir patient.xsd">
  <id value="p1"/>
  <text><status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><p class='plain'>Orla &quot;O&quot; &#160; &amp; <b>more</b><!-- kept --><br/></p></div>
  </text>
  <contained><Organization><id value="o"/><name value="a&#10;b"/></Organization></contained>
  <extension url="http://larkfield.example/weight"><valueDecimal value="1.10"/></extension>
  <active id="a1" value="true"/>
  <name id="n1">
    <given value="Orla"/>
    <given><extension url="http://larkfield.example/unknown"><valueCode value="unknown"/></extension></given>
    <given id="g3" value="M"/>
    <given value="Q"/>
  </name>
  <birthDate value="1974-03-02"><extension url="http://larkfield.example/time"><valueTime value="10:00:00"/></extension></birthDate>
  <multipleBirthInteger value="2"/>
  <managingOrganization><reference value="#o"/></managingOrganization>
</Patient>"""

SAME = {
    "resourceType": "Patient",
    "id": "p1",
    "text": {
        "status": "generated",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p class=\'plain\'>Orla &quot;O&quot; &#160; &amp; <b>more</b><!-- kept --><br/></p></div>',
    },
    "contained": [{"resourceType": "Organization", "id": "o", "name": "a\nb"}],
    "extension": [{"url": "http://larkfield.example/weight", "valueDecimal": Decimal("1.10")}],
    "active": True,
    "_active": {"id": "a1"},
    "name": [
        {
            "id": "n1",
            "given": ["Orla", None, "M", "Q"],
            "_given": [None, {"extension": [{"url": "http://larkfield.example/unknown", "valueCode": "unknown"}]}, {"id": "g3"}, None],
        }
    ],
    "birthDate": "1974-03-02",
    "_birthDate": {"extension": [{"url": "http://larkfield.example/time", "valueTime": "10:00:00"}]},
    "multipleBirthInteger": 2,
    "managingOrganization": {"reference": "#o"},
}


def canonical(text: bytes) -> bytes:
    """The text without what means nothing in XML: comments, declarations, whitespace between elements."""
    tree = etree.fromstring(text, etree.XMLParser(remove_comments=True, remove_pis=True, remove_blank_text=True))
    tree.attrib.clear()
    etree.cleanup_namespaces(tree)
    return etree.tostring(tree, method="c14n")


def test_everything_xml_can_say_is_read() -> None:
    assert xml.parse(PATIENT.encode(), R4) == SAME


def test_a_decimal_keeps_its_digits_both_ways() -> None:
    read = xml.parse(PATIENT.encode(), R4)
    assert json.dump(read["extension"][0]).endswith(b'"valueDecimal":1.10}') and b'value="1.10"' in xml.dump(read, R4)


def test_what_is_written_is_the_same_document_as_what_was_read() -> None:
    for pretty in (False, True):
        assert canonical(xml.dump(SAME, R4, pretty=pretty)) == canonical(PATIENT.encode())


@pytest.mark.parametrize(("guide", "package"), [(guide, package) for guide, packages in PACKAGES.items() for package in packages])
def test_every_resource_of_a_published_package_survives_the_way_through_xml(guide: str, package: str) -> None:
    registry, seen = open_set(guide), 0
    for name, body in published(f"hl7.fhir.us.{package}"):
        resource = json.parse(body)
        back = xml.parse(xml.dump(resource, registry, pretty=seen % 2 == 0), registry)
        assert back == resource, f"{name} came back changed"
        assert json.dump(_ordered_as(back, resource)) == json.dump(back), f"{name} lost digits"
        seen += 1
    assert seen >= 15


def published(package: str) -> Iterator[tuple[str, bytes]]:
    """The resources in a package, examples and definitions, but for the longest; skips the test where it is not at hand."""
    path = FOLDER / f"{package}.tgz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds it")
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name.endswith(".json") and member.size < 100_000:
                body = archive.extractfile(member).read()  # type: ignore[union-attr]
                if b'"resourceType"' in body[:200] and "/." not in member.name:
                    yield member.name, body


def _ordered_as(model: object, resource: object) -> object:
    """The resource with its keys in the model's order: JSON objects have none."""
    if isinstance(model, dict) and isinstance(resource, dict):
        return {key: _ordered_as(model[key], resource[key]) for key in model}
    if isinstance(model, list) and isinstance(resource, list):
        return [_ordered_as(*pair) for pair in zip(model, resource, strict=True)]
    return resource


def test_elements_are_written_in_the_order_of_the_specification() -> None:
    said = xml.dump({"birthDate": "1974-03-02", "name": [{"family": "Crane"}], "active": True, "resourceType": "Patient", "id": "1"}, R4).decode()
    order = [said.index(f"<{name}") for name in ("id", "active", "name", "birthDate")]
    assert order == sorted(order)


def test_nested_items_follow_the_content_reference() -> None:
    form = {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "item": [{"linkId": "1.1", "item": [{"linkId": "1.1.1"}]}]}]}
    assert xml.parse(xml.dump(form, R4), R4) == form


def test_values_that_are_all_absent_have_no_array_of_their_own() -> None:
    said = b'<Patient xmlns="http://hl7.org/fhir"><name><given id="a"/></name></Patient>'
    assert xml.parse(said, R4)["name"] == [{"_given": [{"id": "a"}]}]


def test_newlines_tabs_and_quotes_inside_a_value_survive() -> None:
    note = {"resourceType": "Basic", "id": "b", "extension": [{"url": "u", "valueString": " a\r\n\tb <&> \"c\" 'd' \u00a0\U0001f600 "}]}
    assert xml.parse(xml.dump(note, R4), R4) == note


def test_a_prefix_for_fhir_is_as_good_as_none() -> None:
    said = b'<f:Patient xmlns:f="http://hl7.org/fhir"><f:active value="true"/></f:Patient>'
    assert xml.parse(said, R4) == {"resourceType": "Patient", "active": True}


def test_a_narrative_that_leans_on_prefixes_around_it_is_made_to_stand_alone() -> None:
    around = '<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text>%s</text></Patient>'
    read = xml.parse((around % '<h:div xml:lang="en"><h:p title="&lt;">a &lt; b</h:p></h:div>').encode(), R4)
    assert read["text"]["div"] == '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><p title="&lt;">a &lt; b</p></div>'


def test_an_empty_self_closed_narrative_is_read() -> None:
    said = b'<Patient xmlns="http://hl7.org/fhir"><text><div xmlns="http://www.w3.org/1999/xhtml" title="/>"/></text></Patient>'
    assert xml.parse(said, R4)["text"]["div"] == '<div xmlns="http://www.w3.org/1999/xhtml" title="/&gt;"></div>'


def test_html_entities_in_a_narrative_become_characters() -> None:
    written = xml.dump({"resourceType": "Basic", "text": {"div": '<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;b&amp;c</div>'}}, R4)
    assert "a\u00a0b&amp;c" in written.decode()
