"""A member at the member page: a browser's worth of cookies, the code the plan gives out, forms read off the page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fhir_pa.auth.directory import Directory, Member
from fhir_pa.auth.member_code import Codes
from tests.stories.desk_parties import checked, hidden, words
from tests.stories.parties import Plan


def changed(plan: Plan, **what: Any) -> Directory:
    """The payer, its directory changed; its server is built anew."""
    directory = replace(plan.payer.directory, **what)
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application", None)
    return directory


def member_called(plan: Plan, name: str) -> Member:
    """The member of this name."""
    return next(each for each in plan.payer.directory.members if each.name == name)


def with_member(plan: Plan, name: str, **what: Any) -> Member:
    """The member of this name, otherwise on file than before."""
    old = member_called(plan, name)
    new = replace(old, **what)
    changed(plan, members=tuple(new if each is old else each for each in plan.payer.directory.members))
    return new


def waiting(plan: Plan) -> str:
    """The number of the one case that waits for a person."""
    with plan.payer.store.reading() as tx:
        (case,) = tx.pended()
    return case.number


def code_for(plan: Plan, number: str, born: date | None = None) -> str:
    """A one-time code as ``fhir-pa members code`` prints it."""
    return Codes(plan.payer.directory, plan.payer.memory, plan.payer.clock).give(number, born)


@dataclass
class AtMemberPage:
    """One person with one browser; ``accepts`` is what the browser asks for."""

    plan: Plan
    number: str
    born: date
    accepts: str = ""
    http: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.plan.http()
        if self.accepts:
            self.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = self.accepts

    @classmethod
    def member(cls, plan: Plan, name: str, **more: Any) -> AtMemberPage:
        """The member of this name, not signed in yet."""
        known = member_called(plan, name)
        assert known.birth_date
        return cls(plan, known.id, known.birth_date, **more)

    def try_to_sign_in(self, code: str, then: str = "", **filled: str) -> TestResponse:
        """Fill in the door's form."""
        csrf = hidden(self.http.get(f"/member/sign-in?next={then}").text, "csrf")
        return self.http.post(
            "/member/sign-in", data={"csrf": csrf, "number": self.number, "born": self.born.isoformat(), "code": code, "next": then, **filled}
        )

    def sign_in(self, then: str = "") -> AtMemberPage:
        """Come in by a fresh code."""
        answer = self.try_to_sign_in(code_for(self.plan, self.number, self.born), then)
        assert answer.status_code == 303, words(answer.text)
        return self

    def page(self, path: str = "/member", status: int = 200) -> str:
        """The page at this address, which runs and loads nothing but its own style."""
        answer = self.http.get(path)
        assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)}"
        return checked(answer)

    def told(self, path: str = "/member", status: int = 200) -> str:
        """What stands on the page, in words."""
        return words(self.page(path, status))

    def data(self, path: str) -> Any:
        """The page's JSON twin."""
        answer = self.http.get(path)
        assert answer.status_code == 200 and answer.mimetype == "application/json", answer.text
        return answer.get_json()

    def appeal(self, number: str, status: int = 303, **filled: Any) -> TestResponse:
        """Send the form of the request's page."""
        page = self.page(f"/member/requests/{number}")
        seen = {"csrf": hidden(page, "csrf"), "revision": str(self.data(f"/member/requests/{number}.json")["revision"])}
        answer = self.http.post(f"/member/requests/{number}/appeal", data={**seen, **filled})
        assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)}"
        return answer
