"""Policy stories: the signed stories of a policy, told to it by this very server, and what its form asks of a clinician in them.

A run lasts as long as the wording and ``cases.toml`` do; whoever changes either sees a new one.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fhir_pa.wiring import Payer
from ig_profiles.reading import Json
from questionnaires import burden
from questionnaires.burden import Burden
from questionnaires.cases import Case, tell
from questionnaires.check import stories
from questionnaires.cql import FactEngine
from questionnaires.library import Shelf, Volume


def stories_of(topic: str, payer: Payer) -> list[Json]:
    """Each story of the policy: who signed it, what it expects, and every way in which the policy does otherwise now."""
    folder = _folder(topic, payer)
    return _run(folder, _written(folder), payer.shelf, payer.facts)


def burdens(topic: str, payer: Payer) -> tuple[Burden, ...]:
    """What the form of each edition asks, over the stories told to it."""
    folder = _folder(topic, payer)
    return _weighed(folder, _written(folder), payer.shelf, payer.facts)


def told_to(topic: str, payer: Payer) -> list[tuple[Case, Volume]]:
    """The stories with the edition each is told to."""
    return stories(_folder(topic, payer), list(payer.shelf.volumes()))[0]


@lru_cache(maxsize=256)
def _run(folder: Path, written: int, shelf: Shelf, engine: FactEngine) -> list[Json]:
    told, unreadable = stories(folder, list(shelf.volumes()))
    faults = [{"title": str(each), "signed_by": "", "edition": "", "on": "", "services": [], "expected": {}, "wrong": [str(each)]} for each in unreadable]
    return [*(_told(case, volume, engine) for case, volume in told), *faults]


@lru_cache(maxsize=256)
def _weighed(folder: Path, written: int, shelf: Shelf, engine: FactEngine) -> tuple[Burden, ...]:
    told = stories(folder, list(shelf.volumes()))[0]
    volumes = [volume for volume in shelf.volumes() if volume.folder == folder]
    found = (burden.burden(volume, [case for case, of in told if of is volume], engine) for volume in volumes)
    return tuple(each for each in found if each)


def _told(case: Case, volume: Volume, engine: FactEngine) -> Json:
    return {
        "title": case.title,
        "signed_by": case.signed_by,
        "edition": volume.edition.version,
        "on": case.on.isoformat(),
        "services": [coding.code for coding in case.services],
        "expected": dict(case.expected),
        "wrong": [str(mistake) for mistake in tell(case, volume, engine)],
    }


def _folder(topic: str, payer: Payer) -> Path:
    return payer.shelf.volume(topic).folder


def _written(folder: Path) -> int:
    """When the stories were last written, in nanoseconds; 0 where there are none."""
    path = folder / "cases.toml"
    return path.stat().st_mtime_ns if path.is_file() else 0
