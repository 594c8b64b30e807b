"""A payer with cases that wait, served to a browser; and one of its people at the desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.web.app import authenticator_for
from tests.browser.window import Window
from tests.stories.asking import BORDERLINE, oxygen, scans, submit
from tests.stories.parties import Lent, Plan, System, open_plan


@dataclass
class Served:
    """The payer, and where its desk is."""

    plan: Plan
    url: str

    def number(self, member: str) -> str:
        """The case of this member."""
        with self.plan.payer.store.reading() as tx:
            return next(case.number for case in tx.pended() if case.request.member.name == member)

    def sign_in(self, window: Window, person: str) -> Any:
        """Take this person's token to the door; the page behind it."""
        self.enter(window, person)
        window.page.wait_for_selector("h1:has-text('Worklist')")
        return window.page

    def enter(self, window: Window, person: str) -> None:
        """The same for whoever is led to another page than the worklist."""
        window.page.goto(f"{self.url}/desk")
        window.page.get_by_label("Your token").fill(authenticator_for(self.plan.payer).mint.person_token(person))
        window.press("Sign in")
        window.page.wait_for_selector("h1:not(:has-text('Sign in'))")


@contextmanager
def served(folder: Path, lent: Lent) -> Iterator[Served]:
    """A payer that offers conversations, with home oxygen and three scans waiting."""
    with open_plan(folder, lent) as plan:
        plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, peer_to_peer_hours=72))
        clinic = System(plan, CLIENT_ID, "2.2")
        submit(clinic, oxygen(clinic, BORDERLINE))
        submit(clinic, scans(clinic))
        server = make_server("127.0.0.1", 0, plan.application, threaded=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield Served(plan, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
