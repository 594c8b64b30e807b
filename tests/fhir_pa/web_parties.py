"""The two parties of the web tests: a provider's system that signs with real keys, a payer with a real app and told operations."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from fhir_pa.auth.directory import Client, Directory, Identifier, Insurer, Licence, Person
from fhir_pa.auth.scopes import scopes
from fhir_pa.auth.signed import seconds
from fhir_pa.settings import Settings, read
from fhir_pa.web.app import authenticator_for, create_app
from fhir_pa.web.offered import Offered

URL = "http://127.0.0.1:8080"
TOKEN_URL = f"{URL}/oauth/token"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EC = ECKey.generate_key("P-384", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
SMALL = ECKey.generate_key("P-256", {"kid": "ec"})
STRANGER = ECKey.generate_key("P-384", {"kid": "ec"})
ISSUER = "https://ehr.oakwood.example"

OAKWOOD = Client(
    id="oakwood-ehr",
    name="Oakwood Clinic EHR",
    scopes=scopes("system/Claim.write system/Subscription.cruds system/Questionnaire.rs"),
    jwks=(EC.as_dict(private=False), RSA.as_dict(private=False)),
    cds_issuer=ISSUER,
)
QUILL = Person("quill", "Ada Quill, MD", ("physician",), "9000000007", Licence("MD-0142", "OH"))


@dataclass
class Memory:
    """Remembers in memory what the real store remembers for all processes."""

    once: dict[tuple[str, str], datetime] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def remember_once(self, kind: str, key: str, until: datetime) -> bool:
        known = (kind, key) in self.once
        self.once.setdefault((kind, key), until)
        return not known

    def secret(self, name: str) -> str | None:
        return self.secrets.get(name)

    def keep_secret(self, name: str, value: str) -> None:
        self.secrets.setdefault(name, value)


class Clock:
    """A clock the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Payer:
    settings: Settings
    directory: Directory
    memory: Memory
    clock: Clock
    problems: dict[str, str | None] = field(default_factory=lambda: {"database": None, "policies": None})

    def readiness(self) -> dict[str, str | None]:
        return self.problems


# Those of several functions each.
SEVERAL = ("subscribe", "hook", "review", "worklist", "measures", "figures", "fall_due", "peer_to_peer", "appeal", "status", "managing", "policy_trial")


class Told:
    """Operations that do as told: answer what they were asked, or raise what the test hands in."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []
        self.raises: BaseException | None = None
        self.answer: dict[str, Any] | None = None

    def act(self, *asked: Any) -> dict[str, Any]:
        self.heard.append(asked)
        if self.raises:
            raise self.raises
        return self.answer or {"resourceType": "Parameters", "id": "1", "asked": str(asked[0])}

    def __getattr__(self, name: str) -> Any:
        return lambda *asked: self.act(name, *asked)


@dataclass
class Payers:
    """A running payer seen from outside, with the means to call it as anybody."""

    payer: Payer
    told: Told
    http: FlaskClient

    @classmethod
    def open(cls, client: Client = OAKWOOD, **changed: Any) -> Payers:
        settings = replace(read({}, {}), **changed)
        directory = Directory(Insurer("Larkfield Health Plan", Identifier("http://hl7.org/fhir/sid/us-npi", "9000000007")), (client,), (QUILL,))
        payer, told = Payer(settings, directory, Memory(), Clock()), Told()
        operations = {name: lambda *asked, name=name: told.act(name, *asked) for name in Offered.__dataclass_fields__}
        app = create_app(payer, Offered(**{**operations, **dict.fromkeys(SEVERAL, told)}))
        return cls(payer, told, app.test_client())

    def ask_token(self, assertion: str, scope: str = "system/Claim.write", **changed: str) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
            "scope": scope,
        }
        return self.http.post("/oauth/token", data={**form, **changed})

    def bearer(self, scope: str = "system/*.*") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.ask_token(assertion(), scope).get_json()['access_token']}"}

    def person(self, identity: str = "quill") -> dict[str, str]:
        return {"Authorization": f"Bearer {authenticator_for(self.payer).mint.person_token(identity)}"}


def sign(claims: dict[str, Any], key: Any = EC, alg: str | None = None, **header: Any) -> str:
    """A JWT as a provider's system would make it; claims that are None are left out."""
    algorithm = alg or {ECKey: "ES384", RSAKey: "RS384", OctKey: "HS256"}[type(key)]
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid, **header}, kept, key, algorithms=[algorithm])


def assertion(key: Any = EC, alg: str | None = None, now: datetime = NOW, **changed: Any) -> str:
    """A client assertion for the token endpoint, good unless ``changed``."""
    claims = {"iss": OAKWOOD.id, "sub": OAKWOOD.id, "aud": TOKEN_URL, "exp": seconds(now + timedelta(minutes=4)), "jti": uuid.uuid4().hex}
    return sign({**claims, **changed}, key, alg)


def hook_token(path: str, key: Any = EC, header: dict[str, Any] | None = None, **changed: Any) -> dict[str, str]:
    """The Authorization header of a CDS client calling this path, good unless ``changed``."""
    claims = {"iss": ISSUER, "aud": URL + path, "iat": seconds(NOW), "exp": seconds(NOW + timedelta(minutes=5)), "jti": uuid.uuid4().hex}
    return {"Authorization": f"Bearer {sign({**claims, **changed}, key, **(header or {}))}"}
