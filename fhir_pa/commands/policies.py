"""For authors of policies: begin one, check it, build its facts, try it on a patient, see what a change would do, and what it costs clinicians."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from fhir_pa.commands.options import explained, payer_of, where
from fhir_pa.operations.policies import diff as policy_diff
from ig_profiles.json import parse
from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Json, many
from questionnaires import burden as burdens
from questionnaires import trial
from questionnaires.authoring.codes import CODE_SYSTEMS
from questionnaires.authoring.starter import start
from questionnaires.check import advice, check, report, stories
from questionnaires.compile import compile_facts
from questionnaires.cql import FactEngine
from questionnaires.error_report import in_words
from questionnaires.library import BUILT_IN, Volume, open_shelf, read_folder
from questionnaires.translate import CqlMistakes, translate

a_folder = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=BUILT_IN)
an_own_shelf = click.option("--shelf", type=click.Path(file_okay=False, path_type=Path), help="Your own shelf of policies, opened after the built-in one.")


@click.group()
def policies() -> None:
    """The payer's rules: one folder for each topic."""


@policies.command("check", short_help="Name every mistake in a policy, or a shelf of them.")
@a_folder
def check_folder(folder: Path) -> None:
    """Name every mistake in FOLDER (a policy, or a shelf of them; by default the policies that come with the server)."""
    with explained():
        mistakes = check(folder)
    click.echo(report(mistakes))
    for each in advice(folder):
        click.echo(f"Advice: {each}")
    sys.exit(1 if mistakes else 0)


@policies.command("build", short_help="Compile the CQL facts of policies to ELM.")
@a_folder
def build_folder(folder: Path) -> None:
    """Compile the CQL facts of every policy in FOLDER to the ELM that server and browser run; a warning is an error."""
    found = sorted(folder.rglob("*.cql"))
    if not found:
        raise click.UsageError(f"{folder} holds no CQL. Name the folder of a policy, or of a shelf of them.")
    for cql in found:
        with explained():
            try:
                click.echo(f"{compile_facts(cql, translate)} is up to date.")
            except CqlMistakes as error:
                raise click.UsageError(f"{cql} does not compile: {error}. Mend it, and build again.") from None


@policies.command(short_help="Write a folder for a new policy that works: change it from there.")
@click.argument("topic")
@click.option("--shelf", type=click.Path(file_okay=False, path_type=Path), default=Path("my-policies"), show_default=True, help="The shelf to put it on.")
@click.option("--service", default="HCPCS:A9999", show_default=True, help="The code it is about, with its code system before a colon.")
def new(topic: str, shelf: Path, service: str) -> None:
    """Write a folder for TOPIC that works and passes the check: change it from there."""
    system, _, code = service.partition(":")
    if system not in CODE_SYSTEMS or not code:
        raise click.UsageError(f"--service {service} names no code. Write it like HCPCS:E0260; systems are {', '.join(CODE_SYSTEMS)}.")
    with explained():
        written = start(topic, system, code, shelf, lambda cql: compile_facts(cql, translate))
    for path in written:
        click.echo(path)
    click.echo(f"Change these, then: fhir-pa policies check {shelf / topic}")


@policies.command("try", short_help="Weigh a policy for one patient: findings, and the way to yes.")
@click.argument("topic")
@click.option("--patient", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A FHIR Bundle or resource in JSON: the record.")
@click.option("--service", "codes", multiple=True, help="Only this code; else every service of the policy.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the service; today when left out.")
@an_own_shelf
def try_policy(topic: str, patient: Path, codes: tuple[str, ...], on: datetime | None, shelf: Path | None) -> None:
    """Weigh the policy on TOPIC for one patient: every finding with its evidence, and the shortest way to yes."""
    with explained(), FactEngine() as engine:
        volume = open_shelf(*([shelf] if shelf else [])).volume(topic)
        for each in trial.try_on(volume, _resources(patient), on.date() if on else date.today(), engine, codes):
            for line in trial.told(each, volume):
                click.echo(line)


@policies.command(short_help="Who would be answered otherwise by another wording.")
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new_", metavar="NEW", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--over", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of PAS request Bundles; else the requests on file.")
@where
def diff(old: Path, new_: Path, over: Path | None, **flags: Any) -> None:
    """Weigh requests of the past by two wordings of a policy, the folders OLD and NEW: who would be answered otherwise.

    Nothing is decided. Exit status: 0 when nobody would, 1 when somebody would.
    """
    with explained(), FactEngine() as engine:
        pair = _volume(old), _volume(new_)
        if over is not None:
            history = list(policy_diff.in_folder(over))
            if not history:
                raise Unprocessable(f"{over} holds no PAS request Bundle that can be read. Name a folder of them (.json or .xml).")
            flips = list(policy_diff.compare(*pair, history, engine))
        else:
            with payer_of(flags) as payer:
                flips = list(policy_diff.compare(*pair, policy_diff.kept(payer), engine))
    for flip in (each for each in flips if each.is_one or each.changes):
        click.echo(f"{flip.request} {flip.code}: {flip.before} → {flip.after}" if flip.is_one else f"{flip.request} {flip.code}: {flip.before} as before")
        for change in flip.changes:
            click.echo(f"  {change}")
    many_ = sum(flip.is_one for flip in flips)
    click.echo(f"{len(flips)} services weighed twice; {many_ or 'none'} would be answered otherwise.")
    sys.exit(1 if many_ else 0)


@policies.command(short_help="What each form asks of a clinician: questions and minutes.")
@an_own_shelf
@click.argument("topics", nargs=-1)
def burden(topics: tuple[str, ...], shelf: Path | None) -> None:
    """How many questions each form asks, how many the record answers, and the minutes left, over the policy's own stories."""
    with explained(), FactEngine() as engine:
        there = open_shelf(*([shelf] if shelf else [])).volumes()
        if strange := sorted(set(topics) - {each.edition.topic for each in there}):
            known = ", ".join(dict.fromkeys(each.edition.topic for each in there))
            raise Unprocessable(f"No policy on {', '.join(strange)} is on the shelf. There are {known}; --shelf opens your own.")
        volumes = [each for each in there if not topics or each.edition.topic in topics]
        click.echo(burdens.table(_burdens(volumes, engine)))


@policies.command(short_help="What DTR apps reported that went wrong with forms.")
@click.option("--days", type=int, default=30, show_default=True, help="So many days back.")
@where
def errors(days: int, **flags: Any) -> None:
    """What DTR apps reported that went wrong with forms, the newest first."""
    with payer_of(flags) as payer, payer.store.reading() as tx:
        told = tx.form_errors(datetime.now(UTC) - timedelta(days=days))
    for each in told:
        click.echo(f"{each.at:%Y-%m-%d %H:%M} {each.client}, DTR {each.guide}: {', '.join(each.report.questionnaires)}")
        for line in in_words(each.report):
            click.echo(f"  {line}")
    click.echo(f"{len(told) or 'No'} reports in {days} days.")


def _burdens(volumes: list[Volume], engine: FactEngine) -> Iterable[burdens.Burden]:
    for volume in volumes:
        told, _ = stories(volume.folder, volumes)
        row = burdens.burden(volume, [case for case, of in told if of is volume], engine)
        if row is not None:
            yield row


def _volume(folder: Path) -> Volume:
    """The newest edition in a policy's folder. Raises Unprocessable with what keeps it from being read."""
    volumes, mistakes = read_folder(folder)
    if not volumes:
        raise Unprocessable(*([str(mistake) for mistake in mistakes] or [f"{folder} holds no policy."]))
    return max(volumes, key=lambda volume: volume.edition.in_force_from)


def _resources(path: Path) -> list[Json]:
    sent = parse(path.read_bytes())
    return [each for each in many(sent, "entry", "resource") if isinstance(each, dict)] or [sent]
