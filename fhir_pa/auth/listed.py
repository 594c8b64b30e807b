"""One provider of the payer's network, or one application of the payer's, as a configuration file lists them."""

from __future__ import annotations

from decimal import Decimal

from cds_hooks.apps import App
from cds_hooks.network import Address, Provider
from cds_hooks.services import HOOKS
from fhir_pa.configuration import Table

KINDS = ("organization", "practitioner")


def provider(table: Table) -> Provider:
    """A ``[[provider]]`` table; its NPI is checked by the caller."""
    address = table.table("address")
    found = Provider(
        npi=table.text("npi", required=True),
        name=table.text("name", required=True),
        kind="practitioner" if table.one_of("kind", KINDS) == "practitioner" else "organization",
        address=_address(address) if address else Address(),
        phone=table.text("phone"),
        topics=table.texts("topics"),
        codes=table.texts("codes"),
        tier=_whole(table, "tier"),
        next_available=table.day("next_available"),
    )
    if (found.address.latitude is None) != (found.address.longitude is None):
        table.wrong("address", "has one coordinate alone.", "Give latitude and longitude, or a postal_code.")
    return found


def app(table: Table) -> App:
    """An ``[[app]]`` table."""
    hooks = tuple(hook.name for hook in HOOKS)
    because = table.text("because", required=True)
    return App(table.text("name", required=True), table.url("url", required=True), because, table.texts("topics"), table.some_of("hooks", hooks))


def _address(table: Table) -> Address:
    line, city, state, code = (table.text(key) for key in ("line", "city", "state", "postal_code"))
    latitude, longitude = _degrees(table, "latitude", 90), _degrees(table, "longitude", 180)
    table.close()
    if state and not (len(state) == 2 and state.isalpha() and state.isupper()):
        table.wrong("state", f"is {state!r}.", 'Write the two letters of the state: "OH".')
    return Address(line, city, state, code, latitude, longitude)


def _degrees(table: Table, key: str, most: int) -> Decimal | None:
    value = table.raw(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
        table.wrong(key, f"is {value!r}.", f"Write degrees without quotes, from -{most} to {most}: {key} = 39.76.")
        return None
    return Decimal(str(value))


def _whole(table: Table, key: str) -> int | None:
    value = table.raw(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    table.wrong(key, f"is {value!r}.", f"Write a whole number from 1 on, without quotes: {key} = 1.")
    return None
