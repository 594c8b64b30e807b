"""Feedback is read for what it says; nothing in it is a reason to refuse but the lack of any."""

import pytest

from cds_hooks.feedback import read
from ig_profiles.outcome import Unprocessable


def test_accepted_and_overridden_outcomes_are_read():
    accepted, overridden = read(
        {
            "feedback": [
                {"card": "c1", "outcome": "accepted", "acceptedSuggestions": [{"id": "s1"}, {"id": "s2"}], "outcomeTimestamp": "2026-11-21T09:00:00Z"},
                {
                    "card": "c2",
                    "outcome": "overridden",
                    "overrideReason": {"reason": {"code": "later", "system": "urn:x"}, "userComment": "will measure tomorrow"},
                    "outcomeTimestamp": "2026-11-21T09:01:00Z",
                },
            ]
        }
    )
    assert (accepted.card, accepted.outcome, accepted.suggestions, accepted.at) == ("c1", "accepted", ("s1", "s2"), "2026-11-21T09:00:00Z")
    assert (overridden.reason.code, overridden.comment) == ("later", "will measure tomorrow")


def test_the_comment_stays_out_of_what_is_shown():
    (one,) = read({"feedback": [{"card": "c", "outcome": "overridden", "overrideReason": {"userComment": "Orla is afraid"}}]})
    assert "Orla" not in repr(one)


@pytest.mark.trap(42)
def test_the_same_outcome_twice_counts_once():
    entry = {"card": "c", "outcome": "accepted", "outcomeTimestamp": "t"}
    assert len(read({"feedback": [entry, dict(entry), {**entry, "outcomeTimestamp": "later"}]})) == 2


@pytest.mark.parametrize("entry", [None, "x", {}, {"card": 3, "outcome": "accepted"}, {"card": "c", "outcome": "loved"}, {"outcome": "accepted"}])
def test_an_entry_that_says_nothing_is_passed_over(entry):
    assert [one.card for one in read({"feedback": [entry, {"card": "good", "outcome": "overridden"}]})] == ["good"]


@pytest.mark.parametrize("body", [None, [], {}, {"feedback": {}}, {"feedback": None}])
def test_a_body_without_feedback_is_told_its_shape(body):
    with pytest.raises(Unprocessable, match='Send {"feedback": '):
        read(body)
