"""htmlChecks(): what a narrative may hold (hl7.org/fhir/R4/narrative.html, txt-1 and txt-2)."""

from __future__ import annotations

import pytest

from ig_profiles import fhirpath
from ig_profiles.fhirpath.narrative import narrative_faults

SAFE = [
    "<p>Walks <b>again</b>.<br/></p>",
    "<table class='grid'><tr><td colspan=\"2\">86 %</td></tr></table>",
    '<a name="item-1"> </a> see <a href="#item-1">here</a>',
    '<img src="data:image/png;base64,AAAA" alt="scan"/>',
    "a &lt; b &amp;&#160;c &nbsp;",
    "<!-- generated -->text",
    '<p title="a > b">text</p>',
    '<p xml:lang="en" lang="en" style="margin: 0">text</p>',
]
UNSAFE = [
    ("<script>alert(1)</script>", "'script' is not allowed"),
    ("<iframe src='x'>a</iframe>", "'iframe' is not allowed"),
    ("<form><input/>a</form>", "'form' is not allowed"),
    ('<p onclick="alert(1)">a</p>', "'onclick' is not allowed on 'p'"),
    ('<a href="javascript:alert(1)">a</a>', "href of 'a' runs a script"),
    ('<a href="&#106;ava\nscript:alert(1)">a</a>', "href of 'a' runs a script"),
    ('<a href="data:text/html,x">a</a>', "href of 'a' runs a script"),
    ("<p>a", "closes what is not open"),
    ("a</p>", "closes what is not open"),
    ("<p title=a>a</p>", "each written once"),
    ("<p title='a' title='b'>a</p>", "each written once"),
    ("a & b", "write '&amp;'"),
    ("a < b", "write '&lt;'"),
    ("<![CDATA[a]]>", "Leave out document types"),
    ("<?run x?>a", "Leave out document types"),
    ("", "says nothing"),
    ("  <p> </p>", "says nothing"),
]
WHOLE = [
    ("", "one 'div'"),
    ("plain", "one 'div'"),
    ("<p>a</p>", "one 'div'"),
    ("<div>a</div><div>b</div>", "one 'div'"),
    ("<div>a</div> after", "one 'div'"),
    ("<div>a", "one 'div'"),
    ("<div>a<br/>", "'div' is not closed"),
    ('<div xmlns="http://example.org">a</div>', "namespace"),
    ('<!DOCTYPE div [<!ENTITY a "b">]><div>&a;</div>', "Leave out document types"),
]


def div(inner: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'


@pytest.mark.parametrize("inner", SAFE)
def test_formatting_is_taken(inner):
    assert list(narrative_faults(div(inner))) == []
    assert fhirpath.compile("htmlChecks()").holds(div(inner)) is True


@pytest.mark.parametrize(("inner", "mend"), UNSAFE)
def test_active_or_broken_content_is_named(inner, mend):
    faults = list(narrative_faults(div(inner)))
    assert mend in faults[0]
    assert fhirpath.compile("htmlChecks()").holds(div(inner)) is False


@pytest.mark.parametrize(("text", "mend"), WHOLE)
def test_the_narrative_is_one_div(text, mend):
    assert mend in next(narrative_faults(text))
