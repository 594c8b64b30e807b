"""Payer, EHR and the clinician's app, each a process of its own on a free port, as ``fhir-pa demo --keep`` has them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.play.payer_file import payer_file
from fhir_pa.provider.play.processes import Processes, free_port


@dataclass(frozen=True)
class Parties:
    """Where each is reached."""

    payer: str
    ehr: str
    app: str
    guide: str
    keys: Keys


@contextmanager
def three_parties(folder: Path, guide: str = "2.2", payer_base: str | None = None) -> Iterator[Parties]:
    """All three until the end of the block; ``payer_base`` sends the app to another payer than ours."""
    payer, ehr, app = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    today = datetime.now(UTC).date()
    keys, charts = Keys.new(), charts_on(today)
    keys.save(folder / "keys.json")
    config = folder / "fhir-pa.toml"
    config.write_text(payer_file(payer, ehr, keys, charts, today))
    base = f"{payer}/{'v2.2' if guide == '2.2' else 'v2.0'}"
    processes = Processes(folder)

    def port(url: str) -> str:
        return url.rpartition(":")[2]

    try:
        serve = ["fhir_pa.cli", "serve", "--port", port(payer), "--config", str(config), "--data-directory", str(folder / "data")]
        processes.start("payer", serve, f"{payer}/ready")
        keyed = ["--keys", str(folder / "keys.json"), "--guide", guide]
        records = ["fhir_pa.provider.serve", "--port", port(ehr), *keyed, "--app", app, "--cds", base]
        processes.start("ehr", records, f"{ehr}/fhir/metadata", {"FHIR_PA_PROVIDER_SECRET": f"Bearer {secrets.token_urlsafe(16)}"})
        forms = ["fhir_pa.provider.clinician.serve", "--port", port(app), *keyed, "--ehr", ehr, "--payer", payer_base or f"{base}/fhir"]
        processes.start("app", forms, f"{app}/supported-payers")
        yield Parties(payer, ehr, app, guide, keys)
    finally:
        processes.stop()
