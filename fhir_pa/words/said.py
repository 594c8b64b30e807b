"""Said: a text together with the language it is written in, so that a page can tell when it is not the reader's.

What people wrote, a policy's owner or a reviewer, is translated only where somebody translated it; nothing is translated by machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_pa.words.languages import ENGLISH


@dataclass(frozen=True)
class Said:
    """One text in one language."""

    text: str
    language: str = ENGLISH

    def __bool__(self) -> bool:
        return bool(self.text)

    def as_json(self) -> dict[str, str] | None:
        """Text and language; None for nothing said."""
        return {"text": self.text, "language": self.language} if self.text else None


@dataclass(frozen=True)
class Translated:
    """What was written in English, in the reader's language as far as the policies' owners had it translated.

    >>> reader = Translated("es", {"Home oxygen": "Oxígeno en casa"})
    >>> reader("Home oxygen").text, reader("Seen by Dr. Q").language
    ('Oxígeno en casa', 'en')
    """

    language: str = ENGLISH
    known: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __call__(self, english: str) -> Said:
        """The text in the reader's language, or as it was written."""
        found = self.known.get(english)
        return Said(found, self.language) if found else Said(english)
