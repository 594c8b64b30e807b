"""What went wrong, for the clinician: a title, what it means for the work, and what may be done."""

from __future__ import annotations

from collections.abc import Callable

import requests

from fhir_pa.provider.wire import Reply, said
from ig_profiles.reading import Json


class Trouble(Exception):
    """Something the clinician must know. ``status`` is the HTTP status for the page, ``about`` is payer, ehr or app."""

    def __init__(self, status: int, about: str, title: str, words: str) -> None:
        super().__init__(f"{title} {words}")
        self.status, self.about, self.title, self.words = status, about, title, words

    def told(self) -> Json:
        """As the page reads it."""
        return {"trouble": {"about": self.about, "title": self.title, "words": self.words}}


def ended() -> Trouble:
    """The session is over, or was never there."""
    words = "Open the app again from the chart. Everything saved so far is in the chart."
    return Trouble(401, "app", "Your session has ended.", words)


def from_payer(call: Callable[[], Reply], *statuses: int) -> Reply:
    """The payer's answer. Raises Trouble when it cannot be reached or answers otherwise."""
    try:
        reply = call()
    except requests.RequestException:
        words = "Your answers are safe. Try again in a moment, or go on and send later."
        raise Trouble(502, "payer", "The payer cannot be reached.", words) from None
    if reply.status not in statuses:
        raise Trouble(502, "payer", f"The payer answered with status {reply.status}.", said(reply.body))
    return reply


def from_ehr(call: Callable[[], Reply], *statuses: int) -> Reply:
    """The EHR's answer. Raises Trouble when it cannot be reached or refuses."""
    try:
        reply = call()
    except requests.RequestException:
        raise Trouble(502, "ehr", "The chart cannot be reached.", "Your answers stay on this page. Keep it open; saving is tried again.") from None
    if reply.status == 401:
        raise ended()
    if reply.status == 412:
        words = "Somebody else, or you in another window, changed this form. Open it again from the chart to see the newer one."
        raise Trouble(409, "ehr", "This form was saved elsewhere meanwhile.", words)
    if reply.status not in statuses:
        raise Trouble(502, "ehr", f"The chart refused with status {reply.status}.", said(reply.body))
    return reply
