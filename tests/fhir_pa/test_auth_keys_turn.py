"""The key that signs our tokens changes by itself; tokens it signed stay good for their time, and no token outlives it by more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fhir_pa.auth.signed import peek
from fhir_pa.auth.tokens import LONGEST, TURN, Mint
from ig_profiles.outcome import Unauthenticated
from tests.fhir_pa.web_parties import Clock, Memory, sign

TURNS_AT = datetime.fromtimestamp((1_800_000_000 // TURN.total_seconds()) * TURN.total_seconds(), UTC)


def mints():
    """Two processes of one payer, just before the key turns."""
    memory, clock = Memory(), Clock()
    clock.now = TURNS_AT - timedelta(seconds=1)
    return Mint(memory, "https://pa.example", clock), Mint(memory, "https://pa.example", clock), clock, memory


def test_two_processes_sign_with_one_key_and_change_it_together():
    here, there, clock, _ = mints()
    old = here.person_token("quill")
    assert peek(old).kid == peek(there.person_token("quill")).kid
    clock.now = TURNS_AT
    new = there.person_token("quill")
    assert peek(new).kid == peek(here.person_token("quill")).kid != peek(old).kid


def test_a_token_of_the_key_before_is_good_for_its_own_time():
    here, there, clock, _ = mints()
    lasting = here.person_token("quill", LONGEST)
    clock.now = TURNS_AT + LONGEST - timedelta(minutes=1)
    assert there.read(lasting)[1].text("sub") == "quill"
    clock.now = TURNS_AT + LONGEST + timedelta(minutes=2)
    with pytest.raises(Unauthenticated):
        there.read(lasting)


def test_whoever_stole_a_key_can_do_nothing_with_it_once_it_has_turned():
    here, there, clock, _ = mints()
    here.person_token("quill")
    (stolen,) = here._trusted()
    clock.now = TURNS_AT + LONGEST + timedelta(minutes=2)
    now = int(clock.now.timestamp())
    claims = {"iss": "https://pa.example", "aud": "https://pa.example", "sub": "quill", "iat": now, "exp": now + 600, "jti": "x"}
    forged = sign(claims, stolen, typ="person+jwt")
    with pytest.raises(Unauthenticated, match="not given out by this server"):
        there.read(forged)


def test_a_payer_that_rested_over_a_turn_has_no_key_before():
    here, _, clock, memory = mints()
    clock.now = TURNS_AT
    here.person_token("quill")
    assert len(memory.secrets) == 1
