"""A practice's person at the provider desk: a browser's worth of cookies, forms read off the page, and the page in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference, Refer
from fhir_pa.um.deciding.request import Identifier, Party
from fhir_pa.web.app import authenticator_for
from ig_profiles.names import NPI
from tests.builders import EDITION, finding, item, request
from tests.stories.desk_parties import AtDesk, hidden, words
from tests.stories.parties import Plan


@dataclass
class AtPractice(AtDesk):
    """One person with one browser, at a practice."""

    def sign_in(self, token: str | None = None, then: str = "") -> TestResponse:
        """Take the token to the door, as the plan prints it."""
        csrf = hidden(self.http.get(f"/practice/sign-in?next={then}").text, "csrf")
        proof = token or authenticator_for(self.plan.payer).mint.practice_token(self.person)
        return self.http.post("/practice/sign-in", data={"csrf": csrf, "token": proof, "next": then})

    def post(self, path: str, *, csrf: str | None = None, status: int = 303, **filled: Any) -> TestResponse:
        """Send a form, or one with another token against forgery; a pair of name and bytes is a file."""
        token = hidden(self.http.get("/practice").text, "csrf") if csrf is None else csrf
        files = {name: (BytesIO(value[1]), value[0]) for name, value in filled.items() if isinstance(value, tuple)}
        answer = self.http.post(path, data={"csrf": token, **filled, **files})
        assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)}"
        return answer

    def act(self, number: str, act: str, /, *, status: int = 303, **filled: Any) -> TestResponse:
        """An act on a request as it stands now."""
        revision = self.data(f"/practice/requests/{number}.json")["revision"]
        return self.post(f"/practice/requests/{number}/{act}", status=status, **{"revision": revision, **filled})

    def numbers(self, list_: str, query: str = "") -> list[str]:
        """The requests on this list."""
        return [row["number"] for row in self.data(f"/practice/lists/{list_}.json{query}")["rows"]]


def asked_by(npi: str = CLINIC_NPI, name: str = "Oakwood Clinic") -> Party:
    """Who asks: a practice with this NPI."""
    return Party(name, (Identifier(NPI, npi),))


def on_file(plan: Plan, number: str, *answers: Certify | Refer, **given: Any) -> Authorization:
    """A case of Oakwood Clinic on file, its items answered so by the engine, item 1 first; ``given`` is of its request."""
    told: dict[str, Any] = {"requestor": asked_by(), "items": tuple(item(each) for each in range(1, len(answers) + 1)), **given}
    opened = Authorization.open(number, f"R{number}", request(*told.pop("items"), **told), dict(enumerate(answers, 1)), "", "oakwood-ehr", plan.payer.clock())
    case = replace(opened, received=(), submission="")
    with plan.payer.store.transaction() as tx:
        tx.add(case)
    return case


def certified(starts: date, until: date, quantity: int | None = None, unit: str = "days", edition: EditionReference = EDITION) -> Certify:
    """The engine's yes for these days, and so much."""
    held = Authorized(starts, until, Decimal(quantity) if quantity else None, unit if quantity else None)
    return Certify("Every criterion is met.", (finding(),), edition, held)
