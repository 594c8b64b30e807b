"""A visitor of the member page: a member, a representative, or both; and whose requests this person may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fhir_pa.auth.directory import Directory, Member
from fhir_pa.auth.representative import Representative


@dataclass(frozen=True)
class Whose:
    """A member whose requests may be seen: the visitor's own (``because`` is empty), or by a registration."""

    member: Member
    because: str = ""
    sensitive: bool = True

    @property
    def own(self) -> bool:
        """Whether the visitor is the member."""
        return not self.because


@dataclass(frozen=True)
class Visitor:
    """One person. ``number`` is what he or she signs in by; ``id`` is opaque, so that a cookie or a log that bears it tells no number."""

    id: str
    number: str
    name: str
    language: str
    whose: tuple[Whose, ...]


@dataclass(frozen=True)
class Door:
    """One pair of number and birthday that somebody may sign in by, with the accounts of the member portal that mean the same."""

    id: str
    number: str
    born: date
    accounts: tuple[str, ...] = ()


def doors(directory: Directory) -> Iterator[Door]:
    """Everybody who could sign in, in the order of the directory; a member whose birthday is not on file cannot."""
    for member in directory.members:
        if member.birth_date:
            yield Door(directory.visitor_id(member.id, member.birth_date), member.id, member.birth_date, member.accounts)
    for each in directory.representatives:
        yield Door(directory.visitor_id(each.id, each.birth_date), each.id, each.birth_date, each.accounts)


def visitor(directory: Directory, number: str, born: date, on: date) -> Visitor | None:
    """The person with this number and birthday, as of this day; None when there is nobody whose requests he or she may see."""
    own = directory.member(number, born=born)
    mine = own if own is not None and own.birth_date == born else None
    held = [each for each in directory.representatives if each.id == number and each.birth_date == born and each.in_force(on)]
    whose = [*([Whose(mine)] if mine else []), *(found for each in held if (found := _registered(directory, each)) is not None)]
    if not whose:
        return None
    name = mine.name if mine else held[0].name
    language = mine.language if mine else held[0].language
    return Visitor(directory.visitor_id(number, born), number, name, language, tuple(whose))


def visitor_by_id(directory: Directory, identity: str, on: date) -> Visitor | None:
    """The person a session is about, as the directory has him or her today."""
    known = directory.signing_in.get(identity)
    return visitor(directory, *known, on) if known else None


def _registered(directory: Directory, held: Representative) -> Whose | None:
    member = directory.member(held.member, born=held.member_birth_date)
    return Whose(member, held.because, held.sensitive) if member else None
