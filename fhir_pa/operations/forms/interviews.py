"""The seal on an adaptive form: for which services it asks, kept by the form itself because the server keeps nothing.

$next-question hears only the response (dtr.md §1.7 rule 64), so what the order said travels in the contained
Questionnaire, signed with the payer's own secret and for one client: it can be carried, but not changed or lent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Issue, Refusal, Unreadable
from ig_profiles.reading import Coding
from questionnaires.adaptive import Interview

SECRET = "interview-seals"


def seal(interview: Interview, client: str, payer: Payer) -> str:
    """The interview as text that only this payer can have written, for this client."""
    told = {
        "services": [[code.system, code.code] for code in interview.services],
        "on": interview.on.isoformat() if interview.on else None,
        "line_of_business": interview.line_of_business,
        "assertion": interview.assertion,
        "may_settle": interview.may_settle,
    }
    body = base64.urlsafe_b64encode(dump(told)).rstrip(b"=").decode()
    return f"{body}.{_signature(body, client, payer)}"


def unseal(text: str, client: str, payer: Payer, at: str) -> Interview:
    """The interview that was sealed; one about every service of the policy when there is no seal.

    Raises Unreadable for a seal that was changed, or given to another client.
    """
    if not text:
        return Interview()
    body, _, signature = text.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, client, payer).encode()):
        what = "The identifier on the contained Questionnaire is not the one given to this client. Ask for the form again with $questionnaire-package."
        raise Unreadable(Issue(what, "security", expression=f"{at}.identifier"))
    try:
        told = parse(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return Interview(tuple(_codes(told["services"])), _day(told["on"]), told["line_of_business"], told["assertion"], told["may_settle"] is True)
    except (ValueError, KeyError, TypeError, Refusal):
        what = "The form was begun with an earlier release of this server. Ask for it again."
        raise Unreadable(Issue(what, "expired", expression=f"{at}.identifier")) from None


def _codes(rows: Iterable[Any]) -> Iterable[Coding]:
    return (Coding(str(system), str(code)) for system, code in rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _signature(body: str, client: str, payer: Payer) -> str:
    key = payer.memory.secret(SECRET) or payer.memory.keep_secret(SECRET, secrets.token_hex(32))
    return hmac.new(key.encode(), f"{client}\n{body}".encode(), hashlib.sha256).hexdigest()
