"""Where to look while both sides keep running: printed, and written down for the test EHR's page, which shows the way to the other side."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import requests

from fhir_pa.provider.play.desk import Desk
from fhir_pa.provider.play.payer_file import COORDINATOR, NURSE, ONCOLOGIST, PULMONOLOGIST
from fhir_pa.provider.play.stage import Stage
from ig_profiles.reading import Json

PEOPLE = {
    PULMONOLOGIST: ("Ada Quill, MD", "/desk", "lung physician at the reviewers' desk: may certify, reduce and deny"),
    ONCOLOGIST: ("Ines Marrow, MD", "/desk", "cancer physician at the reviewers' desk: may certify, reduce and deny"),
    NURSE: ("Rowan Finch, RN", "/desk", "nurse at the reviewers' desk: may certify, and must refer the rest to a physician"),
    COORDINATOR: ("Della Linnet, RN", "/practice", "Oakwood Clinic's coordinator at the practice desk"),
}
PAGES = (
    ("/desk", "Reviewers' desk", "where nurses and physicians of the payer decide"),
    ("/practice", "Practice desk", "what is on file for a practice, what is due, what runs out"),
    ("/member", "Member's page", "what the patient sees, in plain words"),
    ("/plan", "What the plan asks for", "open to everybody: services, policies, the yearly figures"),
)


def tell_places(stage: Stage, file: Path, out: Callable[[str], None]) -> None:
    """Print every address worth opening, and keep what the test EHR's page shows of them in ``file``, for this account only.

    The addresses come first: each token takes a command of its own, and somebody may be looking already.
    """
    desk, payer, flags = stage.desk, stage.desk.payer_url, " ".join(stage.desk.flags)
    told = pages_of(desk)
    keep(told, file)
    out("")
    out("Both sides are still running. Open this in a browser, order something, and watch:")
    out(f"  {'Test EHR':<24}{stage.ehr_url}/")
    out(f"  {'How the forms did':<24}{stage.ehr_url}/sessions")
    for page in told["pages"]:
        out(f"  {page['name']:<24}{page['url']}")
    told = with_people(told, desk)
    keep(told, file)
    out("The test EHR's page shows tokens to sign in with at the desks; in a terminal:")
    for person in told["people"]:
        out(f"  fhir-pa people token {person['id']} {flags}   # {person['name']}, {person['may']}")
    out(f"  fhir-pa members code MEMBER-NUMBER {flags}   # a one-time code for the member's page")
    out("For programs:")
    out(f"  curl -H 'Authorization: Bearer {desk.token(PULMONOLOGIST)}' {payer}/um/worklist")
    out(f"  curl -H 'Authorization: Bearer {stage.pas.token()}' {stage.pas.fhir_base}/Subscription")
    out(f"  {stage.pas.fhir_base}/metadata  {payer}/.well-known/davinci-configuration  {stage.ehr_url}/patients.json  {stage.ehr_url}/exchanges.json")


def pages_of(desk: Desk) -> Json:
    """The pages of this payer that are there, and the command that prints a member's code."""
    there = [(path, name, words) for path, name, words in PAGES if _is_there(f"{desk.payer_url}{path}")]
    pages = [{"path": path, "name": name, "url": f"{desk.payer_url}{path}", "words": words} for path, name, words in there]
    member = any(path == "/member" for path, _, _ in there)
    return {"pages": pages, "people": [], "code": f"fhir-pa members code {{member}} {' '.join(desk.flags)}" if member else None}


def with_people(told: Json, desk: Desk) -> Json:
    """The same with the people who work at these pages, each with a token to sign in with."""
    paths = {page["path"] for page in told["pages"]}
    people = [{"id": person, "name": name, "may": may, "token": desk.token(person)} for person, (name, path, may) in PEOPLE.items() if path in paths]
    return {**told, "people": people}


def keep(told: Json, file: Path) -> None:
    """Written where only this account can read it: the tokens let somebody in."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
        json.dump(told, kept)


def _is_there(url: str) -> bool:
    """Whether the payer has such a page; one that asks to sign in is there."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=5, allow_redirects=False, headers={"Accept": "text/html"}).status_code in (200, 302, 303, 401)
    except requests.RequestException:
        return False
