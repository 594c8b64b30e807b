"""Everything the plan says to members stands in every language: no message is missing, no placeholder lost, no literal left in a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment

from fhir_pa.words.languages import ENGLISH, LANGUAGES
from questionnaires.library import BUILT_IN

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "fhir_pa" / "words"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
TRANSLATED = re.findall(r"^\[jinja2: (.+)\]$", (WORDS / "babel.cfg").read_text("utf-8"), re.MULTILINE)
TEMPLATES = sorted(path for pattern in TRANSLATED for path in ROOT.glob(pattern))
SHOWN = ("title", "alt", "placeholder", "aria-label")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def catalog(language: str) -> Catalog:
    with (WORDS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def said(path: Path) -> set[str | tuple[str, ...]]:
    """Every message of a template."""
    found = extract_from_file("jinja2", str(path), options={"encoding": "utf-8"})
    return {text if isinstance(text, str) else tuple(text) for _, text, _, _ in found}


SAID = {message for path in TEMPLATES for message in said(path)}


def test_there_are_templates_and_they_say_something() -> None:
    assert {"member.html.j2", "request.html.j2", "sign_in.html.j2"} <= {path.name for path in TEMPLATES} and len(SAID) > 100


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_stands_in_every_language_and_none_more(language: str) -> None:
    kept = {each.id if isinstance(each.id, str) else tuple(each.id): each for each in catalog(language) if each.id}
    assert not (missing := SAID - kept.keys()), f"{language}.po lacks {sorted(map(str, missing))}. Run pybabel update (babel.cfg says how), and translate them."
    assert not (idle := kept.keys() - SAID), f"{language}.po translates what nobody says: {sorted(map(str, idle))}. Take it out."
    empty = [each.id for each in kept.values() if not (each.string if isinstance(each.string, str) else all(each.string)) or each.fuzzy]
    assert not empty, f"{language}.po has no sure translation of {empty}."


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_has_the_placeholders_and_the_plurals_of_its_message(language: str) -> None:
    found = catalog(language)
    for each in found:
        ids, strings = ([value] if isinstance(value, str) else list(value) for value in (each.id, each.string))
        if each.id:
            assert len(strings) == (found.num_plurals if len(ids) > 1 else 1), each.id
            wanted = set(PLACEHOLDER.findall(ids[-1]))
            assert set(PLACEHOLDER.findall(strings[-1])) == wanted, f"{language}.po: {ids[0]!r} needs {sorted(wanted)}."
            assert all(wanted - {"num"} <= set(PLACEHOLDER.findall(string)) <= wanted for string in strings), each.id  # "one day" may leave out the 1


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_no_page_says_a_word_that_no_catalogue_knows(path: Path) -> None:
    left = list(literals(path.read_text("utf-8")))
    assert not left, f"{path.name} says {left[0]!r} in one language only. Write it as _(…)."


def literals(template: str) -> Iterator[str]:
    """Words that stand in a template outside of its expressions: between tags, or in an attribute that is read out."""
    tokens = Environment().lex(template)
    data = "".join(value if kind == "data" else "\x00" for _, kind, value in tokens)
    data = re.sub(r"<style>.*?</style>|<!doctype[^>]*>", "", data, flags=re.S)
    for attribute in SHOWN:
        yield from (each for each in re.findall(rf'\b{attribute}="([^"\x00]*)"', data) if re.search(r"[^\W\d_]", each))
    text = unescape(re.sub(r"<[^>]*>", "\x00", data))
    yield from (each.strip() for each in text.split("\x00") if re.search(r"[^\W\d_]", each))


def test_a_literal_would_be_noticed() -> None:
    assert list(literals("<p>{{ _('Hello') }} you</p>")) == ["you"] and list(literals('<nav aria-label="Main">{{ x }}</nav>')) == ["Main"]


def test_the_catalogues_are_read_as_they_are_and_nothing_compiled_is_kept() -> None:
    assert not list(WORDS.rglob("*.mo")) and not list(BUILT_IN.rglob("*.mo"))
