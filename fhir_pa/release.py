"""Which fhir-pa this is: the version a decision names as the engine that made it."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def release() -> str:
    """The installed version, or that it is run from its source."""
    try:
        return version("fhir-pa")
    except PackageNotFoundError:
        return "run from its source"
