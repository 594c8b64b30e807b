"""What a provider wrote in its own words: supporting information of the category freeFormMessage (X12 MSG; pas.md §3.2)."""

from __future__ import annotations

from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.extensions import INFO_CANCELLED
from ig_profiles.names import PAS_TEMP_CODES
from ig_profiles.reading import Entry, code_in, extension_value, text

FREE_FORM = "freeFormMessage"


def message_text(claim: Entry) -> str:
    """The messages of the Claim that still stand, one after the other; empty when there is none."""
    said = (
        text(node, "valueString")
        for _, node in claim_elements(claim, "supportingInfo")
        if code_in(node.get("category"), PAS_TEMP_CODES) == FREE_FORM and extension_value(node, INFO_CANCELLED) is not True
    )
    return " ".join(filter(None, said))
