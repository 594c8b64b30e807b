"""Names for what we write: the same thing always gets the same name, without chance or clock."""

from __future__ import annotations

from hashlib import sha256


def stable_uuid(*of: object) -> str:
    """A UUID made from its parts alone (RFC 9562 version 8, SHA-256).

    >>> stable_uuid("Task", "PR0001") == stable_uuid("Task", "PR0001") != stable_uuid("Task", "PR0002")
    True
    """
    digest = sha256("|".join(map(str, of)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
