"""For whoever keeps the published guides: compile the sets that come with fhir-pa, add another guide, list what is there."""

from __future__ import annotations

import re
from pathlib import Path

import click

from fhir_pa.commands.options import explained
from ig_profiles import fhirpath
from ig_profiles.compile_recipes import compile_added, compile_guide
from ig_profiles.compile_set import CompiledSet
from ig_profiles.packages import open_package
from ig_profiles.registry import DEFINITIONS, GUIDES, Archive, open_set

some_packages = click.argument("packages", nargs=-1, required=True, metavar="PACKAGE...")
a_folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="FHIR_PA_PROFILES",
    default=Path("fhir-pa-profiles"),
    show_default=True,
    help="Where added guides are kept (or FHIR_PA_PROFILES).",
)


@click.group()
def profiles() -> None:
    """What HL7 published, compiled: the guides that requests are validated against."""


@profiles.command("compile")
@some_packages
@click.option("--guide", "guides", type=click.Choice(GUIDES), multiple=True, default=GUIDES, show_default=True, help="Which set to compile.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=DEFINITIONS, help="The folder to write to, instead of fhir-pa's own.")
def compile_sets(packages: tuple[str, ...], guides: tuple[str, ...], into: Path) -> None:
    """Compile the sets that come with fhir-pa from each PACKAGE (.tgz, folder, or name#version of ~/.fhir/packages)."""
    with explained():
        opened = [open_package(each) for each in packages]
        for guide in guides:
            compiled = compile_guide(guide, opened, fhirpath.compile)
            _keep(compiled, into / f"{guide}.zip")


@profiles.command("add")
@some_packages
@click.option("--guide", type=click.Choice(GUIDES), default=GUIDES[-1], show_default=True, help="The set it builds on.")
@a_folder
def add_guides(packages: tuple[str, ...], guide: str, folder: Path) -> None:
    """Add the guide of each PACKAGE (.tgz, folder, or name#version of ~/.fhir/packages), to validate against it too.

    Packages it depends on and the set lacks may be given beside it; each is added as well.
    """
    with explained():
        opened = [open_package(each) for each in packages]
        for package in opened:
            others = [each for each in opened if each is not package]
            compiled = compile_added(package, others, open_set(guide), fhirpath.compile)
            _keep(compiled, folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', f'{package.name}-{package.version}')}.zip")


@profiles.command("list")
@click.option("--missing", is_flag=True, help="Name also what the definitions refer to and no package held.")
@a_folder
def list_sets(folder: Path, missing: bool) -> None:
    """List each set and each added guide, with how much is in it and which packages it was compiled from."""
    with explained():
        for path in [*(DEFINITIONS / f"{guide}.zip" for guide in GUIDES), *sorted(folder.glob("*.zip"))]:
            archive = Archive(path.name, path.read_bytes())
            click.echo(f"{archive.index['guide']:<44} {_counted(**archive.counts())}")
            for label in archive.index["packages"]:
                click.echo(f"    {label}")
            for canonical in archive.index["missing"] if missing else ():
                click.echo(f"    not held: {canonical}")


def _keep(compiled: CompiledSet, path: Path) -> None:
    body = compiled.to_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    counts = _counted(len(compiled.profiles), len(compiled.value_sets), len(compiled.code_systems))
    click.echo(f"{path}: {counts}, {len(body):,} bytes.")
    if compiled.without_snapshot:
        click.echo(f"Left out, because they are published without a snapshot: {', '.join(compiled.without_snapshot)}.", err=True)
    if compiled.missing:
        click.echo(f"{len(compiled.missing)} canonicals are named there but held by no package given; 'fhir-pa profiles list --missing' lists them.", err=True)


def _counted(profiles: int, value_sets: int, code_systems: int) -> str:
    return f"{profiles:,} profiles, {value_sets:,} value sets, {code_systems:,} code systems"
