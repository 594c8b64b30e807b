"""The moment of the evaluation, as it was handed in (FHIRPath N1 §5.9.2)."""

from __future__ import annotations

from ig_profiles.fhirpath.closures import Closure, from_many
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.functions.registry import Site, builds
from ig_profiles.fhirpath.moments import Moment, of_datetime


def _now(state: Evaluation, asker: str) -> Moment:
    if state.outside.now is None:
        raise EvaluationError(f"{asker}() needs the present moment. Hand in Environment(now=…).")
    return of_datetime(state.outside.now)


@builds("now", stateful=True)
def now(site: Site, source: Closure) -> Closure:
    """The moment, with its zone."""
    return from_many(lambda scope, state: [_now(state, "now")])


@builds("today", stateful=True)
def today(site: Site, source: Closure) -> Closure:
    """The day."""
    return from_many(lambda scope, state: [Moment("date", _now(state, "today").parts[:3])])


@builds("timeOfDay", stateful=True)
def time_of_day(site: Site, source: Closure) -> Closure:
    """The time without day or zone."""
    return from_many(lambda scope, state: [Moment("time", _now(state, "timeOfDay").parts[3:])])
