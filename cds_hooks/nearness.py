"""Nearness: which providers are nearest to where a patient lives, and how far that is, by coordinates or by postal code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from math import asin, cos, radians, sin, sqrt

from cds_hooks.network import Address, Provider
from ig_profiles.reading import Json, extension_value, extensions, many, text

GEOLOCATION = "http://hl7.org/fhir/StructureDefinition/geolocation"
_EARTH = 3959  # miles
_STEP = 10  # miles that make no difference to who goes first
_BY_CODE = ((5, 3), (3, 25), (0, 100))  # digits of the postal code that agree, and the miles that stands for; 0: only the state does
_FAR = 1000


def home_of(patient: Json | None) -> Address:
    """Where the patient lives, as far as the record says: the address for living, or the first one."""
    listed = [each for each in many(patient, "address") if isinstance(each, dict) and each.get("use") not in ("old", "billing", "temp")]
    chosen = next((each for each in listed if each.get("use") == "home"), listed[0] if listed else {})
    spot = next(iter(extensions(chosen, GEOLOCATION)), {})
    state, code = text(chosen, "state") or "", text(chosen, "postalCode") or ""
    return Address("", text(chosen, "city") or "", state, code, _degrees(spot, "latitude"), _degrees(spot, "longitude"))


def nearest(providers: Iterable[Provider], home: Address, today: date) -> list[Provider]:
    """The nearest first, by steps of ten miles; among these who has room soonest, then who costs the member least.

    A day that is past is no news of today: the payer's list is older than that.
    """
    current = [each if each.next_available is None or each.next_available >= today else replace(each, next_available=None) for each in providers]
    return sorted(current, key=lambda each: (_miles(each, home) // _STEP, each.next_available or date.max, each.tier or 99, _miles(each, home), each.name))


def distance_in_words(provider: Provider, home: Address) -> str:
    """How far it is; empty when that is not known.

    >>> there = Address(state="OH", postal_code="45402", latitude=Decimal("39.76"), longitude=Decimal("-84.19"))
    >>> distance_in_words(Provider("9", "x", address=there), Address(latitude=Decimal("39.92"), longitude=Decimal("-83.81")))
    'about 23 miles away'
    >>> distance_in_words(Provider("9", "x", address=there), Address(postal_code="45402-1234"))
    'in the same postal area'
    """
    exact = _exact(provider.address, home)
    if exact is not None:
        return "within a mile" if exact < 1 else f"about {round(exact)} miles away"
    miles = _by_code(provider.address, home)
    return "in the same postal area" if miles == _BY_CODE[0][1] else "in the same region" if miles == _BY_CODE[1][1] else ""


def _miles(provider: Provider, home: Address) -> float:
    exact = _exact(provider.address, home)
    return exact if exact is not None else float(_by_code(provider.address, home))


def _exact(there: Address, home: Address) -> float | None:
    """Great-circle distance in miles, or None without both coordinates."""
    if there.latitude is None or there.longitude is None or home.latitude is None or home.longitude is None:
        return None
    north, south = radians(float(there.latitude)), radians(float(home.latitude))
    east = radians(float(there.longitude) - float(home.longitude))
    chord = sin((north - south) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * _EARTH * asin(sqrt(chord))


def _by_code(there: Address, home: Address) -> int:
    for digits, miles in _BY_CODE:
        mine, theirs = home.postal_code[:digits], there.postal_code[:digits]
        if digits and len(mine) == digits and mine == theirs:
            return miles
        if not digits and home.state and home.state == there.state:
            return miles
    return _FAR


def _degrees(spot: Json, name: str) -> Decimal | None:
    try:
        value = Decimal(str(extension_value(spot, name)))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= 180 else None
