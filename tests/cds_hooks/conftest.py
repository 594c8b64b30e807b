"""Every answer that any test of this floor gets keeps the rules of answers."""

import pytest

from cds_hooks import respond
from tests.cds_hooks.answer_rules import broken


@pytest.fixture(autouse=True)
def rules_are_kept(monkeypatch):
    """Watches what leaves ``respond``; fails the test that got an answer which breaks a rule."""
    told = []
    written = respond.response

    def watched(answered, cards, dialect, *more):
        body = written(answered, cards, dialect, *more)
        told.extend(broken(body, dialect))
        return body

    monkeypatch.setattr(respond, "response", watched)
    yield
    assert told == []
