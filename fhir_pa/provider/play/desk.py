"""The reviewers' desk: decide over the payer's HTTP API with a person's token, or through ``fhir-pa reviews`` on the command line."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from fhir_pa.provider.wire import Reply, Wire
from ig_profiles.json import parse
from ig_profiles.reading import Json

JSON = "application/json"
LASTING = "480"  # minutes: a demonstration is left running for a working day


class CommandFailed(Exception):
    """A ``fhir-pa`` command ended with a complaint."""


@dataclass
class Desk:
    """One payer's desk. ``flags`` are what every command needs to find the configuration and the database."""

    payer_url: str
    flags: tuple[str, ...]
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def token(self, person: str) -> str:
        """The person's bearer token, as ``fhir-pa people token`` prints it; asked for once."""
        if person not in self._tokens:
            self._tokens[person] = self.command("people", "token", person, "--minutes", LASTING, *self.flags)[0].split()[-1]
        return self._tokens[person]

    def worklist(self, person: str) -> Reply:
        """GET the cases at which a person must look."""
        return self._wire().get("worklist", self.token(person)).expect(200)

    def decide(self, person: str, number: str, decision: Json) -> Reply:
        """POST a decision."""
        return self._wire().post(f"authorizations/{number}/decisions", decision, self.token(person), JSON).expect(200, 201)

    def case(self, person: str, number: str) -> Reply:
        """GET one case, by its number or by what it is called while it is pended."""
        return self._wire().get(f"authorizations/{number}", self.token(person)).expect(200)

    def act(self, person: str, path: str, said: Json) -> Reply:
        """POST what a person does at an address below ``/um``."""
        return self._wire().post(path, said, self.token(person), JSON).expect(200, 201)

    def admission(self, notice: Json, token: str) -> Reply:
        """POST a facility's notice of an admission, with the token of its system."""
        return Wire(self.payer_url).post("facility/admissions", notice, token, JSON).expect(200, 201)

    def reopen(self, person: str, number: str, items: Sequence[int], because: str) -> Reply:
        """POST a reopening."""
        body = {"items": list(items), "because": because}
        return self._wire().post(f"authorizations/{number}/reopenings", body, self.token(person), JSON).expect(200, 201)

    def decide_by_command(self, person: str, number: str, decision: Json) -> tuple[Json, float]:
        """The same decision through ``fhir-pa reviews decide``: the case it printed, and the milliseconds. Raises CommandFailed."""
        items = ",".join(str(item) for item in decision["items"])
        said = ["--items", items, "--decision", decision["decision"], "--because", decision["because"]]
        said += [word for criterion in decision.get("criteria", ()) for word in ("--criterion", criterion)]
        said += [word for key, value in decision.get("authorized", {}).items() for word in (f"--{key}", str(value))]
        printed, took = self.command("reviews", "decide", number, *said, "--as", person, *self.flags)
        return parse(printed.encode()), took

    def _wire(self) -> Wire:
        return Wire(f"{self.payer_url}/um")

    def command(self, *words: str) -> tuple[str, float]:
        """What a ``fhir-pa`` command prints, and the milliseconds it took. Raises CommandFailed."""
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "fhir_pa.cli", *words], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            complaint = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise CommandFailed(f"fhir-pa {' '.join(words[:2])} ended with code {done.returncode}: {' '.join(line.strip() for line in complaint)}")
        return done.stdout.strip(), (time.perf_counter() - began) * 1000
