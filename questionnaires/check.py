"""Check a folder of policies as its author would want it checked: every mistake at once, every signed story told."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from ig_profiles.reading import Json
from questionnaires.authoring.criteria import untitled
from questionnaires.authoring.mistakes import Mistake, report
from questionnaires.authoring.published import breaches
from questionnaires.authoring.stories import read_cases
from questionnaires.cases import Case, tell
from questionnaires.cql import FactEngine
from questionnaires.elm import elm_name
from questionnaires.library import BUILT_IN, Volume, read_folder, read_shelf
from questionnaires.translate import CqlMistakes, translate

__all__ = ["Mistake", "advice", "check", "report", "stories"]


def check(folder: Path = BUILT_IN, engine: FactEngine | None = None, translator: Callable[[str], Json] = translate) -> list[Mistake]:
    """Every mistake in a policy folder, or in a shelf of them, together with what the built-in shelf already says.

    Besides what ``open_shelf`` refuses: whether the CQL still gives the ELM that is shipped, whether the form as it is handed
    out keeps to the guides, and whether each signed story ends as its owner says. Raises Unavailable when the CQL engine was never built.
    """
    mine, mistakes = _read(folder)
    for volume in mine:
        mistakes += [*_recompiled(volume, translator), *breaches(volume)]
    with FactEngine() if engine is None else nullcontext(engine) as running:
        for home in dict.fromkeys(volume.folder for volume in mine):
            told, wrong = stories(home, mine)
            mistakes += wrong + [mistake for case, volume in told for mistake in tell(case, volume, running)]
    return list(dict.fromkeys(mistakes))


def advice(folder: Path = BUILT_IN) -> list[str]:
    """What is no mistake, and reads better otherwise, each as a sentence: parts of criteria that people see by the names of their facts."""
    return [
        f"{volume.folder.name}/policy.toml has a part without a title, so people read '{each.title}'. Add title = \"…\". (edition {volume.edition.version})"
        for volume in _read(folder)[0]
        for each in untitled(volume.edition.criteria)
    ]


def _read(folder: Path) -> tuple[list[Volume], list[Mistake]]:
    """The policies of this folder alone, or of this shelf, and what is wrong with them and their neighbours."""
    alone = (folder / "policy.toml").is_file()
    volumes, mistakes = read_folder(folder) if alone else read_shelf(folder, built_in=folder != BUILT_IN)
    return [volume for volume in volumes if volume.folder.parent == folder or alone], list(mistakes)


def stories(folder: Path, volumes: list[Volume]) -> tuple[list[tuple[Case, Volume]], list[Mistake]]:
    """The stories of one policy folder, each with the edition it is told to, and what cannot be read of them."""
    path = folder / "cases.toml"
    mine = [volume for volume in volumes if volume.folder == folder]
    if not path.is_file():
        return [], [Mistake(f"{folder.name}/cases.toml", "", "is missing.", "Write down at least one story that must end well, and one that must not.")]
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [], [Mistake(f"{folder.name}/cases.toml", "", f"is not TOML: {error}.", "Mend that place; an editor that knows the format shows it.")]
    cases, mistakes = read_cases(data, folder, mine)
    newest = {volume.edition.version: volume for volume in mine}
    return [(case, newest[case.edition] if case.edition else mine[-1]) for case in cases], mistakes


def _recompiled(volume: Volume, translator: Callable[[str], Json]) -> list[Mistake]:
    if volume.cql is None:
        return []
    file = f"{volume.folder.name}/{volume.facts}"
    try:
        fresh = translator(volume.cql)
    except CqlMistakes as error:
        return [Mistake(file, f"line {each.line}" if each.line else "", f"does not compile: {each.words}.", "Mend the CQL.") for each in error.mistakes]
    if volume.elm is not None and fresh["library"] != volume.elm.get("library"):
        return [Mistake(f"{volume.folder.name}/{elm_name(volume.facts)}", "", f"is not what {volume.facts} compiles to.", "Run: fhir-pa policies build")]
    return []
