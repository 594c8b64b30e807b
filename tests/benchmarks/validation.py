"""How fast is validation? Ratios in one run on the published 18 kB referral bundle: ours against what else reads FHIR in Python.

    python -m tests.benchmarks.validation [--rounds 9]

CPU time of this process, median of the rounds, all ways taken in turn within each round so that a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from ig_profiles.json import parse
from ig_profiles.registry import Registry, open_set
from ig_profiles.validator import validate
from tests.packages import FOLDER, examples

PACKAGE, NAME = "hl7.fhir.us.davinci-pas-2.0.1", "Bundle-ReferralAuthorizationBundleExample.json"
TARGET = 1500


def constraint_by_fhirpathpy(bundle: Any, registry: Registry) -> Callable[[], None] | None:
    """The rules on resources and entries through fhirpathpy, as a validator built on it would run them; None where it is not installed."""
    try:
        from fhirpathpy import compile as compile_expression
    except ImportError:
        return None
    silent = {"traceFn": lambda value, name: None, "userInvocationTable": {"hasValue": {"fn": lambda value: bool(value), "arity": {0: []}}}}
    work: list[tuple[Any, Any]] = []
    for resource in [bundle, *(entry["resource"] for entry in bundle["entry"])]:
        table = registry.profile(resource["meta"]["profile"][0]) or {}
        root = table["elements"][0]
        for key, _, expression in (table["constraints"][number] for number in root.get("constraints", [])):
            if key not in ("dom-6",):
                work.append((compile_expression(expression, options=silent), resource))

    def run() -> None:
        for check, resource in work:
            check(resource, {"resource": resource, "rootResource": resource})

    return run


def fhir_resources(body: bytes) -> Callable[[], None] | None:
    """Reading into the pydantic models of fhir.resources: types and cardinalities of the base standard only."""
    try:
        from fhir.resources.R4B.bundle import Bundle
    except ImportError:
        return None
    return lambda: Bundle.model_validate_json(body) and None


def measured(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Microseconds of CPU each way takes, by round."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            count, spent = 0, 0.0
            while spent < 0.05:
                before = time.process_time()
                way()
                spent += time.process_time() - before
                count += 1
            found[name].append(spent / count * 1e6)
    return found


def main() -> int:
    """Print the table; exit 1 where the target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    rounds = options.parse_args().rounds
    if not examples(PACKAGE):
        print(f"{PACKAGE}.tgz is not in {FOLDER}; set FHIR_PA_PACKAGES")
        return 0
    body, registry = examples(PACKAGE)[NAME], open_set("2.0.1")
    bundle, plain = parse(body), orjson.loads(body)
    ways: dict[str, Callable[[], Any] | None] = {
        "orjson.loads": lambda: orjson.loads(body),
        "our reading (decimals, limits)": lambda: parse(body),
        "validate, all rules": lambda: validate(bundle, registry),
        "orjson.loads + validate": lambda: validate(orjson.loads(body), registry),
        "our reading + validate": lambda: validate(parse(body), registry),
        "fhir.resources R4B, parse only": fhir_resources(body),
        "fhirpathpy, rules of roots only": constraint_by_fhirpathpy(plain, registry),
    }
    found = measured({name: way for name, way in ways.items() if way}, rounds)
    medians = {name: statistics.median(spent) for name, spent in found.items()}
    ours = medians["validate, all rules"]
    print(f"{len(body):,} bytes, {len(bundle['entry'])} entries; median of {rounds} rounds, CPU time\n")
    print(f"{'':34}{'median':>10}{'least':>10}{'per second':>12}{'against ours':>14}")
    for name, spent in medians.items():
        print(f"{name:34}{spent:>8.0f}µs{min(found[name]):>8.0f}µs{1e6 / spent:>12,.0f}{spent / ours:>13.2f}x")
    best = 1e6 / min(found["validate, all rules"])
    print(f"\ntarget {TARGET:,} bundles a second on one core: {'kept' if best >= TARGET else 'missed'} ({best:,.0f} in the quietest round)")
    return 0 if best >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
