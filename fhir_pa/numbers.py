"""Numbers that people read over the phone: a case's authorization number and its administrative reference.

Ten symbols without I, L, O, U and Z (31 of them: a prime) from the system's randomness, and a check symbol, so that a number
cannot be guessed and a misheard one is noticed.
"""

from __future__ import annotations

import secrets

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXY"


def new_number() -> str:
    """A new number body: ten symbols and the check symbol."""
    body = "".join(secrets.choice(SYMBOLS) for _ in range(10))
    return body + check_symbol(body)


def check_symbol(body: str) -> str:
    """The symbol that closes a number, a weighted sum modulo 31, so that any single slip and any swap shows.

    >>> check_symbol("0000000001")
    'A'
    """
    return SYMBOLS[sum(place * SYMBOLS.index(symbol) for place, symbol in enumerate(body, 1)) % 31]


def is_whole(number: str) -> bool:
    """Whether a number, with or without its two-letter prefix, closes with its check symbol."""
    body = number[-11:]
    return len(body) == 11 and all(symbol in SYMBOLS for symbol in body) and check_symbol(body[:-1]) == body[-1]
