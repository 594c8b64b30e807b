"""Business errors -> the PAS Response Bundle with ClaimResponse.error, outcome ``error`` and no items.

Source: PAS §specification "Error Handling" (pas.md §1.5 rule 47); ``errorElement`` is a string in 2.0.1, complex in 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Form, instant
from fhir_pa.pas.business_error import BusinessError
from fhir_pa.pas.echo import Echo, Received
from fhir_pa.pas.extensions import compound, simple
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.notes import Notes
from fhir_pa.pas.response_frame import bundle_of, head
from ig_profiles.reading import Json, many


def write_error(received: Json, errors: Sequence[BusinessError], guide: str, *, at: datetime, form: Form = "submit") -> Json:
    """The response Bundle that tells a provider what to put right; ``received`` is the Bundle it sent.

    The ClaimResponse is not kept, so it bears a urn:uuid.
    """
    asked, echo, notes = Received.of(received), Echo(), Notes()
    response = head(asked, asked, echo, guide, at, form)
    identity = stable_uuid("ClaimResponse", instant(at), asked.claim.full_url, *(error.path for error in errors))
    response |= {
        "id": identity,
        "identifier": many(asked.claim.resource, "identifier"),
        "outcome": "error",
        "disposition": " ".join(error.text for error in errors),
        "error": [_error(error, asked, guide, notes) for error in errors],
    }
    response["processNote"] = notes.as_fhir()
    return bundle_of([{"fullUrl": f"urn:uuid:{identity}", "resource": response}, *echo.entries()], received, guide, at, form)


def _error(error: BusinessError, asked: Received, guide: str, notes: Notes) -> Json:
    (note,) = notes.add([error.text])
    if guide == "2.0.1":
        element = simple(ext.ERROR_ELEMENT, "String", error.element)
    else:
        element = compound(ext.ERROR_ELEMENT, simple("processNote", "PositiveInt", note), simple("error", "String", error.element))
    return {
        "extension": [
            simple(ext.ERROR_FOLLOW_UP, "CodeableConcept", codes.follow_up_concept(error.follow_up)),
            element,
            simple(ext.ERROR_PATH, "String", _path(error.path, asked)),
        ],
        "itemSequence": error.item,
        "code": codes.error_concept(error.code),
    }


def _path(path: str, asked: Received) -> str:
    """The FHIRPath from the Bundle: into the resource behind the Claim's reference, where the path begins at one."""
    element, _, rest = path.partition(".")
    entry = asked.index.resolve(asked.claim.resource.get(element), asked.claim) if rest else None
    return f"{entry.expression}.{rest}" if entry else f"{asked.claim.expression}.{path}"
