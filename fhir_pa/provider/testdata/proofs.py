"""The signed proofs in a test-data folder: a client assertion for the token endpoint, a JWT for each hook address."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fhir_pa.provider.keys import ASSERTION_SECONDS, Keys
from fhir_pa.provider.pas_client import ASSERTION_TYPE, SCOPES
from fhir_pa.provider.play.payer_file import CLIENT_ID

ASSERTION, FORM = "client-assertion.jwt", "token-request.txt"


def write_proofs(folder: Path, keys: Keys, payer_url: str, ehr_url: str, hook_paths: Iterable[str], now: int) -> None:
    """Sign them anew; each is good for five minutes and once, so that a token request or a call takes one of its own.

    ``token-request.txt`` is the whole form to POST to ``/oauth/token``, its assertion another one than that beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    token_url = f"{payer_url}/oauth/token"
    (folder / ASSERTION).write_text(keys.client_assertion(CLIENT_ID, token_url, now))
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE.replace(":", "%3A"),
        "scope": "+".join(SCOPES).replace("/", "%2F"),
        "client_assertion": keys.client_assertion(CLIENT_ID, token_url, now),
    }
    (folder / FORM).write_text("&".join(f"{name}={value}" for name, value in fields.items()))
    for path in hook_paths:
        token = keys.hook_token(ehr_url, f"{payer_url}{path}", None, now)
        (folder / token_name(path)).write_text(token)


def token_name(path: str) -> str:
    """The file with the JWT of a hook address.

    >>> token_name("/v2.2/cds-services/order-sign-crd")
    'v2.2-order-sign-crd.jwt'
    """
    return f"{path.strip('/').replace('/cds-services/', '-')}.jwt"


MINUTES = ASSERTION_SECONDS // 60
