"""What the member file says of the person a Coverage is about, where the payer lets it correct an EHR's record."""

from __future__ import annotations

from cds_hooks.coverage_record import MemberRecord
from cds_hooks.moments import day
from fhir_pa.auth.directory import Directory, Member
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.reading import Json, codings, many, one, text


def member_record(directory: Directory, coverage: Json | None, patient: Json | None) -> MemberRecord | None:
    """The one member whom the person's own numbers name and whose birthday agrees; None in doubt.

    A subscriber's number is the person's own only where the person is the subscriber.
    """
    if not directory.insurer.coverage_updates:
        return None
    found = {member for number in _own_numbers(coverage, patient) if (member := directory.member(number.value, number.system)) is not None}
    fitting = [member for member in found if _same_birthday(member, patient)]
    if len(found) != 1 or not fitting:
        return None
    member = fitting[0]
    return MemberRecord(member.id, member.system, member.plan, member.covered_from, member.covered_until)


def _own_numbers(coverage: Json | None, patient: Json | None) -> list[Identifier]:
    own = [Identifier(text(each, "system") or "", str(text(each, "value"))) for each in many([coverage, patient], "identifier") if text(each, "value")]
    subscriber = text(coverage, "subscriberId")
    himself = any(coding.code in ("self", "18") for coding in codings(one(coverage, "relationship")))
    return [*own, *([Identifier("", subscriber)] if subscriber and himself else [])]


def _same_birthday(member: Member, patient: Json | None) -> bool:
    born = day(text(patient, "birthDate"))
    return born is None or member.birth_date is None or born == member.birth_date
