"""How long DTR takes, policy by policy: the package, the next question, the server's facts; run ``python -m tests.benchmarks.dtr``.

Each time is the median of many calls, warm. Because machines differ, it is also given as a multiple of a floor measured in
the same run: the same package parsed and written again as JSON. The way on from an
interview's answers is never remembered, so each next question is searched anew. Targets: package 30 ms, next question 20 ms, facts 15 ms.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from fhir_pa.auth.caller import open_caller
from fhir_pa.operations.forms.next_question import next_question
from fhir_pa.operations.forms.questionnaire_package import questionnaire_package
from fhir_pa.provider.dtr.package import question
from fhir_pa.settings import read
from fhir_pa.wiring import Payer, open_payer
from ig_profiles.json import dump, parse
from ig_profiles.reading import Json, many
from questionnaires.adaptive_form import adaptive_canonical
from questionnaires.check import stories
from questionnaires.elm import facts_of
from questionnaires.form import canonical
from questionnaires.library import Volume
from questionnaires.package_request import Guide

ROUNDS = 30
GUIDE: Guide = "2.2"
COVERAGE: Json = {
    "resourceType": "Coverage",
    "id": "cov-1",
    "status": "active",
    "subscriberId": "SYN-1",
    "beneficiary": {"reference": "Patient/p"},
    "payor": [{"display": "Larkfield"}],
}
TARGETS = {"package": 30, "next question": 20, "facts": 15}


def measured(call: Callable[[], Any]) -> float:
    """The median of the calls, in milliseconds; the first three are not counted."""
    times = []
    for _ in range(ROUNDS + 3):
        begun = perf_counter()
        call()
        times.append((perf_counter() - begun) * 1000)
    return median(times[3:])


def row(volume: Volume, payer: Payer) -> dict[str, float]:
    """The times of one policy."""
    assert volume.questionnaire is not None
    caller = open_caller()
    standard = dump(question(COVERAGE, (), None, (canonical(volume.questionnaire),)))
    adaptive = dump(question(COVERAGE, (), None, (adaptive_canonical(volume.questionnaire),)))
    answered = dump(questionnaire_package(standard, GUIDE, caller, payer))
    begun = questionnaire_package(adaptive, GUIDE, caller, payer)
    response = next(each for each in many(begun, "parameter", "resource", "entry", "resource") if each["resourceType"] == "QuestionnaireResponse")
    asked = dump(response)
    told, _ = stories(volume.folder, [volume])
    charts = [case.resources for case, _ in told if case.resources]
    chart = max(charts, key=len, default=())
    times = {
        "floor": measured(lambda: dump(parse(answered))),
        "package": measured(lambda: dump(questionnaire_package(standard, GUIDE, caller, payer))),
        "next question": measured(lambda: dump(next_question(asked, GUIDE, caller, payer))),
    }
    if volume.elm is not None and chart:
        times["facts"] = measured(lambda: payer.facts.facts(volume.elm, chart, payer.clock(), facts_of(volume.elm)))
    return times


def main() -> None:
    """Print one line for each policy that has a form; exit status 1 when a target was missed."""
    with tempfile.TemporaryDirectory() as folder:
        payer = open_payer(read({"data_directory": Path(folder), "open": True}, {}))
        payer.warm_up()
        print(f"{'':<30}{'floor':>9}" + "".join(f"{name:>22}" for name in TARGETS))
        slowest = dict.fromkeys(TARGETS, 0.0)
        for volume in payer.shelf.volumes():
            if volume.questionnaire is None:
                continue
            times = row(volume, payer)
            cells = ""
            for name in TARGETS:
                value = times.get(name)
                slowest[name] = max(slowest[name], value or 0.0)
                cells += f"{'':>22}" if value is None else f"{value:>11.2f} ms {value / times['floor']:>6.1f} x"
            print(f"{volume.edition.name:<30}{times['floor']:>6.2f} ms{cells}")
        missed = [name for name, target in TARGETS.items() if slowest[name] >= target]
        for name, target in TARGETS.items():
            print(f"{name}: slowest {slowest[name]:.2f} ms, target {target} ms: {'missed' if name in missed else 'kept'}")
        payer.close()
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
