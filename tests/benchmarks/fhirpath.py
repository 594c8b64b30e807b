"""How long the invariants of one PAS referral take: ours, and fhirpathpy in the same run.

    python -m tests.benchmarks.fhirpath

Every constraint of error severity that FHIR R4 declares is evaluated on every element of the PAS 2.0.1 referral request
(18 kB); ele-1 and ext-1 are left out, because a validator checks them while it walks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import fhirpathpy
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models
from fhirpathpy.parser import parse

from ig_profiles import fhirpath
from ig_profiles.fhirpath.narrative import is_safe_narrative
from tests.ig_profiles.fhirpath_oracle import Place, declared_places, types
from tests.packages import examples

PACKAGE = "hl7.fhir.us.davinci-pas-2.0.1"
WALKED = ("hasValue() or (children().count()", "extension.exists() != value.exists()")


def microseconds(work: Callable[[], Any], rounds: int) -> float:
    """The median of several runs, CPU time."""
    times = []
    for _ in range(rounds):
        begin = process_time()
        for _ in range(5):
            work()
        times.append((process_time() - begin) / 5 * 1e6)
    return median(times)


def main() -> None:
    body = examples(PACKAGE).get("Bundle-ReferralAuthorizationBundleExample.json")
    if body is None:
        sys.exit(f"{PACKAGE}.tgz is not at hand; set FHIR_PA_PACKAGES to the folder that holds it")
    bundle = json.loads(body)
    asked: list[tuple[Place, str]] = []
    for place in declared_places(bundle):
        asked += [(place, text) for text in place.expressions if not text.startswith(WALKED)]
    begin = process_time()
    ours = [(fhirpath.compile(text), place) for place, text in asked]
    compiling = (process_time() - begin) * 1e6
    known = types()
    trees = {text: parse(text) for _, text in asked}
    options = {
        "traceFn": lambda *shown: None,
        "userInvocationTable": {
            "hasValue": {"fn": lambda items: len(items) == 1, "arity": {0: []}},
            "htmlChecks": {"fn": lambda items: True, "arity": {0: []}},
        },
    }

    def run_ours() -> None:
        for expression, place in ours:
            expression.holds(place.value, resource=place.resource, root=place.root, types=known, of=place.of)

    def run_theirs() -> None:
        for place, text in asked:
            value = place.value if isinstance(place.value, dict) and "resourceType" in place.value else ResourceNode.create_node(place.value, place.of)
            fhirpathpy.apply_parsed_path(value, trees[text], {"resource": place.resource, "rootResource": place.root}, models["r4"], options)

    divs = [place.value for place, text in asked if text == "htmlChecks()"]
    run_ours()
    run_theirs()
    narratives = microseconds(lambda: [is_safe_narrative(div) for div in divs], 21)
    mine, their = microseconds(run_ours, 41), microseconds(run_theirs, 5)
    print(f"{len(asked)} evaluations of {len(trees)} constraints on {len(body):,} bytes; compiled in {compiling:,.0f} µs")
    print(f"ours       {mine:10,.0f} µs   {mine / len(asked):6.2f} µs each")
    print(f"  of which {narratives:10,.0f} µs for txt-1 of {len(divs)} narratives ({sum(map(len, divs)):,} characters), which fhirpathpy does not read")
    print(f"fhirpathpy {their:10,.0f} µs   {their / len(asked):6.2f} µs each   x {their / mine:,.0f}")
    if "--each" in sys.argv:
        for text in trees:
            rows = [(expression, place) for (expression, place), (_, asked_text) in zip(ours, asked, strict=True) if asked_text == text]

            def run_one(rows: list[Any] = rows) -> None:
                for expression, place in rows:
                    expression.holds(place.value, resource=place.resource, root=place.root, types=known, of=place.of)

            print(f"{microseconds(run_one, 21):8.1f} µs {len(rows):4d} x {text[:110]}")


if __name__ == "__main__":
    main()
