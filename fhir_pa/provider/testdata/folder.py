"""Write a test-data folder: request bodies, the payer's configuration, keys and proofs, and an index of all of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.play.payer_file import CLIENT_ID, payer_file
from fhir_pa.provider.testdata import asked, changed, decided, fullest, later, told
from fhir_pa.provider.testdata.clinic import GENERATIONS, Clinic
from fhir_pa.provider.testdata.later import REVIEWER
from fhir_pa.provider.testdata.proofs import token_name, write_proofs
from fhir_pa.provider.testdata.readme import readme
from fhir_pa.provider.testdata.situation import Situation, Step
from fhir_pa.provider.testdata.told import SECRET
from ig_profiles.json import dump, parse
from ig_profiles.reading import Json

TELLERS = (decided.situations, changed.situations, later.situations, told.situations, fullest.situations, asked.situations)
MANIFEST, CONFIGURATION, KEYS, PROOFS = "manifest.json", "fhir-pa.toml", "provider-keys.json", "proofs"


def situations(guide: str, ehr_url: str, at: datetime) -> tuple[Situation, ...]:
    """Every situation of one generation, as of this moment."""
    clinic = Clinic(guide, ehr_url, at)
    return tuple(situation for tell in TELLERS for situation in tell(clinic))


def write_folder(folder: Path, guides: Iterable[str], payer_url: str, ehr_url: str, at: datetime) -> tuple[Situation, ...]:
    """Write everything into the folder, over what an earlier run left there; the keys of an earlier run stay."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = Keys.load(folder / KEYS) if (folder / KEYS).exists() else Keys.new()
    keys.save(folder / KEYS)
    (folder / CONFIGURATION).write_text(configuration(payer_url, ehr_url, keys, at))
    written = tuple(situation for guide in guides for situation in situations(guide, ehr_url, at))
    listed = [_listed(folder, situation) for situation in written]
    index = {"payer": payer_url, "ehr": ehr_url, "made_at": at.isoformat(timespec="seconds"), "client": CLIENT_ID, "reviewer": REVIEWER, "situations": listed}
    (folder / MANIFEST).write_bytes(dump(index, pretty=True))
    (folder / "README.md").write_text(readme(payer_url, ehr_url, SECRET, written))
    _prove(folder, keys, index, at)
    return written


def renew_proofs(folder: Path, at: datetime) -> None:
    """Sign the proofs of a folder anew. Raises FileNotFoundError when it holds no test data."""
    _prove(folder, Keys.load(folder / KEYS), parse((folder / MANIFEST).read_bytes()), at)


def configuration(payer_url: str, ehr_url: str, keys: Keys, at: datetime) -> str:
    """The payer's file for the test data: the clinic's public keys stand in it, and a denial needs no conversation before it."""
    port = payer_url.rpartition(":")[2]
    written = payer_file(payer_url, ehr_url, keys, charts_on(at.date()), at.date(), inline_keys=True)
    serving = [f"port = {port}"] if port.isdigit() else []
    return "\n".join([written, "[server]", *serving, "peer_to_peer_hours = 0", ""])


def _prove(folder: Path, keys: Keys, index: Json, at: datetime) -> None:
    hooks = [step["path"] for situation in index["situations"] for step in situation["steps"] if step["as"] == "ehr"]
    write_proofs(folder / PROOFS, keys, index["payer"], index["ehr"], hooks, int(at.timestamp()))


def _listed(folder: Path, situation: Situation) -> Json:
    place = folder / GENERATIONS[situation.guide] / situation.name
    place.mkdir(parents=True, exist_ok=True)
    steps = [_step(folder, place, number, step) for number, step in enumerate(situation.steps, 1)]
    named = {"name": situation.name, "guide": situation.guide, "title": situation.title}
    return {**named, **({"needs": situation.needs} if situation.needs else {}), "steps": steps}


def _step(folder: Path, place: Path, number: int, step: Step) -> Json:
    listed: Json = {"does": step.does, "as": step.as_, "method": step.method, "path": step.path}
    if step.as_ == "ehr":
        listed["proof"] = f"{PROOFS}/{token_name(step.path)}"
    if step.body is not None:
        file = place / f"{number}.json"
        file.write_bytes(dump(step.body, pretty=True))
        listed["body"] = file.relative_to(folder).as_posix()
        listed["content_type"] = "application/fhir+json" if step.as_ == "system" else "application/json"
    listed |= {"status": step.status, "holds": [{"says": each.says, "fhirpath": each.fhirpath} for each in step.holds]}
    return listed | ({"take": dict(step.take)} if step.take else {})
