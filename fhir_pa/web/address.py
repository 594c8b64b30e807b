"""Address: a route whose writer of URLs is made when somebody first asks for one, so that a server of hundreds of routes starts at once.

Werkzeug writes and compiles that function while a route is registered: two thirds of what an application takes to be made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Writer = Callable[..., tuple[str, str]]


class Address(Rule):
    """A werkzeug Rule, matched as ever; where werkzeug should come to make writers another way, it is one like all others."""

    def _compile_builder(self, append_unknown: bool = True) -> Writer:
        """The function that writes this address for the rule and the values it is given."""
        made: list[Writer] = []

        def write(rule: Rule, *args: Any, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(super(Address, self)._compile_builder(append_unknown))
            return made[0](rule, *args, **values)

        return write
