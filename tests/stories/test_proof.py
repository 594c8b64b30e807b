"""How a decision is shown: replayed from what was received, and its record found untouched, or the first change named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from fhir_pa.cli import main
from fhir_pa.operations.proofs.audit import verify
from fhir_pa.operations.proofs.prove import Proof, prove
from fhir_pa.operations.weighing.in_time import weigh_late
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.wiring import Payer, open_payer
from ig_profiles.fingerprint import fingerprint
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json
from questionnaires.library import BUILT_IN, open_shelf
from tests.stories.asking import BORDERLINE, CANCER, oxygen, scans, submit, update, without_item
from tests.stories.ehr import Ehr
from tests.stories.parties import Lent, Plan, Staff, System, open_plan

DENIAL: Json = {"items": [1], "decision": "deny", "because": "89 % is above it.", "reason_code": "0F", "criteria": ["hypoxemia"], "phone": "555-555-0142"}
NEW_EVIDENCE = {"items": [1], "because": "A new test is announced."}


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def certified(clinic: System) -> str:
    """A case the engine certified whole."""
    return str(submit(clinic, oxygen(clinic)).item(1).number)


def denied_and_reopened(clinic: System, physician: Staff) -> str:
    """A case with a link for each kind of act: engine, physician, reopening."""
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = str(physician.worklist()[0]["number"])
    clinic.plan.clock.turn(hours=5)
    physician.decide(number, **DENIAL)
    clinic.plan.clock.turn(days=1)
    assert physician.call("POST", f"/um/authorizations/{number}/reopenings", NEW_EVIDENCE).status_code == 200
    return number


def broken(payer: Payer, number: str | None = None) -> list[str]:
    return [str(each.broken) for each in verify(payer, number) if each.broken]


def same(proof: Proof) -> None:
    assert proof.holds, [str(proof.chain.broken), *(each.differences for each in proof.replays)]


# --- the same answer --------------------------------------------------------------------------------------------------
def test_a_certification_replays_from_the_received_bytes_and_names_the_very_resources_it_rests_on(clinic: System) -> None:
    number, asked = certified(clinic), oxygen(clinic)
    proof = prove(number, clinic.plan.payer)
    same(proof)
    (replay,) = proof.replays
    assert replay.decided["outcome"]["action"] == "certified in total" and replay.decided["decided_by"] == {"kind": "engine"}
    sent = {f"{each['resource']['resourceType']}/{each['resource'].get('id')}": each["resource"] for each in request_of(asked)["entry"]}
    observed = [fact for fact in replay.decided["facts"] if fact.get("resource", "").startswith("Observation/")]
    assert observed and all(fact["sha256"] == fingerprint(sent[fact["resource"]]) for fact in observed)


def test_every_act_has_its_link_and_a_persons_judgement_is_shown_with_its_signature(clinic: System, physician: Staff) -> None:
    proof = prove(denied_and_reopened(clinic, physician), clinic.plan.payer)
    same(proof)
    referred, denied, reopened = proof.replays
    assert [each.revision for each in proof.replays] == [1, 2, 3]
    assert referred.how == reopened.how == "weighed anew from the received bytes"
    assert denied.how == "a person decided, on the findings of revision 1"
    assert denied.decided["decided_by"]["licence"] and denied.decided["outcome"]["criteria"] == ["hypoxemia"]
    assert reopened.decided["decided_by"] == {"kind": "person", "person": physician.person}


def test_each_decision_replays_with_what_was_on_file_at_that_moment(clinic: System) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    clinic.plan.clock.turn(days=1)
    newer, bundle = update(asked, *clinic.plan.charts.by_patient[CANCER].elsewhere)
    clinic.post("Claim/$submit", bundle)
    clinic.plan.clock.turn(days=1)
    clinic.post("Claim/$submit", without_item(update(newer)[1], 2))
    (chain,) = verify(clinic.plan.payer)
    proof = prove(chain.number, clinic.plan.payer)
    same(proof)
    told = [(each.revision, each.decided["item"], each.decided["outcome"]["action"], each.how.split()[0]) for each in proof.replays]
    yes, wait, how = "certified in total", "pended", "weighed"
    assert told == [(1, 1, yes, how), (1, 2, wait, how), (1, 3, wait, how), (2, 2, yes, how), (2, 3, yes, how), (3, 2, "cancelled", "nothing")]


def test_what_was_certified_with_the_order_replays_and_so_does_the_request_that_rests_on_it(clinic: System) -> None:
    (certified_one, *_) = Ehr(clinic).sign(CANCER)
    submit(clinic, scans(clinic))
    ordered, requested = sorted((each.number for each in verify(clinic.plan.payer)), key=lambda number: number != certified_one.satisfied_pa_id)
    for number in (ordered, requested):
        same(prove(number, clinic.plan.payer))
    assert prove(requested, clinic.plan.payer).replays[0].how == f"taken over from {ordered}, which was weighed anew"


def test_what_was_pended_for_lack_of_time_is_not_replayed_and_its_late_answer_is(plan: Plan) -> None:
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, exchange_seconds=0))
    hurried = System(plan, CLIENT_ID, "2.2")
    submit(hurried, oxygen(hurried))
    (chain,) = verify(plan.payer)
    plan.clock.turn(minutes=1)
    weigh_late(chain.number, plan.payer)
    proof = prove(chain.number, plan.payer)
    same(proof)
    assert [(each.how, each.decided["outcome"]["action"]) for each in proof.replays] == [
        ("nothing was weighed", "pended"),
        ("weighed anew from the received bytes", "certified in total"),
    ]


def test_several_services_of_one_request_replay_each_by_its_own_rule(clinic: System) -> None:
    submit(clinic, scans(clinic))
    (chain,) = verify(clinic.plan.payer)
    proof = prove(chain.number, clinic.plan.payer)
    same(proof)
    assert [each.decided["item"] for each in proof.replays] == [1, 2, 3]


def test_a_replay_gives_the_same_answer_after_a_restart(clinic: System, physician: Staff) -> None:
    numbers = [certified(clinic), denied_and_reopened(clinic, physician)]
    payer = clinic.plan.payer
    before = [prove(number, payer) for number in numbers]
    payer.store.close()
    opened = open_payer(payer.settings, clinic.plan.clock)
    try:
        assert [prove(number, opened) for number in numbers] == before
    finally:
        opened.close()


# --- a changed wording ------------------------------------------------------------------------------------------------
def test_a_policy_whose_wording_was_changed_under_its_old_name_is_noticed(clinic: System, tmp_path: Path) -> None:
    number, payer = certified(clinic), clinic.plan.payer
    shutil.copytree(BUILT_IN / "home_oxygen", tmp_path / "own" / "home_oxygen")
    (tmp_path / "own" / "home_oxygen" / "es.po").unlink()
    wording = tmp_path / "own" / "home_oxygen" / "policy.toml"
    wording.write_text(wording.read_text("utf-8").replace("Home oxygen", "Oxygen at home", 1), "utf-8")
    proof = prove(number, replace(payer, shelf=open_shelf(tmp_path / "own")))
    assert not proof.holds and proof.chain.broken is None
    (replay,) = proof.replays
    assert "The wording of home_oxygen 2026.1 was changed" in replay.differences[0] and "date a new edition instead" in replay.differences[0]


def test_a_rule_that_is_gone_is_named(clinic: System) -> None:
    number, payer = certified(clinic), clinic.plan.payer
    without = type(payer.shelf)(each for each in payer.shelf.volumes() if each.edition.topic != "home_oxygen")
    (replay,) = prove(number, replace(payer, shelf=without)).replays
    assert "No policy edition 'home_oxygen 2026.1' is on the shelf" in replay.differences[0]


# --- tampering --------------------------------------------------------------------------------------------------------
Tamper = Callable[[str], None]


@pytest.fixture
def tamper(plan: Plan) -> Iterator[Tamper]:
    """Somebody with access to the database; not even foreign keys stop them."""

    def run(statement: str) -> None:
        with plan.payer.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            changed = connection.exec_driver_sql(statement)
            assert changed.rowcount > 0, f"{statement} changed nothing"
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")

    yield run


CHANGES = [
    ("UPDATE proofs SET document = replace(document, '89', '88') WHERE revision = 1", 1, "Its text was changed"),
    ("UPDATE proofs SET sha256 = 'f' || substr(sha256, 2) || 'x' WHERE revision = 2", 2, "Its text was changed"),
    ("UPDATE proofs SET revision = 7 WHERE revision = 2", 2, "There is no such link"),
    ("UPDATE proofs SET number = 'PA-other' WHERE revision = 2", 2, "There is no such link"),
    ("DELETE FROM proofs WHERE revision = 3", 3, "There is no such link"),
    ("DELETE FROM proofs WHERE revision = 1", 1, "There is no such link"),
    ("UPDATE proofs SET document = CAST(substr(document, 1, 40) || x'ff' || substr(document, 42) AS TEXT) WHERE revision = 2", 2, "Its text was changed"),
    ("UPDATE revisions SET document = replace(document, '89 %', '88 %') WHERE revision = 2", 2, "Revision 2 of the authorization was changed"),
    ("DELETE FROM revisions WHERE revision = 1", 1, "Revision 1 of the authorization is not kept any more"),
    ("UPDATE received SET body = substr(body, 1, 200) || x'00' || substr(body, 202) WHERE kind = 'submit'", 1, "was changed, or is not kept"),
    ("UPDATE received SET sha256 = 'f' || substr(sha256, 2) || 'x' WHERE kind = 'submit'", 1, "was changed, or is not kept"),
    ("UPDATE received SET at = replace(at, '2026-11-21', '2026-11-22') WHERE kind = 'submit'", 1, "was changed, or is not kept"),
    ("UPDATE received SET guide = '2.0.1' WHERE kind = 'submit'", 1, "was changed, or is not kept"),
    ("DELETE FROM received WHERE kind = 'submit'", 1, "was changed, or is not kept"),
    ("UPDATE authorizations SET revision = 2", 3, "The authorization stands at revision 2"),
    ("UPDATE authorizations SET legal_due_at = replace(legal_due_at, '2026-', '2027-')", 3, "A row of 'authorizations'"),
    ("UPDATE determinations SET person = 'nobody' WHERE position = 2", 3, "A row of 'determinations'"),
    ("UPDATE determinations SET decided_at = 'x' || decided_at WHERE position = 2", 3, "A row of 'determinations'"),
    ("DELETE FROM trail WHERE position = 3", 3, "A row of 'trail'"),
    ("UPDATE items SET state = 'certified'", 3, "A row of 'items'"),
]


@pytest.mark.parametrize(("statement", "link", "because"), CHANGES, ids=[change[0][:60] for change in CHANGES])
def test_whatever_is_changed_in_the_database_is_named(
    statement: str, link: int, because: str, clinic: System, physician: Staff, tamper: Tamper
) -> None:
    number, payer = denied_and_reopened(clinic, physician), clinic.plan.payer
    assert broken(payer) == []
    tamper(statement)
    named = broken(payer, number)
    assert len(named) == 1 and named[0].startswith(f"{number}: link {link} is broken.") and because in named[0]
    assert not prove(number, payer).holds


def test_a_link_forged_with_its_own_fingerprint_is_betrayed_by_the_next(clinic: System, physician: Staff) -> None:
    number, payer = denied_and_reopened(clinic, physician), clinic.plan.payer
    with payer.store.transaction() as tx:
        first = tx.links(number)[0]
        forged = replace(first, text=first.text.replace('"value":"89"', '"value":"88"'))
        tx.connection.execute(
            sa.text("UPDATE proofs SET document = :text, sha256 = :hash WHERE revision = 1"), {"text": forged.text, "hash": forged.fingerprint}
        )
    (named,) = broken(payer, number)
    assert named.startswith(f"{number}: link 2 is broken.") and "does not hold the fingerprint of the link before" in named


def test_one_bad_chain_does_not_hide_the_others(clinic: System, physician: Staff, tamper: Tamper) -> None:
    whole, bad = certified(clinic), denied_and_reopened(clinic, physician)
    tamper(f"UPDATE revisions SET document = replace(document, '89 %', '88 %') WHERE number = '{bad}' AND revision = 1")
    assert {each.number: each.broken is None for each in verify(clinic.plan.payer)} == {whole: True, bad: False}


def test_a_number_that_is_not_on_file_is_refused(plan: Plan) -> None:
    with pytest.raises(NotFound, match="Check the number"):
        list(verify(plan.payer, "PA-none"))
    with pytest.raises(NotFound, match="Check the number"):
        prove("PA-none", plan.payer)


# --- at the terminal --------------------------------------------------------------------------------------------------
@pytest.fixture
def run(plan: Plan, tmp_path: Path) -> Callable[..., Result]:
    config = ["--config", str(tmp_path / "fhir-pa.toml"), "--data-directory", str(tmp_path / "data")]
    return lambda *words: CliRunner().invoke(main, [*words, *config])


def test_the_command_tells_criterion_by_criterion_what_was_decided_and_on_what(clinic: System, run: Callable[..., Result]) -> None:
    number = certified(clinic)
    shown = run("prove", number)
    assert shown.exit_code == 0, shown.output
    for words in ("certified in total by the engine", "home_oxygen 2026.1, wording", "met      hypoxemia", "SHA-256", "weighed anew", "whole: 1 links"):
        assert words in shown.output
    verified = run("audit", "verify")
    assert verified.exit_code == 0 and "1 chains verified: all whole." in verified.output


def test_the_commands_end_badly_when_something_was_changed(clinic: System, run: Callable[..., Result], tamper: Tamper) -> None:
    number = certified(clinic)
    tamper("UPDATE revisions SET document = replace(document, 'Every criterion', 'Each criterion')")
    for command in (("prove", number), ("audit", "verify", number), ("audit", "verify")):
        shown = run(*command)
        assert shown.exit_code == 1 and f"{number}: link 1 is broken. Revision 1 of the authorization was changed." in shown.output
    assert run("prove", "PA-none").exit_code == run("audit", "verify", "PA-none").exit_code == 2


def test_it_holds_on_postgresql_too(postgresql_url: str, tmp_path: Path, lent: Lent) -> None:
    with open_plan(tmp_path, lent, postgresql_url) as opened:
        clinic = System(opened, CLIENT_ID, "2.2")
        number = denied_and_reopened(clinic, Staff(opened, "quill"))
        same(prove(number, opened.payer))
        with opened.payer.store.transaction() as tx:
            tx.connection.execute(sa.text("UPDATE proofs SET document = replace(document, '89', '88') WHERE revision = 2"))
        assert broken(opened.payer)[0].startswith(f"{number}: link 2 is broken.")
