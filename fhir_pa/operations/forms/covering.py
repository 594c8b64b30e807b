"""Which of the coverages sent with $questionnaire-package are ours, and which of them an order goes under.

Chapter: DTR 2.0.1 $questionnaire-package (several coverages; R302: one that cannot be used is a warning), 2.2 spec-130 (one coverage;
one that cannot be found is refused).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_pa.operations.hooks.given import born, member_identifiers
from fhir_pa.operations.weighing.membership import Standing, standing
from fhir_pa.operations.weighing.payor import is_another_payers, payors
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Index, Json, many, text
from questionnaires.package_request import PackageRequest


@dataclass(frozen=True)
class Covered:
    """One coverage of ours, and what the member file says under it."""

    coverage: Json
    standing: Standing

    @property
    def numbers(self) -> tuple[Identifier, ...]:
        """Every number by which it names the member."""
        return member_identifiers(self.coverage, None)


def covered(asked: PackageRequest, payer: Payer, on: date, issues: list[Issue]) -> tuple[Covered, ...]:
    """The coverages of ours, in the order sent. Another payer's, or one whose number nobody here has, is passed over with a warning,
    and so is one that has ended, where another stands.

    Raises Unprocessable when nothing is left, because any form would mislead.
    """
    found: list[Covered] = []
    strange: list[Issue] = []
    for place, coverage in enumerate(asked.coverages):
        what = _not_ours(coverage, asked.index, payer)
        told = Covered(coverage, _standing(coverage, asked.referenced, payer, on))
        what = what or _unknown(told.standing, payer)
        if what:
            strange.append(Issue(what, "not-found", expression=f"Parameters.parameter.where(name='coverage')[{place}].resource"))
        else:
            found.append(told)
    if not found:
        raise Unprocessable(*strange)
    issues += [Issue(each.text, each.code, "warning", each.expression) for each in strange]
    ended = [each for each in found if not each.standing.covered]
    if 0 < len(ended) < len(found):
        issues += [Issue(f"{_named(each.coverage)} has ended, and is passed over.", "business-rule", "warning") for each in ended]
        found = [each for each in found if each.standing.covered]
    return tuple(found)


def under(order: Json, coverages: Iterable[Covered]) -> tuple[Covered, ...]:
    """The coverages an order names as its insurance; all of them when it names none that was sent."""
    coverages = tuple(coverages)
    return with_name((text(each, "reference") or "" for each in many(order, "insurance")), coverages)


def with_name(names: Iterable[str], coverages: tuple[Covered, ...]) -> tuple[Covered, ...]:
    """Those that these references name; all of them when none is named."""
    wanted = {"/".join(name.split("/")[-2:]) for name in names}
    return tuple(each for each in coverages if _named(each.coverage) in wanted) or coverages


def _not_ours(coverage: Json, index: Index, payer: Payer) -> str | None:
    insurer = payer.directory.insurer
    if not is_another_payers(payors(coverage, index), insurer):
        return None
    return f"{_named(coverage)} names another payer than {insurer.name}. Ask that payer for its forms; for ours, send the Coverage we issued."


def _unknown(found: Standing, payer: Payer) -> str | None:
    if found.known:
        return None
    if found.of_another:
        return "The number on this Coverage is that of another person in the family. Send the member's own number, or correct Patient.birthDate."
    return f"{payer.directory.insurer.name} knows no member by the number on this Coverage. Check Coverage.identifier and subscriberId."


def _standing(coverage: Json, referenced: Iterable[Json], payer: Payer, on: date) -> Standing:
    people = [each for each in referenced if each.get("resourceType") == "Patient"]
    whose = (text(coverage, "beneficiary", "reference") or "").rpartition("/")[2]
    patient = next((each for each in people if each.get("id") == whose), people[0] if len(people) == 1 else None)
    return standing(payer.directory, member_identifiers(coverage, patient), on, born(patient))


def _named(coverage: Json) -> str:
    return f"Coverage/{coverage.get('id', '')}".rstrip("/")
