"""Invented C-CDA documents, whole enough to be read, and the attachment they travel in."""

from __future__ import annotations

import base64
from typing import Any

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="https://elsewhere.example/cda.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">
 <realmCode code="US"/>
 <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
 <templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>
 <templateId root="2.16.840.1.113883.10.20.22.1.5" extension="2015-08-01"/>
 <id root="2.16.840.1.113883.19.5" extension="doc-17"/>
 <code code="18748-4" codeSystem="2.16.840.1.113883.6.1" displayName="Diagnostic imaging report"/>
 <title>CT of the chest, follow-up</title>
 <effectiveTime value="20261101101500-0500"/>
 <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
 <recordTarget><patientRole>
  <id root="2.16.840.1.113883.19.5" extension="{number}"/>
  <patient><name><given>{given}</given><family>{family}</family></name><birthTime value="{born}"/></patient>
 </patientRole></recordTarget>
 <author><time value="20261101"/><assignedAuthor>
  <id root="2.16.840.1.113883.4.6" extension="9000000031"/>
  <assignedPerson><name><given>Ada</given><family>Quill</family><suffix>MD</suffix></name></assignedPerson>
 </assignedAuthor></author>
 <custodian><assignedCustodian><representedCustodianOrganization>
  <id root="2.16.840.1.113883.4.6" extension="9000000023"/><name>Fernhill Imaging</name>
 </representedCustodianOrganization></assignedCustodian></custodian>
 <component><structuredBody>
  <component><section>
   <code code="18782-3" codeSystem="2.16.840.1.113883.6.1" displayName="Radiology study observation"/>
   <title>Findings</title>
   <text><!-- kept by nobody --><paragraph>A <content styleCode="Bold">nodule</content> of 6 mm in the left upper lobe.</paragraph>
    <list><item>No effusion.</item><item>Trachea midline.</item></list>
    <table><thead><tr><th>Measure</th><th>Value</th></tr></thead><tbody><tr><td>pO2</td><td>52 mmHg</td></tr></tbody></table></text>
  </section></component>
  <component><section>
   <title>Impression</title>
   <text>Stable.<br/>Follow-up in three months.</text>
   <component><section><title>Addendum</title><text>Seen with Dr. Marrow.</text></section></component>
  </section></component>
 </structuredBody></component>
</ClinicalDocument>"""


def document(given: str = "Orla", family: str = "Penhallow", born: str = "19510412", number: str = "somebody-elses-number") -> bytes:
    """The report, about this person."""
    return REPORT.format(given=given, family=family, born=born, number=number).encode()


def attached(body: bytes, kind: str = "application/xml", title: str = "Chest CT") -> dict[str, Any]:
    """The Attachment that carries it."""
    return {"contentType": kind, "data": base64.b64encode(body).decode(), "title": title}
