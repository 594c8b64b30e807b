"""Keep every session's figures on the provider's side, and read them out: ``python -m fhir_pa.provider.clinician.measures FOLDER``."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import click

from ig_profiles.json import dump, parse
from ig_profiles.reading import Json, many


class Measures:
    """The figures of the sessions of this process, and in a folder of its own one file for each when one is given."""

    def __init__(self, folder: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self.sessions: dict[str, Json] = {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str, data: Json) -> None:
        """A session's figures as they are now, in place of those before; ``name`` is the session's, and tells nothing."""
        with self._lock:
            self.sessions[name] = data
            if self._folder:
                fresh = self._folder / f".{name}.fresh"
                fresh.write_bytes(dump(data))
                os.replace(fresh, self._folder / f"{name}.json")


def read(folder: Path) -> list[Json]:
    """The sessions kept in a folder, the first to begin first."""
    found: list[Json] = [parse(path.read_bytes()) for path in folder.glob("*.json")]
    return sorted(found, key=lambda each: str(next(iter(many(each, "action", "requestTime")), "")))


def summary(sessions: Iterable[Json]) -> dict[str, Any]:
    """What whoever runs the app wants to know; times in seconds, shares between 0 and 1, None where nothing was counted.

    >>> summary([])["found_of_asked"] is None
    True
    """
    sessions = list(sessions)
    forms = [form for session in sessions for form in many(session, "questionnaire") if form.get("reviewPrior")]
    asked, found = (sum(int(form.get(name, 0)) for form in forms) for name in ("enabledQuestions", "autoPopulated"))
    actions = [action for session in sessions for action in many(session, "action")]
    packages = [_seconds(action["requestTime"], action["responseTime"]) for action in actions if action["actionDetail"] == "qpackage"]
    return {
        "sessions": len(sessions),
        "forms_finished": len(forms),
        "found_of_asked": round(found / asked, 3) if asked else None,
        "changed_by_clinicians": sum(each["count"] for form in forms for each in many(form, "roleInteraction") if each["roleAction"] == "override"),
        "seconds_for_a_form": median(map(_elapsed, forms)) if forms else None,
        "seconds_for_a_package": round(median(packages), 3) if packages else None,
        "calls_that_failed": sum(action.get("httpResponse", 200) >= 400 for action in actions),
        "faults_told_to_payers": sum(len(many(form, "failure")) for session in sessions for form in many(session, "questionnaire")),
    }


def _seconds(begun: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()


def _elapsed(form: Json) -> int:
    hours, minutes, seconds = (int(part) for part in str(form["elapsedTime"]).split(":"))
    return hours * 3600 + minutes * 60 + seconds


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--export", is_flag=True, help="Print every session as DTRMetricData, one JSON array.")
def main(folder: Path, export: bool) -> None:
    """What the sessions of the clinician's app took, from the FOLDER it was started with (--measures)."""
    sessions = read(folder)
    if export:
        click.echo(dump(sessions).decode())
        return
    for name, figure in summary(sessions).items():
        click.echo(f"{name.replace('_', ' '):<24}{'–' if figure is None else figure}")


if __name__ == "__main__":
    main()
