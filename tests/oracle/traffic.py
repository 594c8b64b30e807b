"""What our own parties put on the wire: the demonstration overheard, and a payer asked good and bad things."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient

from fhir_pa.pas.inquiry_response import Found
from fhir_pa.pas.inquiry_response import write as write_inquiry_response
from fhir_pa.pas.response import write
from fhir_pa.provider.demo import GENERATIONS, run_demo
from fhir_pa.provider.wire import Reply, Wire
from fhir_pa.settings import read
from fhir_pa.web.app import create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import open_payer
from ig_profiles.json import dump, parse
from ig_profiles.reading import Json, many
from tests.fhir_pa.pas_bundles import PATIENT, bundle, claim, item
from tests.fhir_pa.pas_cases import LATER, PAYER_BASE, every_decision
from tests.oracle.hapi import Case
from tests.packages import examples

FHIR_JSON = {"Content-Type": "application/fhir+json"}


@dataclass
class Overheard:
    """FHIR resources by what they answer or ask: ``submit-1-asked``, ``order-sign-2-answer``; each text once."""

    prefix: str
    cases: list[Case] = field(default_factory=list)
    _texts: set[str] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    def keep(self, act: str, role: str, *resources: Any) -> None:
        """Take in what is a FHIR resource and was not heard before."""
        for resource in resources:
            if not isinstance(resource, dict) or "resourceType" not in resource:
                continue
            content = dump(resource).decode()
            if content not in self._texts:
                self._texts.add(content)
                self._counts[f"{act}-{role}"] += 1
                self.cases.append(Case(f"{self.prefix}/{act}-{self._counts[f'{act}-{role}']}-{role}", content))


def demonstration(guide: str) -> list[Case]:
    """Every resource provider and payer exchange while the scenes are played. Where a scene does not come out, a line on stderr says so."""
    heard, told = Overheard(f"{guide}/demonstration"), list[str]()
    call = Wire._call

    def overhear(wire: Wire, method: str, path: str, token: str | None, headers: dict[str, str], **rest: Any) -> Reply:
        reply = call(wire, method, path, token, headers, **rest)
        if "/inbox/" in reply.url:
            heard.keep("notification", "told", *many(reply.body, "notifications", "bundle"))
        elif f"/{GENERATIONS[guide]}/" in reply.url:
            act = _act(reply.url)
            if isinstance(rest.get("data"), bytes):
                heard.keep(act, "asked", parse(rest["data"]))
            heard.keep(act, "answer", reply.body, *many(reply.body, "systemActions", "resource"))
        return reply

    with patch.object(Wire, "_call", overhear):
        failed = run_demo(guide, out=told.append)
    if failed:
        print(f"{guide}: not every scene came out; compared is what was said. Run 'fhir-pa demo --guide {guide}'.", *told[-2:], sep="\n", file=sys.stderr)
    return heard.cases


def conversation(guide: str) -> list[Case]:
    """What a payer answers to published and built requests, inquiries, an update and mistakes, and its CapabilityStatement."""
    heard = Overheard(f"{guide}/payer")
    with tempfile.TemporaryDirectory(prefix="fhir-pa-oracle-") as folder:
        payer = open_payer(read({"data_directory": Path(folder), "open": True}, {}))
        try:
            http = create_app(payer, OFFERED).test_client()
            base = f"/{GENERATIONS[guide]}/fhir"
            heard.keep("metadata", "answer", parse(http.get(f"{base}/metadata").data))
            for act, body in (*_requests(guide), *_mistakes(guide)):
                heard.keep(act, "answer", _post(http, f"{base}/Claim/${act}", body))
        finally:
            payer.close()
    case, received = every_decision(guide)
    heard.keep("every-decision", "answer", write(case, received, guide, at=LATER, base_url=PAYER_BASE))
    heard.keep("every-decision", "inquired", write_inquiry_response([Found(case, received)], received, guide, at=LATER, base_url=PAYER_BASE))
    return heard.cases


def _requests(guide: str) -> Iterator[tuple[str, bytes]]:
    for name, body in sorted(examples("hl7.fhir.us.davinci-pas-2.0.1").items()) if guide == "2.0.1" else ():
        if name.startswith("Bundle-") and parse(body)["entry"][0]["resource"]["resourceType"] == "Claim":
            yield ("inquire" if "Inquiry" in name else "submit"), body
    for items in ([item(1)], [item(1), item(2, "70553")], [item(sequence, "A9999") for sequence in range(1, 4)]):
        asked = bundle(claim(*items, identifier=[{"system": "http://oakwood.example/trace", "value": f"C-{len(items)}"}]), guide=guide)
        yield "submit", dump(asked)
        yield "inquire", dump(asked)


def _mistakes(guide: str) -> Iterator[tuple[str, bytes]]:
    yield "submit", b"{"
    yield "submit", dump({"resourceType": "Patient"})
    yield "submit", dump(_without(bundle(guide=guide), "Patient"))
    yield "submit", dump(_without(bundle(guide=guide), "Coverage"))
    yield "submit", dump(bundle(claim(item(1), diagnosis=[{"sequence": 1}]), guide=guide))
    yield "submit", dump(bundle(claim(item(1, servicedPeriod={"start": "2026-12-22", "end": "2026-11-22"})), guide=guide))
    yield "inquire", dump(bundle(claim(item(1), patient={"reference": f"Patient/{PATIENT['id']}-unknown"}), guide=guide))
    yield "inquire", b"[]"


def _without(asked: Json, kind: str) -> Json:
    return {**asked, "entry": [entry for entry in asked["entry"] if entry["resource"]["resourceType"] != kind]}


def _post(http: FlaskClient, path: str, body: bytes) -> Any:
    return parse(http.post(path, data=body, headers=FHIR_JSON).data)


def _act(url: str) -> str:
    """The operation, hook or resource type of an address, as it stands in a name."""
    kept = [part for part in url.partition("?")[0].split("/") if part.startswith("$") or part[:1].isupper() or part.endswith("-crd")]
    return kept[-1].strip("$").removesuffix("-crd").lower() if kept else url.rpartition("/")[2]
