"""What travels with a form besides itself: the CQL libraries that fill it, and the value sets it and they name (R309-311)."""

from __future__ import annotations

from functools import cache, lru_cache

from ig_profiles.json import parse
from questionnaires.cql import dist
from questionnaires.elm import KeptLibrary
from questionnaires.library import Volume
from questionnaires.logic import Logic, closure
from questionnaires.value_sets import referenced


def logics_of(volume: Volume) -> tuple[Logic, ...]:
    """The libraries of this form with all they include."""
    if volume.cql is None or volume.elm is None:
        return ()
    return closure((Logic(volume.cql, volume.elm),), (_helpers(),))


@cache
def _helpers() -> Logic:
    """FHIRHelpers, which every CQL library over FHIR includes; built with the engine."""
    return Logic(dist("FHIRHelpers-4.0.1.cql"), parse(dist("FHIRHelpers-4.0.1.json").encode()))


@lru_cache(maxsize=64)
def _sets_in(library: KeptLibrary) -> tuple[str, ...]:
    return tuple(referenced(library.elm))


def value_sets_of(volume: Volume) -> tuple[str, ...]:
    """The value sets the form lets choose from, and those its facts look codes up in; a client cannot run them without."""
    return (*referenced(volume.questionnaire), *(_sets_in(KeptLibrary(volume.elm)) if volume.elm is not None else ()))
