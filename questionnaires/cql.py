"""Run a CQL library's facts over FHIR resources: the same engine and the same ELM that a clinician's browser runs.

The payer looks for evidence with it, a provider's DTR app prefills with it (DTR 2.2 §prefill). The engine is
cql-execution inside V8 (``questionnaires/engine``); at run time there is no Node, no network and no clock but ``at``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from ig_profiles.json import dump
from ig_profiles.outcome import Unavailable
from ig_profiles.reading import Coding, Json, many, text
from questionnaires.elm import KeptLibrary
from questionnaires.facts import EVIDENCE, Fact, read
from questionnaires.reaching import reaching
from questionnaires.retrieves import kinds_read
from questionnaires.v8 import V8, Stopped, Thrown

MOST_KEPT = 256  # libraries, each for one day
DIST = Path(__file__).parent / "engine" / "dist"


def dist(name: str, folder: Path = DIST) -> str:
    """The text of one file of the built engine, e.g. ``execute.js`` or ``FHIRHelpers-4.0.1.cql``.

    Raises Unavailable when the engine was never built.
    """
    path = folder / name
    if not path.is_file():
        raise Unavailable(f"The CQL engine is not built: {name} is missing. Run 'pip install .' (or '-e .') once: it builds questionnaires/engine/dist.")
    return path.read_text(encoding="utf-8")


class FactEngine:
    """Evaluates the defines of ELM libraries; safe to share between threads, which take turns.

    The first call starts V8 (about 0.2 s); ``close`` gives its memory back, and the next call starts it again.
    ``seconds`` and ``memory`` (bytes) bound one call.
    """

    def __init__(self, seconds: float = 5.0, memory: int = 512_000_000) -> None:
        self._seconds = seconds
        self._v8 = V8(lambda: dist("execute.js"), seconds * 2, memory)
        self._of_nothing: dict[tuple[KeptLibrary, date, timedelta | None], Json] = {}

    def facts(
        self,
        elm: Json,
        resources: Sequence[Json],
        at: datetime,
        names: Sequence[str] | None = None,
        *,
        patient: str | None = None,
        libraries: Sequence[Json] = (),
        value_sets: Mapping[str, Sequence[Coding]] | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> dict[str, Fact]:
        """The named facts of the library, or all its public ones; each computed on its own, so that trouble stays with one.

        ``resources`` are FHIR R4 JSON, among them the Patient (with several, ``patient`` is the id of the one meant; with
        none, nothing is known of the patient). ``at`` is what CQL calls Now() and must know its offset. ``libraries`` are
        the ELM of what the library includes (FHIRHelpers is built in). ``value_sets`` are expansions by canonical.
        ``parameters`` are the library's, FHIR ones as JSON.
        Never raises for what a library or a resource says: look at ``Fact.trouble``. Raises ValueError for an ``at``
        without offset, and Unavailable when the engine was never built.
        """
        if at.tzinfo is None:
            raise ValueError("'at' has no offset from UTC, so CQL could not tell what day it is. Give an aware datetime, e.g. datetime.now(UTC).")
        defined = _public_defines(KeptLibrary(elm))
        wanted = [name for name in defined if not name.endswith(EVIDENCE)] if names is None else list(dict.fromkeys(names))
        known = [name for name in wanted if name in defined]
        unknown = {name: Fact(name, trouble=f"{_title(elm)} has no define '{name}'. Add it, or correct the name.") for name in wanted}
        kinds = frozenset[str]().union(*(kinds_read(KeptLibrary(each)) for each in (elm, *libraries)))
        at_hand = [resource for resource in resources if isinstance(resource, dict) and resource.get("resourceType") in kinds]
        asked = [*known, *(name + EVIDENCE for name in known if name + EVIDENCE in defined)]
        open_: Collection[str] = asked
        if not (libraries or value_sets or parameters):
            open_, at_hand = reaching(KeptLibrary(elm)).found(asked, at_hand)
        meant = _patients(at_hand, patient)
        if len(meant) != 1:
            return unknown | _all(known, f"{len(meant)} of the patients at hand could be meant. Name one with patient='<id>'.")
        question = {
            **self._question([name for name in asked if name in open_], at_hand, meant[0], at),
            "valueSets": {url: [{"system": code.system, "code": code.code} for code in codes] for url, codes in (value_sets or {}).items()},
            "parameters": dict(parameters or {}),
        }
        try:
            told = self._told_of_nothing(elm, [name for name in asked if name not in open_], at)
            told = told | (self._run([elm, *libraries], question) if open_ else {})
        except Stopped as stop:
            return unknown | _all(known, f"{_title(elm)} was stopped: {stop}. Ask for less in one define.")
        except Thrown:
            return unknown | _all(known, f"{_title(elm)} could not be started: check the libraries it includes and the types of its parameters.")
        return unknown | {name: self._fact(name, told, at_hand) for name in known}

    def close(self) -> None:
        """Give the engine's memory back."""
        self._v8.close()

    def __enter__(self) -> FactEngine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _question(self, names: list[str], resources: list[Json], patient: int, at: datetime) -> Json:
        when = {"at": at.isoformat(timespec="milliseconds"), "milliseconds": int(self._seconds * 1000)}
        return {"names": names, "resources": resources, "patient": patient, **when}

    def _told_of_nothing(self, elm: Json, names: list[str], at: datetime) -> Json:
        """What is told of these defines in a chart that holds nothing for them: the same for everybody on one day, so found out once."""
        key = (KeptLibrary(elm), at.date(), at.utcoffset())
        told = self._of_nothing.get(key, {})
        lacking = [name for name in names if name not in told]
        if lacking:
            told = told | self._run([elm], self._question(lacking, [{"resourceType": "Patient"}], 0, at))
            if len(self._of_nothing) >= MOST_KEPT:
                self._of_nothing.clear()
            self._of_nothing[key] = {name: each for name, each in told.items() if "value" in each}
        return told

    def _run(self, elms: Sequence[Json], question: Json) -> Json:
        """What CqlFacts.run tells; the libraries are sent only when this V8 does not keep them yet."""
        question["key"] = _key(tuple(map(KeptLibrary, elms)))
        told = self._v8.ask("CqlFacts.run", question)
        return told if told is not None else self._v8.ask("CqlFacts.run", {**question, "elms": list(elms)})

    def _fact(self, name: str, told: Json, resources: Sequence[Json]) -> Fact:
        failed = told[name].get("failed")
        if failed:
            return Fact(name, trouble=self._trouble(name, failed))
        grounds = told.get(name + EVIDENCE, {})
        if grounds.get("failed"):
            return Fact(name, trouble=self._trouble(name + EVIDENCE, grounds["failed"]))
        return read(name, told[name]["value"], grounds.get("value"), resources)

    def _trouble(self, name: str, failed: Json) -> str:
        if failed["outOfTime"]:
            return f"'{name}' was stopped: it takes too long (this call has {self._seconds:g} s in all). Ask for less, or filter earlier."
        where = f"step {failed['step']} in {failed['library']}"
        if failed["missing"]:
            return f"'{name}' needs a value set or a library that is not at hand ({where}). Hand it in with value_sets or libraries."
        return f"'{name}' could not be computed ({where}). {_HINTS.get(failed['step'], 'Check the units, types and missing elements this step may meet.')}"


_HINTS = {
    "SingletonFrom": "There are several where one was expected: choose with First(… sort by …), Last, Max or Min.",
    "InValueSet": "Check that the value set is at hand and that the code has a system.",
}


@lru_cache(maxsize=256)
def _key(libraries: tuple[KeptLibrary, ...]) -> str:
    """The name under which the engine keeps libraries: what they say."""
    return hashlib.sha256(dump([library.elm for library in libraries])).hexdigest()


def _all(names: Sequence[str], trouble: str) -> dict[str, Fact]:
    return {name: Fact(name, trouble=trouble) for name in names}


def _patients(resources: list[Json], patient: str | None) -> list[int]:
    """Where the patients stand who could be meant; a bare Patient joins the resources when there is none at all."""
    if not any(resource.get("resourceType") == "Patient" for resource in resources):
        resources.append({"resourceType": "Patient"})
        return [len(resources) - 1]
    identity = patient.removeprefix("Patient/") if patient else None
    return [at for at, each in enumerate(resources) if each.get("resourceType") == "Patient" and identity in (None, each.get("id"))]


@lru_cache(maxsize=256)
def _public_defines(library: KeptLibrary) -> list[str]:
    rows = many(library.elm, "library", "statements", "def")
    return [row["name"] for row in rows if row.get("type") != "FunctionDef" and row.get("accessLevel") != "Private" and row.get("name") != "Patient"]


def _title(elm: Json) -> str:
    name, version = text(elm, "library", "identifier", "id"), text(elm, "library", "identifier", "version")
    return f"The library {name or 'without a name'} {version or ''}".strip()
