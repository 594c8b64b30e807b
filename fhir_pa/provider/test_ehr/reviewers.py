"""Where the payer's people work, for somebody who wants to play both sides: their pages, and whom one may be there.

``fhir-pa demo`` writes the file when the payer runs; a practice in the world knows nothing of it, and then nothing is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ig_profiles.json import parse
from ig_profiles.reading import Json


@dataclass(frozen=True)
class Reviewers:
    """``file`` holds ``{"pages": [{"name", "url", "words"}], "people": [{"name", "url", "may"}], "member"}``; it may come later, or never.

    ``member`` is where a member signs in, with ``{member}`` where the number goes. ``left``, if there, is what waits at the
    payer's desks already: ``[{"what", "desk", "who", "url"}]``.
    """

    file: Path | None = None

    def told(self) -> Json | None:
        """What the file says now."""
        if self.file is None or not self.file.is_file():
            return None
        read: Json = parse(self.file.read_bytes())
        return read
