"""For whoever has FHIR files: check them against the guides, and say what is wrong, where, and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click

from ig_profiles import xml
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json
from ig_profiles.registry import Registry, open_set
from ig_profiles.report import Checked, as_json, as_junit, as_text, exit_status, summary
from ig_profiles.resource_text import is_xml
from ig_profiles.validator import validate as check
from questionnaires.library import Shelf, open_shelf
from questionnaires.responses_in import form_faults

ENDINGS = (".json", ".xml", ".ndjson")
MANY = 10  # files, from which on a progress bar is worth its line


@click.command()
@click.argument("places", nargs=-1, required=True)
@click.option("--guide", type=click.Choice(["2.0.1", "2.2"]), default="2.0.1", show_default=True, help="Which generation of the guides to check against.")
@click.option("--profile", help="Check against this profile too, besides those the resource claims in meta.profile.")
@click.option("--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True, help="How to tell what was found.")
@click.option("--tolerant", is_flag=True, help="Judge as the server does by default: what does not keep a request from being processed is a warning.")
@click.option(
    "--definitions",
    multiple=True,
    envvar="FHIR_PA_PROFILES",
    type=click.Path(exists=True, path_type=Path),
    help="Further definitions: a file or folder that 'fhir-pa profiles add' made.",
)
def validate(places: tuple[str, ...], guide: str, profile: str | None, form: str, tolerant: bool, definitions: tuple[Path, ...]) -> None:
    """Check FHIR files (JSON, XML, ndjson), folders of them, or '-' for standard input.

    Exit status: 0 when all are valid, 1 when there are errors, 2 when something cannot be read.
    """
    registry = open_set(guide, *definitions)
    found: list[Checked] = []
    for checked in _checked(list(_files(places)), registry, profile, not tolerant, form == "text"):
        found.append(checked)
        if form == "text" and checked.issues:
            click.echo(as_text(checked))
        elif form == "json":
            click.echo(as_json(checked))
    if form == "junit":
        click.echo(as_junit(found))
    click.echo(summary(found), err=form != "text")
    sys.exit(exit_status(found))


def _files(places: Iterable[str]) -> Iterator[str]:
    for place in places:
        path = Path(place)
        if place == "-" or not path.is_dir():
            yield place
        else:
            yield from sorted(str(file) for file in path.rglob("*") if file.suffix in ENDINGS and file.is_file())


def _checked(files: list[str], registry: Registry, profile: str | None, strict: bool, bar: bool) -> Iterator[Checked]:
    with click.progressbar(files, label="Checking", file=sys.stderr, hidden=not (bar and len(files) >= MANY and sys.stderr.isatty())) as shown:
        for file in shown:
            for name, text in _resources(file):
                yield _check(name, text, registry, profile, strict)


def _resources(file: str) -> Iterator[tuple[str, bytes | Refusal]]:
    """Every resource in the file with its name; in an ndjson file one a line."""
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        yield file, Refusal(f"The file cannot be read ({error.strerror}).")
        return
    if file.endswith(".ndjson"):
        yield from ((f"{file}:{number}", line) for number, line in enumerate(body.splitlines(), 1) if line.strip())
    else:
        yield file, body


def _check(name: str, body: bytes | Refusal, registry: Registry, profile: str | None, strict: bool) -> Checked:
    if isinstance(body, Refusal):
        return Checked(name, body.issues, readable=False)
    try:
        resource = xml.parse(body, registry) if is_xml(body) else parse(body)
    except Refusal as refusal:
        return Checked(name, refusal.issues, readable=False)
    issues = check(resource, registry, profile, strict=strict)
    if b"QuestionnaireResponse" in body:
        issues = (*issues, *form_faults(resource, None, _form_named, _shelf().value_sets.expansions()))
    return Checked(name, issues, body.decode("utf-8"))


@cache
def _shelf() -> Shelf:
    """The policies that come with the server: the forms that are known by their canonical alone."""
    return open_shelf()


def _form_named(canonical: str) -> Json | None:
    return _shelf().questionnaire(canonical)
