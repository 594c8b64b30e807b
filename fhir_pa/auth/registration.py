"""The configuration file's payer, clients, people, members, gold cards, network and apps as a Directory, with every mistake in them named at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from cds_hooks.apps import App
from cds_hooks.network import Network, Provider
from fhir_pa.auth import listed, members_listed, practices_listed
from fhir_pa.auth.directory import LINES_OF_BUSINESS, ROLES, Client, Consent, Directory, GoldCard, Identifier, Insurer, Licence, Member, Person, PlanAccounts
from fhir_pa.auth.keys import UnusableKey, public_key
from fhir_pa.auth.practice import Practice, PracticePerson
from fhir_pa.auth.representative import Representative
from fhir_pa.auth.scopes import Scope, scope
from fhir_pa.configuration import Mistakes, Table
from fhir_pa.pas.codes import DECISION_REASONS
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing.delegate import Delegate
from ig_profiles.names import NPI

_SEARCHED = re.compile(r"[A-Z][A-Za-z]+\.[_A-Za-z][-_A-Za-z]*")
_SEARCH_NAME = re.compile(r"([_A-Za-z][-_A-Za-z.:]*)?")
Known = TypeVar("Known", Client, Person, Member, GoldCard, Provider, App, Delegate, Practice, PracticePerson, Representative)


def read(tables: Mapping[str, Any], where: str, mistakes: Mistakes) -> Directory:
    """The Directory these top-level tables describe; ``where`` is the file's name, for the mistakes."""
    clients = _each(tables, "client", _client, where, mistakes)
    people = _each(tables, "person", _person, where, mistakes)
    members = _each(tables, "member", members_listed.member, where, mistakes)
    representatives = _each(tables, "representative", partial(members_listed.representative, members=members), where, mistakes)
    gold_cards = _each(tables, "gold_card", _gold_card, where, mistakes)
    network = Network(_each(tables, "provider", _provider, where, mistakes))
    apps = _each(tables, "app", listed.app, where, mistakes)
    delegates = _each(tables, "delegate", _delegate, where, mistakes)
    practices = _each(tables, "practice", _practice, where, mistakes)
    practice_people = _each(tables, "practice_person", partial(_practice_person, practices=practices), where, mistakes)
    _no_twins([client.id for client in clients], f"{where} [[client]]", "id", mistakes)
    _no_twins([client.cds_issuer.rstrip("/") for client in clients if client.cds_issuer], f"{where} [[client]]", "cds_issuer", mistakes)
    _no_twins([person.id for person in people], f"{where} [[person]]", "id", mistakes)
    _no_twins([practice.id for practice in practices], f"{where} [[practice]]", "id", mistakes)
    _no_twins([*{person.id for person in people}, *(each.id for each in practice_people)], f"{where} [[practice_person]]", "id", mistakes)
    _no_twins([f"{member.system}|{member.id}" for member in members], f"{where} [[member]]", "system and id", mistakes)
    _no_twins([delegate.name for delegate in delegates], f"{where} [[delegate]]", "name", mistakes)
    for person in people:
        if person.delegate and person.delegate not in [each.name for each in delegates]:
            listed_ = ", ".join(each.name for each in delegates) or "none"
            mistakes.add(f"{where} [[person]] {person.id}", f"works for '{person.delegate}', which is no [[delegate]].", f"Listed are: {listed_}.")
    _no_twins([provider.npi for provider in network.providers], f"{where} [[provider]]", "npi", mistakes)
    insurer = _insurer(Table(tables.get("payer", {}), f"{where} [payer]", mistakes))
    accounts, portal = (_accounts(tables, name, where, mistakes) for name in ("oidc", "member_oidc"))
    desks = (practices, practice_people, representatives, portal)
    causes = _root_causes(Table(tables.get("root_causes", {}), f"{where} [root_causes]", mistakes))
    return Directory(insurer, clients, people, members, gold_cards, network, apps, delegates, accounts, *desks, root_causes=causes)


def _root_causes(table: Table) -> Mapping[str, RootCause]:
    """What the plan means by reason codes of decisions against the member, beside what is known of them."""
    found = {code: table.one_of(code, RootCause) for code in DECISION_REASONS if table.raw(code) is not None}
    table.close()
    return {code: RootCause(cause) for code, cause in found.items() if cause}


def _accounts(tables: Mapping[str, Any], name: str, where: str, mistakes: Mistakes) -> PlanAccounts | None:
    if name not in tables:
        return None
    table = Table(tables[name], f"{where} [{name}]", mistakes)
    issuer, client_id, secret = table.url("issuer", required=True), table.text("client_id", required=True), table.text("client_secret", required=True)
    found = PlanAccounts(issuer, client_id, secret, table.urls("endpoints"))
    table.close()
    return found


def _each(tables: Mapping[str, Any], name: str, one: Callable[[Table], Known], where: str, mistakes: Mistakes) -> tuple[Known, ...]:
    listed = tables.get(name, [])
    if not isinstance(listed, list):
        mistakes.add(f"{where} [{name}]", "stands once, in single brackets.", f"Write [[{name}]], in double brackets: there may be several.")
        return ()
    found = []
    for number, values in enumerate(listed, start=1):
        label = values.get("id") if isinstance(values, dict) else None
        table = Table(values, f"{where} [[{name}]] {label or number}", mistakes)
        found.append(one(table))
        table.close()
    return tuple(found)


def _insurer(table: Table) -> Insurer:
    identifier = table.table("identifier")
    read_identifier = None
    if identifier:
        read_identifier = Identifier(identifier.text("system", required=True), identifier.text("value", required=True))
        identifier.close()
        if read_identifier.system == NPI:
            _check_npi(table, "identifier", read_identifier.value)
    insurer = Insurer(table.text("name", default=Insurer.name), read_identifier, table.text("phone"), table.flag("coverage_updates", False))
    table.url("public_url")
    table.close()
    return insurer


def _client(table: Table) -> Client:
    client = Client(
        id=table.text("id", required=True),
        name=table.text("name") or table.text("id"),
        scopes=frozenset(_scopes(table)),
        jwks=_keys(table),
        jwks_url=table.url("jwks_url"),
        cds_issuer=table.text("cds_issuer"),
        cds_jwks_url=table.url("cds_jwks_url"),
        fhir_bases=table.urls("fhir_bases"),
        organizations=table.texts("organizations"),
        notification_endpoints=table.urls("notification_endpoints"),
        validation=table.one_of("validation", ("tolerant", "strict")),
        dtr=table.flag("dtr", True),
        certificate_uri=_uri(table, "certificate_uri"),
        search_parameters=_search_parameters(table),
        consents=_consents(table),
    )
    if client.jwks and client.jwks_url:
        table.wrong("jwks", "stands beside jwks_url, so it is unclear which keys count.", "Keep one of them.")
    if not (client.jwks or client.jwks_url or client.cds_jwks_url or client.certificate_uri) and table.raw("jwks") is None:
        table.wrong("jwks", "is missing, so the client can never prove who it is.", "Add jwks = { keys = [ … ] }, jwks_url or certificate_uri.")
    if client.scopes and not (client.jwks or client.jwks_url or client.certificate_uri) and table.raw("jwks") is None:
        table.wrong("scopes", "can never be granted: the client has no jwks or jwks_url.", "Add its public keys, or leave scopes out.")
    return client


def _uri(table: Table, key: str) -> str:
    value = table.text(key)
    if value and ":" not in value:
        table.wrong(key, f"is {value!r}, which is not a URI.", 'Write the URI the certificate names its holder by, e.g. "https://ehr.oakwood.example".')
    return value


def _consents(table: Table) -> tuple[Consent, ...]:
    rows = table.raw("consents") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        table.wrong("consents", "is no list of tables.", 'Write consents = [{ npi = "…", signed_by = "Ada Quill, MD", on = 2026-01-05 }].')
        return ()
    found: list[Consent] = []
    for number, row in enumerate(rows, 1):
        inner = Table(row, f"{table.where} consents {number}", table.mistakes)
        npi, signed_by, on = inner.text("npi", required=True), inner.text("signed_by", required=True), inner.day("on", required=True)
        until = inner.day("until")
        inner.close()
        if npi:
            _check_npi(inner, "npi", npi)
        if on and until and until < on:
            inner.wrong("until", "lies before the day it was signed.", "Write the last day it holds, or leave it out.")
        if npi and signed_by and on:
            found.append(Consent(npi, signed_by, on, until))
    return tuple(found)


def _search_parameters(table: Table) -> dict[str, str]:
    value = table.raw("search_parameters")
    named = value if isinstance(value, dict) else {}
    wrong = [key for key, theirs in named.items() if not (_SEARCHED.fullmatch(key) and isinstance(theirs, str) and _SEARCH_NAME.fullmatch(theirs))]
    if wrong or (value is not None and not isinstance(value, dict)):
        said = f"cannot be read at {wrong[0]!r}." if wrong else "is not a table."
        table.wrong("search_parameters", said, 'Write e.g. { "Observation.code" = "code-value" }, with "" for a parameter their server does not know.')
    return {key: theirs for key, theirs in named.items() if key not in wrong}


def _scopes(table: Table) -> list[Scope]:
    found = []
    for text in table.texts("scopes"):
        known = scope(text)
        if known is None:
            table.wrong("scopes", f"holds {text!r}, which is not a system scope.", 'Write e.g. "system/Claim.write" or "system/Claim.cu".')
        else:
            found.append(known)
    return found


def _keys(table: Table) -> tuple[Mapping[str, Any], ...]:
    value = table.raw("jwks")
    if value is None:
        return ()
    listed = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(listed, list) or not listed:
        table.wrong("jwks", "holds no keys.", "Write it as { keys = [ { kty = \"EC\", … } ] }, with public keys only.")
        return ()
    for number, jwk in enumerate(listed, start=1):
        try:
            public_key(jwk)
        except UnusableKey as problem:
            table.wrong(f"jwks key {number}", "cannot be used.", str(problem))
    names = [jwk.get("kid") for jwk in listed if isinstance(jwk, dict)]
    if len(set(names)) != len(names):
        table.wrong("jwks", "holds two keys with the same kid.", "Give each key its own.")
    return tuple(jwk for jwk in listed if isinstance(jwk, dict))


def _person(table: Table) -> Person:
    licence = table.table("licence")
    held = None
    if licence:
        held = Licence(licence.text("number", required=True), licence.text("state", required=True), licence.day("until"))
        licence.close()
    person = Person(
        id=table.text("id", required=True),
        name=table.text("name", required=True),
        roles=table.some_of("roles", ROLES),
        npi=table.text("npi"),
        licence=held,
        specialties=table.texts("specialties"),
        phone=table.text("phone"),
        accounts=table.texts("accounts"),
        delegate=table.text("delegate"),
    )
    if "physician" in person.roles and held is None:
        table.wrong("licence", "is missing, and a physician decides only with one.", 'Add licence = { number = "…", state = "OH", until = 2028-06-30 }.')
    if not person.roles:
        table.wrong("roles", "is empty, so this person may do nothing.", f"Give one or more of: {', '.join(ROLES)}.")
    if person.npi:
        _check_npi(table, "npi", person.npi)
    return person


def _gold_card(table: Table) -> GoldCard:
    card = GoldCard(table.text("npi", required=True), table.text("because", required=True), table.day("until"), table.texts("topics"))
    if card.npi:
        _check_npi(table, "npi", card.npi)
    return card


def _delegate(table: Table) -> Delegate:
    lines = table.texts("lines_of_business")
    for line in lines:
        if line not in LINES_OF_BUSINESS:
            table.wrong("lines_of_business", f"names '{line}', which is no line of business.", f"Choose among {', '.join(LINES_OF_BUSINESS)}.")
    begins, until = table.day("from"), table.day("until")
    if begins and until and until < begins:
        table.wrong("until", f"is {until}, before it begins on {begins}.", "Correct one of the two days.")
    return Delegate(table.text("name", required=True), table.text("phone", required=True), table.texts("topics"), lines, begins, until)


def _provider(table: Table) -> Provider:
    found = listed.provider(table)
    if found.npi:
        _check_npi(table, "npi", found.npi)
    return found


def _practice(table: Table) -> Practice:
    found = practices_listed.practice(table)
    for npi in found.npis:
        _check_npi(table, "npis", npi)
    return found


def _practice_person(table: Table, practices: tuple[Practice, ...]) -> PracticePerson:
    found = practices_listed.person(table, practices)
    if found.npi:
        _check_npi(table, "npi", found.npi)
    return found


def _check_npi(table: Table, key: str, value: str) -> None:
    digits = [int(digit) for digit in value] if value.isascii() and value.isdigit() else []
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits[:9])]
    if len(digits) != 10 or (24 + sum(doubled) + digits[9]) % 10:
        table.wrong(key, f"is {value!r}, which is not an NPI: ten digits, the last one a check digit.", "Copy it again from the registry.")


def _no_twins(names: list[str], where: str, key: str, mistakes: Mistakes) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        mistakes.add(where, f"stands twice with the {key} {name!r}.", "Give each its own.")
