"""SMART v2 scopes: which kinds of resource a token may read, search, create or update (SMART App Launch §scopes).

v1 words (``read``, ``write``, ``*``) are heard too.
"""

from __future__ import annotations

_OLDER = {"read": "rs", "write": "cud", "*": "cruds"}


def allows(scope: str, kind: str, interaction: str) -> bool:
    """Whether this space-separated scope permits the interaction: one of ``c r u d s``.

    >>> allows("openid patient/*.rs patient/QuestionnaireResponse.cu", "QuestionnaireResponse", "u")
    True
    >>> allows("patient/Observation.rs?category=laboratory patient/Patient.read", "Observation", "c")
    False
    """
    return any(interaction in letters for of, letters in _clinical(scope) if of in (kind, "*"))


def narrowed(asked: str, offered: str) -> str:
    """What of the asked scope is granted, given what is offered to this app, in the order asked."""
    plain = {each for each in offered.split() if "/" not in each}
    granted = [each for each in asked.split() if each in plain or _covered(each, offered)]
    return " ".join(dict.fromkeys(granted))


def _covered(asked: str, offered: str) -> bool:
    wanted = _clinical(asked)
    return bool(wanted) and all(allows(offered, kind, letter) for kind, letters in wanted for letter in letters)


def _clinical(scope: str) -> list[tuple[str, str]]:
    found = []
    for each in scope.split():
        context, _, rest = each.partition("/")
        kind, _, letters = rest.partition("?")[0].partition(".")
        if context in ("patient", "user") and kind and letters:
            found.append((kind, _OLDER.get(letters, letters)))
    return found
