"""Where to look while both sides keep running: printed, and written down for the test EHR's page, which shows the way to the other side."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import requests

from fhir_pa.provider.play.day import Left
from fhir_pa.provider.play.payer_file import (
    AUDITOR,
    CASE_MANAGER,
    CLERK,
    COORDINATOR,
    NURSE,
    ONCOLOGIST,
    OPERATOR,
    POLICY_OWNER,
    PULMONOLOGIST,
    SECOND_ONCOLOGIST,
)
from fhir_pa.provider.play.stage import Stage
from ig_profiles.reading import Json

PEOPLE = {
    PULMONOLOGIST: ("Ada Quill, MD", "/desk", "lung physician: may certify, reduce and deny"),
    ONCOLOGIST: ("Ines Marrow, MD", "/desk", "cancer physician: may certify, reduce and deny"),
    SECOND_ONCOLOGIST: ("Tomas Halloway, MD", "/desk", "cancer physician: hears appeals of what others denied"),
    NURSE: ("Rowan Finch, RN", "/desk", "nurse: may certify, and must refer the rest to a physician"),
    CLERK: ("Nola Burnet", "/desk", "clerk: looks after papers and calls, decides nothing"),
    CASE_MANAGER: ("Sol Medlar, LCSW", "/desk/follow-ups", "case manager: helps after the decision"),
    AUDITOR: ("Edda Vetch", "/desk", "auditor: reads everything, changes nothing"),
    POLICY_OWNER: ("Imre Lovage", "/policies", "owner of policies: editions, stories, a patient to try"),
    OPERATOR: ("Bo Yarrow", "/operator", "operator: queues, deliveries, clocks, timings"),
    COORDINATOR: ("Della Linnet, RN", "/practice", "Oakwood Clinic's coordinator: sends, books, appeals"),
}
PAGES = (
    ("/desk", "Reviewers' desk", "where nurses and physicians of the payer decide"),
    ("/practice", "Practice desk", "what is on file for a practice, what is due, what runs out"),
    ("/member", "Member's page", "what the patient sees, in plain words, in English and Spanish"),
    ("/plan", "What the plan asks for", "open to everybody: services, policies, the yearly figures"),
    ("/policies", "Policy desk", "the shelf, editions side by side, what became of each criterion"),
    ("/operator", "Operator's page", "queues, deliveries, clients and keys, clocks, timings"),
)


def tell_places(stage: Stage, left: Iterable[Left], file: Path, out: Callable[[str], None]) -> None:
    """Print every address worth opening, and where each thing of the day is; keep what the test EHR's page shows of them in ``file``."""
    payer, flags = stage.desk.payer_url, " ".join(stage.desk.flags)
    told = {**places_of(payer), "left": places_of_left(stage, left)}
    keep(told, file)
    out("")
    out("Both sides are still running. Open this in a browser, order something, and watch:")
    out(f"  {'Test EHR':<24}{stage.ehr_url}/")
    out(f"  {'How the forms did':<24}{stage.ehr_url}/sessions")
    for page in told["pages"]:
        out(f"  {page['name']:<24}{page['url']:<36}{page['words']}")
    out("Each asks who you are; choose anybody. Whom to be:")
    for person in told["people"]:
        out(f"  {person['name']:<24}{person['may']:<60}{person['url']}")
    out("For programs:")
    out(f"  curl -H 'Authorization: Bearer {stage.desk.token(PULMONOLOGIST)}' {payer}/um/worklist")
    out(f"  curl -H 'Authorization: Bearer {stage.pas.token()}' {stage.pas.fhir_base}/Subscription")
    out(f"  {stage.pas.fhir_base}/metadata  {payer}/.well-known/davinci-configuration  {stage.ehr_url}/patients.json  {stage.ehr_url}/exchanges.json")
    out("For the command line, such as fhir-pa prove NUMBER, audit verify, measures watched or people token ID, add:")
    out(f"  {flags}")
    tell_left(told["left"], out)


def tell_left(left: Iterable[Json], out: Callable[[str], None]) -> None:
    """Print one line for each thing of the day: about whom, what it is, at which desk, whom to be, and the address that leads there."""
    out("")
    out("A day's work is on the desks already. What waits, for whom, and where:")
    for each in left:
        out(f"  {each['what']:<66}{each['desk'] + ', as ' + each['who']:<40}{each['url']}")


def places_of_left(stage: Stage, left: Iterable[Left]) -> list[Json]:
    """Each thing of the day as both a line and the test EHR's page tell it."""
    names = {path: name for path, name, _ in PAGES}
    told = []
    for each in left:
        (human,) = stage.charts.by_patient[each.patient].patient["name"]
        about = {"what": f"{human['given'][0]} {human['family']}: {each.what}", "desk": names[f"/{each.path.split('/')[1]}"]}
        told.append({**about, "who": PEOPLE[each.person][0], "url": f"{stage.desk.payer_url}{_door(each.path, each.person)}"})
    return told


def places_of(payer_url: str) -> Json:
    """The pages of this payer that are there, and whom one may be at each: what the test EHR's page shows of the other side."""
    there = [(path, name, words) for path, name, words in PAGES if _is_there(f"{payer_url}{path}")]
    pages = [{"name": name, "url": f"{payer_url}{path}", "words": words} for path, name, words in there]
    people = [{"name": name, "url": f"{payer_url}{_door(path, person)}", "may": may} for person, (name, path, may) in PEOPLE.items()]
    return {"pages": pages, "people": people, "member": f"{payer_url}/member/sign-in?as={{member}}"}


def keep(told: Json, file: Path) -> None:
    """Written in one stroke: somebody may be reading."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(told))
    fresh.replace(file)


def _door(path: str, person: str) -> str:
    """Where this person signs in, on the way to ``path``."""
    at, on = {"/policies": ("/desk", "/desk/policies"), "/operator": ("/desk", "/desk/operator")}.get(path, (f"/{path.split('/')[1]}", path))
    return f"{at}/sign-in?as={person}" + (f"&next={on}" if on != at else "")


def _is_there(url: str) -> bool:
    """Whether the payer has such a page; one that asks to sign in is there."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=5, allow_redirects=False, headers={"Accept": "text/html"}).status_code in (200, 302, 303, 401)
    except requests.RequestException:
        return False
