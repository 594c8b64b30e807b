"""Where to look while both sides keep running: printed, and written down for the test EHR's page, which shows the way to the other side."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import requests

from fhir_pa.provider.play.payer_file import NURSE, ONCOLOGIST, PULMONOLOGIST
from fhir_pa.provider.play.stage import Stage

PEOPLE = {
    PULMONOLOGIST: ("Ada Quill, MD", "lung physician: may certify, reduce and deny"),
    ONCOLOGIST: ("Ines Marrow, MD", "cancer physician: may certify, reduce and deny"),
    NURSE: ("Rowan Finch, RN", "nurse: may certify, and must refer the rest to a physician"),
}
PAGES = (
    ("/desk", "Reviewers' desk", "where nurses and physicians decide"),
    ("/plan", "What the plan asks for", "open to everybody: services, policies, the yearly figures"),
    ("/practice", "Practice desk", "a practice's authorizations on file"),
    ("/member", "Member's page", "what the member sees of it"),
)


def tell_places(stage: Stage, file: Path, out: Callable[[str], None]) -> None:
    """Print every address worth opening, and keep what the test EHR's page shows of them in ``file``, for this account only."""
    payer = stage.desk.payer_url
    pages = [{"name": name, "url": f"{payer}{path}", "words": words} for path, name, words in PAGES if _is_there(f"{payer}{path}")]
    people = [{"name": name, "may": may, "token": stage.desk.token(person)} for person, (name, may) in PEOPLE.items()]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
        json.dump({"pages": pages, "people": people}, kept)
    out("")
    out("Both sides are still running. Open this in a browser, order something, and watch:")
    out(f"  {'Test EHR':<24}{stage.ehr_url}/")
    for page in pages:
        out(f"  {page['name']:<24}{page['url']}")
    out("At the desk you sign in with a token. The test EHR's page shows them; in a terminal:")
    for person, (name, may) in PEOPLE.items():
        out(f"  fhir-pa people token {person} {' '.join(stage.desk.flags)}   # {name}, {may}")
    out("For programs:")
    out(f"  curl -H 'Authorization: Bearer {stage.desk.token(PULMONOLOGIST)}' {payer}/um/worklist")
    out(f"  curl -H 'Authorization: Bearer {stage.pas.token()}' {stage.pas.fhir_base}/Subscription")
    out(f"  {stage.pas.fhir_base}/metadata  {payer}/.well-known/davinci-configuration  {stage.ehr_url}/patients.json  {stage.ehr_url}/exchanges.json")


def _is_there(url: str) -> bool:
    """Whether the payer has such a page; one that asks to sign in is there."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=5, allow_redirects=False, headers={"Accept": "text/html"}).status_code in (200, 302, 303, 401)
    except requests.RequestException:
        return False
