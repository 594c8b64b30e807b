"""What the store promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
import sqlalchemy as sa

from fhir_pa.pas.notice import NoticeState
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage import tables
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Store
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.names import HCPCS
from ig_profiles.outcome import Conflict, NotFound
from ig_profiles.reading import Coding
from tests import builders
from tests.fhir_pa.storage_fixtures import CLINIC, store, subscription

__all__ = ["store"]

DENIAL = Decision((1,), Verdict.DENY, "The saturation is above the limit.", ("saturation",), ("0V",), "555-555-0142")


def received(identity: str = "r1", body: bytes = b'{"resourceType":"Bundle"}', **given: object) -> Received:
    return replace(Received(identity, "submit", "oakwood-ehr", "2.2", builders.NOON, body), **given)  # type: ignore[arg-type]


# --- what was received ------------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(7)
def test_received_bytes_come_back_byte_for_byte(store: Store) -> None:
    message = received(body=b'{ "value": 1.10 }\r\n' + bytes(range(256)))
    with store.transaction() as tx:
        tx.keep_received(message)
    with store.reading() as tx:
        assert tx.received("r1") == message
        assert tx.answer("r1") is None
        with pytest.raises(NotFound, match="Take the id from the authorization"):
            tx.received("r2")


def test_the_same_bytes_of_the_same_client_are_a_replay_and_get_the_same_answer(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.replay("oakwood-ehr", received().sha256, "submit", builders.NOON) is None
        tx.keep_received(received())
        tx.keep_answer("r1", b"certified")
    with store.transaction() as tx:
        found = tx.replay("oakwood-ehr", received("r2").sha256, "submit", builders.NOON)
        assert found == "r1"
        assert tx.answer(found) == b"certified"


@pytest.mark.parametrize(
    ("client", "message", "kind", "since"),
    [
        ("another-ehr", received(), "submit", builders.NOON),
        ("oakwood-ehr", received(body=b"{}"), "submit", builders.NOON),
        ("oakwood-ehr", received(), "attachment", builders.NOON),
        ("oakwood-ehr", received(), "submit", builders.NOON + timedelta(seconds=1)),
    ],
    ids=["another client", "other bytes", "another door", "before the window"],
)
def test_what_differs_is_no_replay(store: Store, client: str, message: Received, kind: str, since: datetime) -> None:
    with store.transaction() as tx:
        tx.keep_received(received())
        tx.keep_answer("r1", b"certified")
        assert tx.replay(client, message.sha256, kind, since) is None


def test_two_identical_messages_at_the_same_moment_make_one_new_one_and_one_replay(store: Store) -> None:
    start = Barrier(2)

    def submit(identity: str) -> str | None:
        start.wait()
        with store.transaction() as tx:
            earlier = tx.replay("oakwood-ehr", received().sha256, "submit", builders.NOON)
            if earlier is None:
                tx.keep_received(received(identity))
                tx.keep_answer(identity, b"certified")
            return earlier

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(submit, ("a", "b")))
    assert told in ([None, "a"], ["b", None])


# --- authorizations ---------------------------------------------------------------------------------------------------
def test_an_authorization_is_found_by_number_and_by_reference_equal_in_every_field(store: Store) -> None:
    kept = builders.authorization(builders.certify(), builders.refer())
    with store.transaction() as tx:
        tx.add(kept)
    with store.reading() as tx:
        assert tx.authorization("PA0001") == kept
        assert tx.authorization("PR0001") == kept


def test_an_unknown_number_is_refused_with_advice(store: Store) -> None:
    with store.reading() as tx, pytest.raises(NotFound, match="No authorization PA9 is on file. Check the number"):
        tx.authorization("PA9")


def test_a_number_is_given_out_once(store: Store) -> None:
    with store.transaction() as tx:
        tx.add(builders.authorization())
    with pytest.raises(Conflict, match="Draw a new number"), store.transaction() as tx:
        tx.add(builders.authorization(reference="PR0002"))


def test_every_revision_stays_on_file(store: Store) -> None:
    opened = builders.authorization()
    denied = opened.decide(DENIAL, builders.physician(), builders.NOON)
    with store.transaction() as tx:
        tx.add(opened)
    with store.transaction() as tx:
        tx.save(denied)
    with store.reading() as tx:
        assert tx.authorization("PA0001") == denied
        assert tx.revision("PA0001", 1) == opened
        with pytest.raises(NotFound, match="Revisions count from 1"):
            tx.revision("PA0001", 3)


def test_an_act_made_on_an_older_revision_overwrites_nothing(store: Store) -> None:
    opened = builders.authorization()
    denied = opened.decide(DENIAL, builders.physician(), builders.NOON)
    certified = opened.decide(Decision((1,), Verdict.CERTIFY, "A new report came by phone."), builders.nurse(), builders.NOON)
    with store.transaction() as tx:
        tx.add(opened)
        tx.save(denied)
    with pytest.raises(Conflict, match="stands at revision 2, and this act was made on revision 1. Read it again"), store.transaction() as tx:
        tx.save(certified)
    with store.reading() as tx:
        assert tx.authorization("PA0001") == denied


def test_of_two_acts_at_the_same_moment_one_is_kept_and_the_other_refused(store: Store) -> None:
    opened, start = builders.authorization(), Barrier(2)
    with store.transaction() as tx:
        tx.add(opened)

    def act(because: str) -> str:
        start.wait()
        try:
            with store.transaction() as tx:
                tx.save(tx.authorization("PA0001").decide(replace(DENIAL, because=because), builders.physician(), builders.NOON))
        except Conflict:
            return "refused"
        return because

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(act, ("one", "two")))
    with store.reading() as tx:
        kept = tx.authorization("PA0001")
    assert told in (["one", "refused"], ["refused", "two"])
    assert kept.item(1).determination.because in told
    assert kept.revision == 2


def test_a_save_of_what_was_never_added_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="PA0001"), store.transaction() as tx:
        tx.save(builders.authorization(revision=2))


def test_a_member_and_a_subscriber_are_found_by_every_number(store: Store) -> None:
    child = Identifier("http://larkfield.example/members", "SYN-02")
    family = replace(builders.request().member, identifiers=(child,), subscriber_identifiers=(builders.MEMBER,))
    own, childs = builders.authorization(), builders.authorization(request=builders.request(member=family), number="PA0002", reference="PR0002")
    with store.transaction() as tx:
        tx.add(own)
        tx.add(childs)
    with store.reading() as tx:
        assert tx.of_member([builders.MEMBER]) == [own, childs]
        assert tx.of_member([child]) == [childs]
        assert tx.of_member([Identifier("http://another.example/members", "SYN-01")]) == []
        assert tx.of_member([]) == []


def test_an_update_finds_its_predecessor_by_trace_number_claim_or_earlier_trace_number(store: Store) -> None:
    first = builders.request().trace_numbers[0]
    second = Identifier("http://oakwood.example/trace", "T-2")
    opened = builders.authorization(request=builders.request(claim_url="http://oakwood.example/fhir/Claim/1"))
    revised = opened.revise(builders.request(trace_numbers=(second,)), {}, "r2", "oakwood-ehr", builders.NOON)
    with store.transaction() as tx:
        tx.add(opened)
        tx.save(revised)
    with store.reading() as tx:
        assert tx.by_trace([first], client="oakwood-ehr") == [revised]
        assert tx.by_trace([second], npi=CLINIC) == [revised]
        assert tx.by_trace([], client="oakwood-ehr", claim_url="http://oakwood.example/fhir/Claim/1") == [revised]
        assert tx.by_trace([first], client="another-ehr", npi="9000000031") == []
        assert tx.by_trace([first]) == []


def test_the_worklist_starts_with_what_is_due_first_and_holds_only_what_a_person_must_see(store: Store) -> None:
    later = builders.authorization(number="PA0001", reference="PR0001")
    urgent = builders.authorization(request=builders.request(urgent=True), number="PA0002", reference="PR0002")
    done = builders.authorization(builders.certify(), number="PA0003", reference="PR0003")
    with store.transaction() as tx:
        for authorization in (later, urgent, done):
            tx.add(authorization)
    with store.reading() as tx:
        assert tx.pended() == [urgent, later]


def test_a_decided_authorization_leaves_the_worklist(store: Store) -> None:
    opened = builders.authorization()
    with store.transaction() as tx:
        tx.add(opened)
        tx.save(opened.decide(DENIAL, builders.physician(), builders.NOON))
        assert tx.pended() == []


def test_trail_and_determinations_are_rows_for_reports_each_written_once(store: Store) -> None:
    opened = builders.authorization(builders.certify(), builders.refer())
    denied = opened.decide(replace(DENIAL, items=(2,)), builders.physician(), builders.NOON)
    with store.transaction() as tx:
        tx.add(opened)
        tx.save(denied)
        lines = tx.rows(sa.select(tables.trail).order_by(tables.trail.c.position))
        said = tx.rows(sa.select(tables.determinations).order_by(tables.determinations.c.sequence, tables.determinations.c.position))
        states = tx.rows(sa.select(tables.items.c.state).order_by(tables.items.c.sequence))
    assert [(line.what, line.by, line.items, line.revision) for line in lines] == [
        ("received", "oakwood-ehr", "1 2", 1),
        ("certified in total", "engine", "1", 1),
        ("pended", "engine", "2", 1),
        ("not certified", "quill", "2", 2),
    ]
    assert [(row.sequence, row.position, row.action, row.person, row.reason_codes, row.revision) for row in said] == [
        (1, 1, "certified in total", None, "", 1),
        (2, 1, "pended", None, "", 1),
        (2, 2, "not certified", "quill", "0V", 2),
    ]
    assert said[2].decided_at == builders.NOON
    assert [row.state for row in states] == ["certified by the engine", "denied"]


def test_names_of_any_length_are_kept_and_found(store: Store) -> None:
    endless = Identifier("http://larkfield.example/" + "m" * 5000, "ß" * 5000)
    kept = builders.authorization(request=builders.request(member=replace(builders.request().member, identifiers=(endless,))))
    with store.transaction() as tx:
        tx.add(kept)
        assert tx.of_member([endless]) == [kept]
        assert tx.of_member([replace(endless, value="ß" * 4999)]) == []


# --- all or nothing ---------------------------------------------------------------------------------------------------
def test_an_exception_leaves_nothing_behind_and_nothing_to_do(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
    with pytest.raises(RuntimeError, match="power cut"), store.transaction() as tx:
        tx.keep_received(received())
        tx.add(builders.authorization())
        assert tx.notify(builders.authorization(), "pended", builders.NOON) == 1
        tx.keep_answer("r1", b"pended")
        raise RuntimeError("power cut")
    with store.reading() as tx:
        with pytest.raises(NotFound):
            tx.received("r1")
        with pytest.raises(NotFound):
            tx.authorization("PA0001")
        assert tx.notices() == []
        assert tx.subscription("s1").events_sent == 0
        assert tx.queued() == []


def test_a_kept_notice_is_queued_by_the_same_transaction(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
        tx.add(builders.authorization())
        tx.notify(builders.authorization(), "pended", builders.NOON)
    with store.reading() as tx:
        assert tx.queued() == ["s1:1:1"]
        assert [notice.state for notice in tx.notices("s1")] == [NoticeState.WAITING]


# --- assertions, hook calls, memories ---------------------------------------------------------------------------------
def assertion(identity: str, **given: object) -> Assertion:
    told = {
        "id": identity,
        "client": "oakwood-ehr",
        "guide": "2.2",
        "member": (builders.MEMBER,),
        "coverage": "Coverage/1",
        "order": "DeviceRequest/1",
        "fingerprint": "f" * 64,
        "codes": (Coding(HCPCS, "E1390", "Oxygen concentrator"),),
        "at": builders.NOON,
        "topic": "home_oxygen",
        "version": "2026.1",
        "questionnaires": ("http://larkfield.example/Questionnaire/home-oxygen|2026.1",),
        "said": {"covered": "covered", "quantity": Decimal("1.10")},
    }
    return Assertion(**{**told, **given})  # type: ignore[arg-type]


def test_an_assertion_is_found_by_id_and_by_its_order(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.keep_assertion(assertion("a1")) == assertion("a1")
    with store.reading() as tx:
        kept = tx.assertion("a1")
        assert kept is not None
        assert replace(kept, said={}) == assertion("a1", said={})
        assert kept.said == {"covered": "covered", "quantity": Decimal("1.10")}
        assert tx.assertion_for("oakwood-ehr", "Coverage/1", "f" * 64) == kept
        assert tx.assertion_for("oakwood-ehr", "Coverage/1", "e" * 64) is None
        assert tx.assertion("a2") is None


def test_a_repeated_hook_keeps_the_id_it_was_told_first(store: Store) -> None:
    with store.transaction() as tx:
        tx.keep_assertion(assertion("a1"))
    with store.transaction() as tx:
        assert tx.keep_assertion(assertion("a2", at=builders.NOON + timedelta(hours=1))).id == "a1"
        assert tx.keep_assertion(assertion("a3", fingerprint="e" * 64)).id == "a3"


def test_the_log_of_hook_calls_keeps_what_was_told_and_never_a_token(store: Store) -> None:
    asked = {"hook": "order-sign", "context": {"patientId": "p1"}, "fhirAuthorization": {"access_token": "sesame"}}
    call = HookCall("h1", "oakwood-ehr", "2.2", "order-sign", "i-1", builders.NOON, asked, {"cards": []})
    with store.transaction() as tx:
        tx.keep_hook_call(call)
        tx.keep_feedback("f1", "oakwood-ehr", "order-sign-crd", builders.NOON, {"card": "c1", "outcome": "accepted"})
        assert tx.hook_calls("oakwood-ehr", "i-1") == [replace(call, request={"hook": "order-sign", "context": {"patientId": "p1"}})]
        assert tx.hook_calls("another-ehr", "i-1") == []


def test_a_token_counts_once_for_all_threads(store: Store) -> None:
    until = datetime.now(UTC) + timedelta(minutes=5)

    def first(_: int) -> bool:
        with store.transaction() as tx:
            return tx.remember_once("jti", "oakwood-ehr:1", until)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(first, range(4))) == [False, False, False, True]
    with store.transaction() as tx:
        assert tx.remember_once("another kind", "oakwood-ehr:1", until)


def test_what_is_past_its_time_is_forgotten(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.remember_once("jti", "1", datetime.now(UTC) - timedelta(seconds=1))
        assert tx.remember_once("jti", "1", datetime.now(UTC) + timedelta(minutes=5))
        assert not tx.remember_once("jti", "1", datetime.now(UTC) + timedelta(minutes=5))


def test_of_two_processes_that_draw_a_secret_both_use_the_first(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.secret("token key") is None
        assert tx.keep_secret("token key", b"first") == b"first"
        assert tx.keep_secret("token key", b"second") == b"first"
    with store.reading() as tx:
        assert tx.secret("token key") == b"first"


# --- subscriptions ----------------------------------------------------------------------------------------------------
def test_a_subscription_comes_back_and_belongs_to_its_client(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
        tx.add_subscription(subscription("s2", client="another-ehr"))
    with store.reading() as tx:
        assert tx.subscription("s1") == subscription()
        assert tx.subscriptions("oakwood-ehr") == [subscription()]
        with pytest.raises(NotFound, match="Search for yours"):
            tx.subscription("s3")


@pytest.mark.parametrize("value", [CLINIC, f"http://hl7.org/fhir/sid/us-npi|{CLINIC}", "OAKWOOD-ISA06"])
@pytest.mark.pas_trap(55)
def test_a_filter_names_the_requestor_or_the_sending_system(store: Store, value: str) -> None:
    about = builders.authorization(request=builders.request(sender="OAKWOOD-ISA06"))
    with store.transaction() as tx:
        tx.add_subscription(subscription(filters=("9000000049", value)))
    with store.reading() as tx:
        assert [found.id for found in tx.subscriptions_for(about)] == ["s1"]


@pytest.mark.parametrize("given", [{"filters": ("9000000049",)}, {"filters": ()}, {"status": SubscriptionStatus.OFF}])
def test_who_did_not_ask_for_this_organization_hears_nothing(store: Store, given: dict[str, object]) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription(**given))
        assert tx.subscriptions_for(builders.authorization()) == []


def test_a_changed_subscription_keeps_its_count_of_events(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
        tx.add(builders.authorization())
        tx.notify(builders.authorization(), "pended", builders.NOON)
        tx.save_subscription(subscription(endpoint="http://127.0.0.1:2/elsewhere", filters=("9000000049",)))
        kept = tx.subscription("s1")
        assert (kept.events_sent, kept.endpoint) == (1, "http://127.0.0.1:2/elsewhere")
        assert tx.subscriptions_for(builders.authorization()) == []


def test_a_deleted_subscription_is_told_nothing_more(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
        tx.add(builders.authorization())
        tx.notify(builders.authorization(), "pended", builders.NOON)
        tx.delete_subscription("s1")
        assert [notice.state for notice in tx.notices("s1")] == [NoticeState.WITHDRAWN]
        assert tx.subscriptions("oakwood-ehr") == []
        with pytest.raises(NotFound, match="nothing to delete"):
            tx.delete_subscription("s1")
