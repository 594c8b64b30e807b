"""National provider identifiers that belong to nobody: nine digits beginning with 9, and a true check digit."""

from __future__ import annotations


def check_digit(nine: str) -> int:
    """The tenth digit of an NPI (45 CFR 162.406: Luhn over 80840 and the nine digits).

    >>> check_digit("123456789")
    3
    """
    total = 0
    for place, digit in enumerate(reversed("80840" + nine)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def synthetic_npi(number: int) -> str:
    """The NPI of an invented party; real ones begin with 1 or 2.

    >>> synthetic_npi(1)
    '9000000015'
    """
    nine = f"9{number:08d}"
    return f"{nine}{check_digit(nine)}"


def is_npi(value: str) -> bool:
    """Whether the ten digits end in the right check digit."""
    return len(value) == 10 and value.isdigit() and check_digit(value[:9]) == int(value[9])
