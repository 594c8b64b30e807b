"""An expression leads to the very element in an XML text."""

from __future__ import annotations

import pytest

from ig_profiles.xml.places import XmlPlaces

TEXT = """<?xml version="1.0"?>
<f:Bundle xmlns:f="http://hl7.org/fhir">
  <f:entry><f:fullUrl value="urn:é"/><f:resource>
    <f:Patient>
      <f:text><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div></f:text>
      <f:name><f:given value="Orla"/><f:given value="M"><f:extension url="u"><f:valueCode value="x"/></f:extension></f:given></f:name>
    </f:Patient>
  </f:resource></f:entry>
  <f:entry><f:resource><f:Claim><f:status value="active"/></f:Claim></f:resource></f:entry>
</f:Bundle>"""

PLACES = [
    ("Bundle", 2, 1),
    ("Bundle.entry[1]", 9, 3),
    ("Bundle.entry[0].resource", 3, 38),
    ("Bundle.entry[0].resource.text.div", 5, 15),
    ("Bundle.entry[0].resource.name[0].given[1].extension[0].valueCode", 6, 78),
    ("Bundle.entry[1].resource.status", 9, 33),
    ("Bundle.entry[1].resource.provider.reference", 9, 12),
    ("Bundle.entry[0].resource.name[3]", 3, 38),
    ("Bundle.entry[1].resource.ofType(Claim).status", 9, 33),
    ("", 2, 1),
]


@pytest.mark.parametrize(("expression", "line", "column"), PLACES, ids=[row[0] for row in PLACES])
def test_an_expression_leads_to_its_element_or_to_the_nearest_around_it(expression: str, line: int, column: int) -> None:
    found = XmlPlaces(TEXT.encode()).of(expression)
    assert (found.line, found.column) == (line, column)
