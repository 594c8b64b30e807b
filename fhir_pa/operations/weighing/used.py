"""How much of an edition's limit a member has used: what was certified for its services, counted on file (domain F13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from cds_hooks.membership import Insured
from fhir_pa.operations.weighing.on_file import member_of
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.utilization import used
from ig_profiles.reading import Coding
from questionnaires.library import Shelf
from questionnaires.policy import Edition


def used_of_limit(insured: Insured, edition: Edition, on: date, shelf: Shelf, tx: Reading) -> Decimal | None:
    """What the member's certifications have used of the edition's limit in its period around this day; None without a limit.

    ``edition`` may be narrowed to one way of billing; a limit it has of its own counts that way's codes alone.
    """
    limit, about = edition.benefits.limit, member_of(insured)
    if limit is None or not about.identifiers:
        return None
    cases = (case for case in tx.of_member(about.identifiers) if case.request.member.same_person_as(about))
    return used(certified_under(edition, cases, shelf), limit, on)


def certified_under(edition: Edition, cases: Iterable[Authorization], shelf: Shelf) -> Iterator[Authorized]:
    """What these cases certify of the services this edition's limit counts."""
    services = _counted(edition, shelf)
    items = (item for case in cases for item in case.items if item.state in CERTIFICATIONS)
    certified = (item.determination.authorized for item in items if any(mine.same_as(code) for mine in services for code in item.requested.service.codes))
    return (each for each in certified if each is not None)


def _counted(edition: Edition, shelf: Shelf) -> tuple[Coding, ...]:
    whole = shelf.edition(edition.topic, edition.version)
    if edition.benefits.limit != whole.benefits.limit:
        return edition.services
    return (*whole.services, *(code for row in whole.benefits.billed_as for code in row.services))

