"""A person at the reviewers' desk: a browser's worth of cookies, forms read off the page, and the page in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fhir_pa.web.app import authenticator_for
from tests.stories.parties import Plan

OURS = re.compile(r'<script src="/(?:desk|practice|member)/assets/(?:clocks|live|htmx)\.js" (?:type="module"|defer)></script>')


@dataclass
class AtDesk:
    """One person with one browser."""

    plan: Plan
    person: str
    http: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.plan.http()

    def sign_in(self, token: str | None = None, then: str = "") -> TestResponse:
        """Take the token to the door, as it is printed on the command line."""
        csrf = hidden(self.http.get(f"/desk/sign-in?next={then}").text, "csrf")
        proof = token or authenticator_for(self.plan.payer).mint.person_token(self.person)
        return self.http.post("/desk/sign-in", data={"csrf": csrf, "token": proof, "next": then})

    def page(self, path: str, status: int = 200) -> str:
        """The page at this address, which runs and loads nothing but its own style."""
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        return checked(answer)

    def data(self, path: str) -> Any:
        """The page's JSON twin."""
        answer = self.http.get(path)
        assert answer.status_code == 200 and answer.mimetype == "application/json", answer.text
        return answer.get_json()

    def post(self, path: str, *, csrf: str | None = None, status: int = 303, **filled: Any) -> TestResponse:
        """Send a form from the case's page, or with another token against forgery."""
        token = hidden(self.http.get("/desk", follow_redirects=True).text, "csrf") if csrf is None else csrf
        answer = self.http.post(path, data={"csrf": token, **filled})
        assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)}"
        return answer

    def act(self, number: str, act: str, /, *, status: int = 303, **filled: Any) -> TestResponse:
        """An act on a case as it stands now."""
        revision = self.data(f"/desk/cases/{number}.json")["case"]["revision"]
        return self.post(f"/desk/cases/{number}/{act}", status=status, **{"revision": revision, **filled})


def checked(answer: TestResponse) -> str:
    """The page, which must be one that nothing foreign can run in."""
    policy = answer.headers["Content-Security-Policy"]
    assert answer.mimetype == "text/html" and "unsafe" not in policy and answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.text and " onclick" not in answer.text
    scripts = OURS.findall(answer.text)  # the page's own, and none but for people who signed in
    assert answer.text.count("<script") == len(scripts) and " hx-on" not in answer.text and "js:" not in answer.text
    assert ("; script-src 'self'; connect-src 'self'" in policy) is bool(scripts) and policy.count("-src") == (5 if scripts else 3)
    return answer.text


def words(page: str) -> str:
    """What stands on a page, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def hidden(page: str, name: str) -> str:
    """What a hidden field of the page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"There is no {name} on this page: {words(page)[:300]}"
    return unescape(found.group(1))
