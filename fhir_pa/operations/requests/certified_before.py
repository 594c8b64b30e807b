"""A submitted request for a service that was certified before, with its order or as one of a series: which cases may answer it (decision 0005)."""

from __future__ import annotations

from fhir_pa.pas.intake import Submission
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.on_file.series import recurs
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import extension_value, extensions


def certified_before(submission: Submission, client: str, tx: Reading) -> list[Authorization]:
    """The member's order-time cases and series this sender may rest on: its own, or those whose order or number the request presents."""
    request = submission.request
    shown = _shown(submission)
    return [
        each
        for each in tx.of_member(request.member.identifiers)
        if (each.request.assertion or any(map(recurs, each.items)))
        and set(each.request.member.identifiers) & set(request.member.identifiers)
        and each.request.member.under_the_same_coverage_as(request.member)
        and (each.client == client or shown & {each.request.assertion, each.number})
    ]


def _shown(submission: Submission) -> set[str]:
    """Assertion ids and authorization numbers that orders in the Bundle carry, and numbers the items name."""
    shown = {item.authorization_number for item in submission.request.items if item.authorization_number}
    for entry in submission.index.entries:
        for said in extensions(entry.resource, COVERAGE_INFORMATION):
            shown |= {str(value) for name in ("coverage-assertion-id", "satisfied-pa-id") if (value := extension_value(said, name))}
    return shown
