"""Policy trial: one patient's record weighed by one edition: every finding with its evidence, how it would end, the shortest way to yes.

Nothing is decided and nothing is kept: neither the record nor what was found in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.policies.stories import told_to
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Json, many
from questionnaires.criteria import Criterion, Finding
from questionnaires.library import Volume
from questionnaires.trial import Trial, try_on

TRIES = ("policy", "physician", "nurse")
MOST = 5000  # resources of one record


def patients(topic: str, caller: Caller, payer: Payer) -> Json:
    """The invented patients of the policy's own stories, to be tried as they are or changed first."""
    caller.must_hold_one(TRIES, "try a policy on a patient")
    volume = payer.shelf.volume(topic)
    editions = [each.edition.version for each in payer.shelf.volumes() if each.edition.topic == topic]
    return {
        "topic": topic,
        "title": volume.edition.title,
        "editions": editions[::-1],
        "services": [coding.code for coding in volume.edition.services],
        "patients": [{"number": number, "title": case.title} for number, case in _invented(topic, payer)],
        "today": payer.clock().date().isoformat(),
    }


def try_on_patient(topic: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Weigh. The body holds ``edition``, ``on`` (a day), ``service`` (a code, or nothing for all), and ``record`` (a FHIR
    Bundle or resource) or ``patient`` (the number of an invented one). Raises Unprocessable for what cannot be read.
    """
    told = patients(topic, caller, payer)
    asked = parse(body, payer.settings.max_body_bytes)
    if not isinstance(asked, dict):
        raise Unprocessable("Send one JSON object with edition, on, and record or patient.")
    volume = payer.shelf.volume(topic, asked.get("edition") or None)
    on, service = _day(asked.get("on") or told["today"]), str(asked.get("service") or "")
    resources = _resources(asked, topic, payer)
    tried = list(try_on(volume, resources, on, payer.facts, [service] if service else []))
    titles = {each.id: each.title for top in volume.edition.criteria for each in _criteria(top)}
    return {
        **told,
        "edition": volume.edition.version,
        "on": on.isoformat(),
        "service": service,
        "resources": len(resources),
        "trials": [_trial(each, volume, titles) for each in tried],
    }


def _resources(asked: Mapping[str, Any], topic: str, payer: Payer) -> Sequence[Json]:
    record = asked.get("record")
    if record is None:
        number = str(asked.get("patient", ""))
        found = next((case for known, case in _invented(topic, payer) if str(known) == number), None)
        if found is None:
            raise Unprocessable(Issue("Choose an invented patient, or send a record: a FHIR Bundle in JSON.", "required", expression="patient"))
        return found.resources
    if not isinstance(record, dict) or not record.get("resourceType"):
        raise Unprocessable(Issue("This is no FHIR resource. Send a Bundle, or one resource, in JSON, with its resourceType.", "invalid", expression="record"))
    resources = [each for each in many(record, "entry", "resource") if isinstance(each, dict)] or [record]
    if len(resources) > MOST:
        raise Unprocessable(Issue(f"The record has {len(resources)} resources. Send at most {MOST}.", "too-costly", expression="record"))
    return resources


def _invented(topic: str, payer: Payer) -> Iterator[tuple[int, Any]]:
    """The stories that bring a record, each record once."""
    seen: set[bytes] = set()
    for number, (case, _) in enumerate(told_to(topic, payer), start=1):
        record = dump(list(case.resources))
        if case.resources and record not in seen:
            seen.add(record)
            yield number, case


def _day(written: Any) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise Unprocessable(Issue(f"'{str(written)[:20]}' is no day. Write it like 2026-11-21.", "invalid", expression="on")) from None


def _trial(trial: Trial, volume: Volume, titles: Mapping[str, str]) -> Json:
    return {
        "service": trial.service.code if trial.service else "",
        "outcome": trial.outcome,
        "findings": [_finding(each, titles) for each in trial.findings],
        "path": None if trial.path is None else [_asked(name, volume) for name in trial.path],
    }


def _asked(fact: str, volume: Volume) -> Json:
    """A fact that would help, and the question of the form that asks for it."""
    return {"fact": fact.replace("_", " "), "asks": volume.questions[fact].text if fact in volume.questions else ""}


def _finding(finding: Finding, titles: Mapping[str, str]) -> Json:
    title = titles.get(finding.criterion) or finding.criterion.replace("_", " ")
    return {
        "criterion": finding.criterion,
        "title": title,
        "truth": str(finding.truth),
        "because": "" if finding.because.startswith(f"{title}: ") else finding.because,
        "missing": [each.replace("_", " ") for each in finding.missing],
        "evidence": [{**vars(each), "fact": each.fact.replace("_", " ")} for each in dict.fromkeys(finding.evidence)],
        "below": [_finding(each, titles) for each in finding.below],
    }


def _criteria(criterion: Criterion) -> Iterator[Criterion]:
    yield criterion
    for below in criterion.below:
        yield from _criteria(below)
