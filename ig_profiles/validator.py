"""Validate a FHIR R4 resource against what HL7 published: its type, the profiles it claims, one asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ig_profiles.outcome import Issue
from ig_profiles.reading import Index, Json
from ig_profiles.validation.compiler import Compiler
from ig_profiles.validation.messages import MESSAGES
from ig_profiles.validation.resources import conform, examine
from ig_profiles.validation.run import MOST_FINDINGS, Enough, Path, Run, Scope, flat
from ig_profiles.validation.site import Definitions


def validate(resource: Any, registry: Definitions, profile: str | None = None, *, strict: bool = False, root: Json | None = None) -> tuple[Issue, ...]:
    """Every finding about the resource, each with its place, once.

    ``profile`` is a canonical asked for beside those in meta.profile. ``strict`` gives each finding the severity of the
    standard; otherwise only what makes the content unusable is an error, and the rest are warnings. ``root`` is the Bundle
    or resource around it, in which references resolve. Terminology that cannot be decided is never a finding. Never
    raises, whatever the content, and the work is linear in its size.
    """
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    place = (None, kind if isinstance(kind, str) else "Resource", None)
    around = root if root is not None else {}
    run = Run(strict, Scope(around, place, around, place))
    if around:
        _surround(around, run)
    compiler = _compiler(registry)
    try:
        if examine(compiler, resource, place, run) and profile is not None:
            _asked(compiler, resource, profile, place, run)
        for look in run.later:  # grows while it runs: targets have references of their own
            look()
    except Enough:
        pass
    except RecursionError:
        run.count = 0
        run.say("too-deep", place)
    return _distinct(run)


@lru_cache(maxsize=8)
def _compiler(registry: Definitions) -> Compiler:
    return Compiler(registry)


def _surround(around: Json, run: Run) -> None:
    index = Index.of_bundle(around)
    if not index.entries:
        return
    run.scope.index = index
    run.entries |= {id(entry.resource): entry for entry in index.entries}


def _asked(compiler: Compiler, resource: Json, profile: str, place: Path, run: Run) -> None:
    """Check against the profile asked for, which must be known and for this type."""
    wanted = compiler.profiled(profile)
    if wanted is None:
        run.say("profile-not-at-hand", place, found=profile)
    elif wanted not in compiler.ancestors(resource["resourceType"]):
        run.say("profile-other-type", place, found=profile, expected=wanted, type=resource["resourceType"])
    else:
        conform(compiler, run.inside(resource, place), (profile,), run)


def _distinct(run: Run) -> tuple[Issue, ...]:
    """The findings, those that several profiles make alike told once."""
    told: dict[tuple[Any, ...], Issue] = {}
    for issue in flat(run.findings):
        told.setdefault((issue.expression, issue.message_id, issue.constraint, issue.text), issue)
    if run.count >= MOST_FINDINGS:
        message = MESSAGES["too-many-findings"]
        told["too-many-findings",] = Issue(message.text.format(limit=MOST_FINDINGS), message.code, message.tolerant, message_id="too-many-findings")
    return tuple(told.values())
