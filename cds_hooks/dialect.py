"""Dialect: which CRD version a call speaks.

Chosen by ``extension.davinci-crd.requestedVersion``, else by the base URL that was called (crd.md §1.3).
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from ig_profiles.outcome import Issue, NotSupported
from ig_profiles.reading import one

Dialect = Literal["2.0", "2.1", "2.2"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
REQUESTED_VERSION = "davinci-crd.requestedVersion"


def dialect_of(body: Any, base: Dialect) -> Dialect:
    """The dialect the call asks for, or the one of its base URL when it asks for none.

    A patch number is not part of a dialect. Raises NotSupported for a version we do not speak.

    >>> dialect_of({"extension": {"davinci-crd.requestedVersion": "2.2.1"}}, "2.0")
    '2.2'
    >>> dialect_of({}, "2.0")
    '2.0'
    """
    asked = one(body, "extension", REQUESTED_VERSION)
    if asked is None:
        return base
    minor = ".".join(asked.split(".")[:2]) if isinstance(asked, str) else ""
    for dialect in DIALECTS:
        if minor == dialect:
            return dialect
    spoken = ", ".join(DIALECTS)
    text = f"CRD version {asked!r} is not spoken here. Ask for one of {spoken}, or leave {REQUESTED_VERSION} out to get {base}."
    raise NotSupported(Issue(text, "not-supported", expression=f"extension.{REQUESTED_VERSION}"))
