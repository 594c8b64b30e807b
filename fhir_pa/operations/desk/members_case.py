"""Whose case it is: the one member a request is about, by the payer's own file; nobody in doubt, because a member sees only what is surely his or hers."""

from __future__ import annotations

from fhir_pa.auth.directory import Directory, Member
from fhir_pa.um.deciding.request import MemberReference


def member_of(about: MemberReference, directory: Directory) -> Member | None:
    """The member whom the person's numbers name and whose birthday agrees; None when they name nobody, or more than one.

    A number that a family shares names nobody without a birthday.
    """
    found: set[Member] = set()
    for number in about.identifiers:
        sharing = [each for each in directory.numbered(number.value) if about.birth_date is None or each.birth_date in (None, about.birth_date)]
        if len(sharing) > 1:
            sharing = [each for each in sharing if each.system == number.system] if about.birth_date is not None else []
        found |= set(sharing)
    return next(iter(found)) if len(found) == 1 else None
