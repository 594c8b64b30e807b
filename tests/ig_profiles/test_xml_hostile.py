"""XML that is wrong, or means harm: refused with the place and the mending, within bounds, and never with a crash."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ig_profiles import json, xml
from ig_profiles.outcome import Issue, Refusal, TooLarge, Unreadable
from ig_profiles.registry import open_set
from ig_profiles.xml import reading
from ig_profiles.xml.shapes import Shapes

R4 = open_set("2.0.1")
SHAPES = Shapes(R4.type)
NS = 'xmlns="http://hl7.org/fhir"'
NAME = '<name><family value="x"/></name>'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def issues(text: str | bytes) -> tuple[Issue, ...]:
    """What the reader has against this text."""
    with pytest.raises(Unreadable) as refused:
        xml.parse(text if isinstance(text, bytes) else text.encode(), R4)
    return refused.value.issues


FAULTY = [
    ("<foo value='1'/>", "Patient.foo", "foo is no element of Patient. Correct the name"),
    ("<name><familly value='Crane'/></name>", "Patient.name[0].familly", "no element of HumanName"),
    ("<contact/><contact><name/><foo/></contact>", "Patient.contact[1].foo", "no element of Patient.contact"),
    ("<active>true</active>", "Patient.active", 'as an attribute: value="…"'),
    ("<active value='yes'/>", "Patient.active", "Write true or false"),
    ("<active/>", "Patient.active", "has no value"),
    ("<birthDate value=''/>", "Patient.birthDate", "Give it a value, or leave it out"),
    ("<active value='true' code='x'/>", "Patient.active.code", "is no attribute of active"),
    ("<name family='Crane'/>", "Patient.name[0].family", 'Write it as an element: <family value="…"/>'),
    ("<name surname='Crane'/>", "Patient.name[0].surname", "is no attribute of HumanName. Leave it out"),
    ("<name x:y='1' xmlns:x='urn:x'/>", "Patient.name[0].y", "y is no attribute of HumanName"),
    ("<name/>", "Patient.name[0]", "is empty. Give it content"),
    ("<gender value='male'/><gender value='female'/>", "Patient.gender", "may stand once"),
    ("<multipleBirthInteger value='02'/>", "Patient.multipleBirthInteger", "without leading zeros"),
    ("<multipleBirthInteger value='1e400'/>", "Patient.multipleBirthInteger", "whole number"),
    ("<multipleBirthInteger value='" + "9" * 5000 + "'/>", "Patient.multipleBirthInteger", "whole number"),
    ("<extension url='u'><valueDecimal value='1,5'/></extension>", "Patient.extension[0].valueDecimal", "12.50"),
    ("<extension url='u'><valueDecimal value='1e99999999999'/></extension>", "Patient.extension[0].valueDecimal", "decimal number"),
    ("<extension url=''/>", "Patient.extension[0].url", "is empty"),
    ("<active value='true'><note value='x'/></active>", "Patient.active.note", "no element of a boolean"),
    ("<active xmlns='' value='true'/>", "Patient.active", 'is in no namespace. Declare xmlns="http://hl7.org/fhir"'),
    ("<x:active xmlns:x='urn:x' value='true'/>", "Patient.active", "is in the namespace urn:x"),
    ("<contained><Nope/></contained>", "Patient.contained[0].Nope", "no resource type of FHIR R4"),
    ("<contained/>", "Patient.contained[0]", "holds no resource"),
    ("<contained id='c'><Basic><id value='b'/></Basic></contained>", "Patient.contained[0]", "takes no attributes"),
    ("<contained><Basic><id value='b'/></Basic><Basic><id value='c'/></Basic></contained>", "Patient.contained[0].Basic", "element of its own"),
    ("<text><div>no namespace</div></text>", "Patient.text.div", 'Declare xmlns="http://www.w3.org/1999/xhtml"'),
    (f"<text><div {XHTML}><svg xmlns='http://www.w3.org/2000/svg'/></div></text>", "Patient.text.div.svg", "is not XHTML"),
    (f"<text><div {XHTML}><p x:y='1' xmlns:x='urn:x'/></div></text>", "Patient.text.div.y", "no attribute of XHTML"),
    ("<resourceType value='Claim'/>", "Patient.resourceType", "no element of Patient"),
]


@pytest.mark.parametrize(("inside", "expression", "what"), FAULTY, ids=[f"{row[1]} {row[2][:30]}" for row in FAULTY])
def test_each_fault_is_told_with_its_place_and_its_mending(inside: str, expression: str, what: str) -> None:
    found = {issue.expression: issue for issue in issues(f"<Patient {NS}>\n  {inside}</Patient>")}
    assert expression in found, found
    assert what in found[expression].text and "At line 2, column" in found[expression].text


def test_every_fault_is_told_at_once_up_to_a_number_that_helps() -> None:
    assert [issue.expression for issue in issues(f"<Patient {NS}><foo/><active value='x'/></Patient>")] == ["Patient.foo", "Patient.active"]
    assert len(issues(f"<Patient {NS}>{'<foo/>' * 500}</Patient>")) == 20


def test_a_fault_deep_in_a_bundle_says_which_entry() -> None:
    second = "<entry><resource><Claim>\n<sttus value='active'/></Claim></resource></entry>"
    (issue,) = issues(f"<Bundle {NS}><entry><fullUrl value='u'/></entry>\n{second}</Bundle>")
    assert issue.expression == "Bundle.entry[1].resource.sttus"
    assert issue.diagnostics == "line 3, column 1"


ROOTS = [
    ("<Patient/>", "no namespace"),
    ('<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "is in the namespace urn:hl7-org:v3"),
    (f"<Nope {NS}/>", "no resource type"),
    (f"<HumanName {NS}><family value='x'/></HumanName>", "no resource type"),
    (f"<Resource {NS}/>", "no resource type"),
    ("", "The body is not XML: no element found"),
    ("<Patient", "The body is not XML"),
    (f"<Patient {NS}><active></Patient>", "mismatched tag at line 1"),
    (f"<Patient {NS}><text><div {XHTML}>&nbsp;</div></text></Patient>", "undefined entity at line 1"),
    (f"<Patient {NS}><birthDate value='&#xD800;'/></Patient>", "The body is not XML"),
    (f"<Patient {NS}/><Patient {NS}/>", "junk after document element"),
]


@pytest.mark.parametrize(("text", "what"), ROOTS, ids=[row[1] for row in ROOTS])
def test_what_is_no_resource_is_called_so(text: str, what: str) -> None:
    assert what in issues(text)[0].text


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"
DOCTYPES = [
    LAUGHS + f"<Patient {NS}><id value='&i;'/></Patient>",
    f'<!DOCTYPE Patient [<!ENTITY secret SYSTEM "file:///etc/passwd">]><Patient {NS}><id value="x"/>&secret;</Patient>',
    f'<!DOCTYPE Patient SYSTEM "http://127.0.0.1:9/evil.dtd"><Patient {NS}><id value="x"/></Patient>',
    f'<!DOCTYPE Patient [<!ENTITY % p SYSTEM "file:///dev/random"> %p;]><Patient {NS}/>',
    f"<!DOCTYPE Patient><Patient {NS}><id value='x'/></Patient>",
]


@pytest.mark.parametrize("text", DOCTYPES, ids=["laughs", "file", "network", "parameter entity", "harmless"])
def test_a_document_type_is_refused_before_anything_in_it_counts(text: str) -> None:
    (issue,) = issues(text)
    assert "DOCTYPE" in issue.text and "leave it out" in issue.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "iso-8859-1", "utf-7"])
def test_only_utf_8_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><Patient {NS}><id value="é"/></Patient>'
    told = issues(text.encode(encoding))[0].text
    assert "UTF-8" in told


def test_utf_8_with_a_byte_order_mark_is_read() -> None:
    text = f'\ufeff<?xml version="1.0" encoding="UTF-8"?><Basic {NS}><text><div {XHTML}>é</div></text></Basic>'
    assert xml.parse(text.encode(), R4)["text"]["div"] == f"<div {XHTML}>é</div>"


NESTED = [
    ("<contained><Parameters>", "</Parameters></contained>"),
    ("<extension url='u'>", "</extension>"),
    ("<foo>", "</foo>"),
]


@pytest.mark.parametrize(("begin", "end"), NESTED, ids=["resources", "extensions", "unknown"])
def test_nesting_has_an_end(begin: str, end: str) -> None:
    for levels in (100, 50_000):
        with pytest.raises(TooLarge, match="nested more than 64 levels deep. Flatten it"):
            xml.parse(f"<Patient {NS}>{begin * levels}{end * levels}</Patient>".encode(), R4)


def test_nesting_in_a_narrative_has_an_end_too() -> None:
    with pytest.raises(TooLarge, match="Flatten"):
        xml.parse(f"<Patient {NS}><text><div {XHTML}>{'<b>' * 100}{'</b>' * 100}</div></text></Patient>".encode(), R4)


def test_xml_may_be_nested_as_deep_as_json_and_no_deeper() -> None:
    said: dict[str, object] = {"linkId": "1"}
    for _ in range(30):
        said = {"linkId": "1", "item": [said]}
    form = {"resourceType": "Questionnaire", "item": [said]}
    written = xml.dump(form, R4)
    deepest = next(depth for depth in range(100) if _taken(json.parse, json.dump(form), max_depth=depth))
    assert _taken(reading.parse, written, SHAPES, max_depth=deepest) and not _taken(reading.parse, written, SHAPES, max_depth=deepest - 1)


def _taken(read: Callable[..., object], *what: object, max_depth: int) -> bool:
    try:
        return bool(read(*what, max_depth=max_depth))
    except TooLarge:
        return False


def test_elements_and_bytes_are_counted() -> None:
    many = f"<Patient {NS}>{NAME * 500}</Patient>"
    assert len(xml.parse(many.encode(), R4)["name"]) == 500
    with pytest.raises(TooLarge, match="more than 100 elements. Send the resources in several calls"):
        reading.parse(many.encode(), SHAPES, max_elements=100)
    with pytest.raises(TooLarge, match="this server takes 1,000"):
        xml.parse(many.encode(), R4, max_bytes=1000)


SEED = (
    f'<Bundle {NS}><type value="collection"/><entry><fullUrl value="urn:uuid:1"/><resource><Patient><id value="1"/><text><status value="generated"/>'
    f'<div {XHTML}>a<b>c</b></div></text><active value="true"/><name id="n"><given value="Orla"><extension url="u"><valueDecimal value="1.0"/>'
    "</extension></given></name></Patient></resource></entry></Bundle>"
)
PIECES = ["<", ">", "/>", "&", "&lt;", "&x;", '"', "=", " ", "<!--", "-->", "<![CDATA[", "]]>", "<?x", "?>", "<!DOCTYPE a [", 'xmlns="', "xmlns:a='u' a:b='c'"]
NAMES = ["<id/>", "<name>", "</name>", '<div xmlns="http://www.w3.org/1999/xhtml">', "</div>", "<contained>", "<Patient>", "value='", "\x00", "\ufffe"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 30), st.sampled_from([*PIECES, *NAMES, ""])), min_size=1, max_size=4))
def test_mutated_xml_is_read_or_refused_and_never_anything_else(changes: list[tuple[int, int, str]]) -> None:
    text = SEED
    for start, length, piece in changes:
        text = text[:start] + piece + text[start + length :]
    try:
        read = xml.parse(text.encode(), R4)
    except Refusal as refusal:
        assert all(len(issue.text) > 20 for issue in refusal.issues)
    else:
        assert xml.parse(xml.dump(read, R4), R4) == read


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        xml.parse(b"<Patient>" + body, R4)


KEYS = ["name", "given", "_given", "active", "_active", "extension", "url", "id", "text", "div", "contained", "resourceType", "birthDate", "foo"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "Patient", "<div>", "\x00", "\ufffe", f"<div {XHTML}>&nbsp;</div>", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_any_json_is_written_as_xml_that_reads_or_refused_and_leniently_never_refused(value: dict[str, object]) -> None:
    patient = {**value, "resourceType": "Patient", "id": "1"}
    try:
        written = xml.dump(patient, R4)
    except Refusal as refusal:
        assert all(issue.expression and issue.expression.startswith("Patient") for issue in refusal.issues)
    else:
        again = xml.parse(written, R4)
        assert xml.dump(again, R4) == written
    assert xml.parse(xml.dump(patient, R4, lenient=True), R4)["id"] == "1"


UNSAYABLE = [
    ({"foo": 1}, "Patient.foo", "no element of Patient"),
    ({"active": "true"}, "Patient.active", "no boolean"),
    ({"active": [True]}, "Patient.active", "without a list"),
    ({"name": {"family": "Crane"}}, "Patient.name", "Write a list"),
    ({"name": [{"family": "a\x07b"}]}, "Patient.name[0].family", "control character"),
    ({"name": [{"given": ["a", None]}]}, "Patient.name[0].given[1]", "nothing in it that XML can say"),
    ({"contained": [{"resourceType": "Nope"}]}, "Patient.contained[0]", "Correct resourceType"),
    ({"text": {"div": "<div>plain</div>"}}, "Patient.text.div", "declares no namespace"),
    ({"text": {"div": f"<div {XHTML}><br></div>"}}, "Patient.text.div", "every tag closed"),
    ({"text": {"div": f"<div {XHTML}/></text><active value='true'/><text>"}}, "Patient.text.div", "no well-formed XHTML"),
    ({"text": {"div": 5}}, "Patient.text.div", "no well-formed XHTML"),
]


@pytest.mark.parametrize(("what", "expression", "mending"), UNSAYABLE, ids=[f"{row[1]} {row[2]}" for row in UNSAYABLE])
def test_what_xml_cannot_say_is_told_or_left_out(what: dict[str, object], expression: str, mending: str) -> None:
    patient = {"resourceType": "Patient", "id": "1", **what}
    with pytest.raises(Unreadable) as refused:
        xml.dump(patient, R4)
    assert any(issue.expression == expression and mending in issue.text for issue in refused.value.issues), refused.value.issues
    read = xml.parse(xml.dump(patient, R4, lenient=True), R4)
    assert "active" not in read or read["active"] is True
    assert read["resourceType"] == "Patient"


def test_a_narrative_that_is_no_xhtml_is_still_to_be_read_by_a_person() -> None:
    written = xml.dump({"resourceType": "Patient", "text": {"div": "<div><br>Take with food</div>"}}, R4, lenient=True)
    assert xml.parse(written, R4)["text"]["div"] == f"<div {XHTML}>&lt;div&gt;&lt;br&gt;Take with food&lt;/div&gt;</div>"


def test_a_resource_nested_without_end_is_not_written() -> None:
    deep: dict[str, object] = {"url": "u"}
    for _ in range(500):
        deep = {"url": "u", "extension": [deep]}
    with pytest.raises(TooLarge, match="Flatten it"):
        xml.dump({"resourceType": "Patient", "extension": [deep]}, R4)
