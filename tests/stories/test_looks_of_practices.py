"""Whoever of a practice reads a case, and every system that inquires of it, is on the same record as the plan's own people, which is chained."""

from __future__ import annotations

from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.operations.proofs.audit import verify_looks
from fhir_pa.provider.play.payer_file import CLIENT_ID, ONCOLOGIST
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit
from tests.stories.parties import AUDITOR, Plan, Staff, System
from tests.stories.practice_parties import AtPractice


def seen(plan: Plan, about: str = "") -> list[tuple[str, str, str]]:
    looks = Staff(plan, AUDITOR).call("GET", "/um/looks").get_json()["looks"]
    return [(each["person"], each["how"], each["what"]) for each in looks if not about or each["about"] == about]


def test_what_a_practice_reads_is_on_record(plan: Plan, denied: str, linnet: AtPractice) -> None:
    linnet.page("/practice")
    linnet.page("/practice/lists/denied")
    document = linnet.data(f"/practice/requests/{denied}.json")["documents"][0]["sha256"]
    linnet.page(f"/practice/requests/{denied}/documents/{document}")
    assert linnet.http.get(f"/practice/requests/{denied}/letter.html").status_code == 200
    linnet.data(f"/practice/requests/{denied}/packets/1.json")
    linnet.page("/practice/look-up?member=SYN-02&code=E1390")
    mine = [what for person, how, what in seen(plan) if person == linnet.person and how == "practice session"]
    wanted = ["asked whether one is on file", "gathered an appeal packet", "read the letter", "read a document of a case", "read a case"]
    assert set(wanted) <= set(mine) and mine.count("listed requests") >= 2


def test_an_inquiry_and_a_status_question_are_on_record_for_each_case_they_told_of(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    submit(clinic, scans(clinic))
    number = next(each["number"] for each in Staff(clinic.plan, ONCOLOGIST).worklist() if each["member"] == "Teodric Amble")
    assert seen(clinic.plan, number) == [], "to submit is not to look"
    inquire(clinic, asked)
    assert seen(clinic.plan, number) == [(CLIENT_ID, "access token", "inquired of a case")]
    member = asked.chart.coverage["identifier"][0]["value"]
    answer = clinic.http.get(f"/practice/status?member={member}&code=E1390", headers=clinic.proof())
    assert answer.status_code == 200, answer.text
    assert (CLIENT_ID, "access token", "asked whether one is on file") in seen(clinic.plan)


def test_auditors_see_the_names_of_all_who_looked_and_the_chain_of_it_is_walked(plan: Plan, denied: str, linnet: AtPractice) -> None:
    linnet.page(f"/practice/requests/{denied}")
    case = Staff(plan, AUDITOR).call("GET", f"/um/authorizations/{denied}")
    assert case.status_code == 200
    walked = verify_looks(plan.payer)
    assert walked.broken is None and walked.looks >= 1
    place = ["--database-url", str(plan.payer.store.engine.url)]
    verified = CliRunner().invoke(main, ["audit", "verify", *place])
    assert verified.exit_code == 0 and f"{walked.looks} looks verified: all whole. The last is {walked.last}." in verified.output
    with plan.payer.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE looks SET person = 'somebody-else' WHERE place = 1")
    spoiled = CliRunner().invoke(main, ["audit", "verify", *place])
    assert spoiled.exit_code == 1 and "the record of looks: link 1 is broken. It was changed" in spoiled.output
