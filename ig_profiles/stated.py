"""Value sets that no package at hand holds, their codes as the guides' pages name them: a last resort on the shelf of a set.

SDC, the Subscriptions backport and DTR 2.2 are at hand as snapshots only, without their value sets. Stated here are those
with a required binding whose few codes the pages spell out; a package that holds the value set is always preferred.
"""

from __future__ import annotations

from ig_profiles.packages import Package

_SDC = "http://hl7.org/fhir/uv/sdc/"
_BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/"
_DTR = "http://hl7.org/fhir/us/davinci-dtr/"

# (value set, code system) -> codes
CODES: dict[tuple[str, str], tuple[str, ...]] = {
    # hl7.org/fhir/us/davinci-dtr/2.2.0: where an answer came from
    (f"{_DTR}ValueSet/informationOrigins", f"{_DTR}CodeSystem/temp"): ("auto-client", "auto-server", "override", "manual"),
    # hl7.org/fhir/uv/subscriptions-backport/STU1.1/payloads.html
    (f"{_BACKPORT}ValueSet/backport-content-value-set", f"{_BACKPORT}CodeSystem/backport-content-code-system"): ("empty", "id-only", "full-resource"),
    # hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html
    ("http://hl7.org/fhir/ValueSet/subscription-notification-type", "http://hl7.org/fhir/subscription-notification-type"): (
        *("handshake", "heartbeat", "event-notification"),
        *("query-status", "query-event"),
    ),
    # hl7.org/fhir/uv/sdc/STU4/rendering.html
    (f"{_SDC}ValueSet/entryMode", f"{_SDC}CodeSystem/entryMode"): ("sequential", "prior-edit", "random"),
    (f"{_SDC}ValueSet/collapsible", f"{_SDC}CodeSystem/collapsible"): ("default-open", "default-closed"),
}

STATED = Package(
    "fhir-pa.stated",
    "1",
    tuple(
        {"resourceType": "ValueSet", "url": value_set, "compose": {"include": [{"system": system, "concept": [{"code": code} for code in codes]}]}}
        for (value_set, system), codes in CODES.items()
    ),
)
