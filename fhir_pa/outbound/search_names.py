"""Search names: our queries in the words of a server whose search parameters are named otherwise (CRD, Query Notes)."""

from __future__ import annotations

from collections.abc import Mapping


def translated(query: str, names: Mapping[str, str]) -> str:
    """The query with this server's names for search parameters; ``names`` are by type and name, as ``Observation.code``.

    An empty name says that the server knows no such parameter: it is left out, and what comes back is more than was
    asked for, never less.

    >>> translated("Observation?patient=1&code=a", {"Observation.patient": "subject", "Observation.code": ""})
    'Observation?subject=1'
    """
    kind, asked, parameters = query.partition("?")
    if not asked or not kind or not names:
        return query
    renamed = []
    for parameter in parameters.split("&"):
        name, equals, value = parameter.partition("=")
        theirs = names.get(f"{kind}.{name}", name)
        if theirs:
            renamed.append(f"{theirs}{equals}{value}")
    return f"{kind}?{'&'.join(renamed)}" if renamed else kind
