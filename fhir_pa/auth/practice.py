"""The practices whose staff may sit at the provider desk, and those people: bound to the NPIs their practice asks under."""

from __future__ import annotations

from dataclasses import dataclass

PRACTICE_ROLES = ("coordinator", "clinician", "reader")
ACTS = frozenset({"coordinator", "clinician"})


@dataclass(frozen=True)
class Practice:
    """A practice; ``npis`` are those it and its clinicians ask under or perform under, and all it may look at."""

    id: str
    name: str
    npis: tuple[str, ...]
    phone: str = ""


@dataclass(frozen=True)
class PracticePerson:
    """One of a practice's staff; ``accounts`` are the names the plan's sign-in knows the person by, ``npi`` a clinician's own."""

    id: str
    name: str
    practice: Practice
    roles: tuple[str, ...]
    npi: str = ""
    phone: str = ""
    accounts: tuple[str, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether this person may send, book and appeal, and not only read."""
        return bool(ACTS & set(self.roles))
