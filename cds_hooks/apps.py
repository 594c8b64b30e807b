"""App: a SMART application of the payer's that a card may launch, for which policies and at which hooks (crd.md §1.6).

Forms are not among them: DTR is launched from the coverage information.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class App:
    """One application. Without ``topics`` it serves every policy, without ``hooks`` every hook."""

    name: str
    url: str
    because: str
    topics: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()

    def serves(self, topic: str, hook: str) -> bool:
        """Whether it helps with this policy at this hook."""
        return (not self.topics or topic in self.topics) and (not self.hooks or hook in self.hooks)
