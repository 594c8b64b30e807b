"""Translations: what a policy says, in other languages: one gettext catalogue for each, ``es.po``, beside its ``policy.toml``.

The English sentence itself is the key, so that a sentence somebody changed has no translation until it is translated anew:
a member never reads the old rule in the new one's place. Nothing here decides anything, and no fingerprint covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from babel.messages.pofile import PoFileError, read_po

from ig_profiles.reading import Json, many, text
from questionnaires.authoring.mistakes import Mistake
from questionnaires.criteria import Criterion
from questionnaires.policy import Edition

Words = Mapping[str, Mapping[str, str]]  # language -> English -> translated


def read_translations(folder: Path, said: Iterable[str], mistakes: list[Mistake]) -> Words:
    """Every catalogue of a policy's folder; ``said`` is all that the policy says.

    What cannot be read, and what translates nothing the policy says, is a mistake.
    """
    known = set(said)
    return {path.stem: _read(path, known, mistakes) for path in sorted(folder.glob("*.po"))}


def sayings(edition: Edition, form: Json | None) -> Iterator[str]:
    """Everything of an edition and its form that a member may read."""
    yield edition.title
    yield edition.because
    yield from _criteria(edition.criteria)
    yield from _questions(form)


def untranslated(said: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """What is said and has no translation yet, each once."""
    return tuple(dict.fromkeys(each for each in said if each and each not in known))


def _read(path: Path, said: set[str], mistakes: list[Mistake]) -> dict[str, str]:
    file = f"{path.parent.name}/{path.name}"
    try:
        catalogue = read_po(StringIO(path.read_text(encoding="utf-8")), locale=path.stem, abort_invalid=True)
    except UnicodeDecodeError:
        mistakes.append(Mistake(file, "", "is not UTF-8 text.", "Save it as UTF-8."))
        return {}
    except (PoFileError, ValueError, LookupError) as error:
        mistakes.append(Mistake(file, "", f"cannot be read as a gettext catalogue: {error}.", "Name it after its language (es.po) and mend that place."))
        return {}
    found = {_text(each.id): _text(each.string) for each in catalogue if each.id and each.string and not each.fuzzy}
    for english in found.keys() - said:
        shown = english if len(english) < 60 else f"{english[:57]}…"
        mistakes.append(Mistake(file, shown, "translates what the policy does not say.", "Write the policy's sentence as it stands now, or take this out."))
    return {english: told for english, told in found.items() if english in said}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value[0])


def _criteria(criteria: Iterable[Criterion]) -> Iterator[str]:
    for criterion in criteria:
        yield criterion.title
        yield criterion.because
        yield from criterion.accepts
        yield from _criteria(criterion.below)


def _questions(node: Json | None) -> Iterator[str]:
    for item in many(node, "item"):
        yield text(item, "text") or ""
        yield from _questions(item)
