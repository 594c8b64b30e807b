"""Configuration: the switches a service publishes, and those a call sets (crd.md §1.9).

Never required and never a reason to fail: unknown codes and values of the wrong type count as not given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ig_profiles.reading import Json, many

CONFIGURATION = "davinci-crd.configuration"


@dataclass(frozen=True)
class Option:
    """One switch a client may set; ``default`` tells its JSON type (boolean or integer).

    ``code`` and ``name`` of a card type are those of the guides' code system.
    """

    code: str
    name: str
    description: str
    default: bool | int

    def as_json(self) -> Json:
        """The option as the discovery document lists it."""
        kind = "boolean" if type(self.default) is bool else "integer"
        return {"code": self.code, "type": kind, "name": self.name, "description": self.description, "default": self.default}


COVERAGE_INFO = Option("coverage-info", "Coverage Information", "Whether the service answers with coverage, prior authorization and documentation needs.", True)
UNSOLICITED = Option("unsolicited-determ", "Unsolicited determinations", "Whether a prior authorization may be granted without being asked for.", True)
GUIDELINE = Option("guideline", "Guideline", "Whether cards link to the payer's policy for what is ordered.", True)
REMINDER = Option("clinical-reminder", "Clinical Reminder", "Whether cards name the measurements or documents that would settle the policy.", True)
INSURANCE = Option("insurance", "Insurance", "Whether cards tell what to do when the member or the coverage cannot be found.", True)
DUPLICATE = Option("duplicate-therapy", "Duplicate Therapy", "Whether cards warn that the same service is authorized or under review already.", True)
LIMITS = Option("limits", "Limits", "Whether cards tell how long and how much is authorized, and when to renew.", True)
MAX_CARDS = Option("max-cards", "Maximum cards", "How many cards come back at most, the most important first; system actions do not count.", 10)

OPTIONS = (COVERAGE_INFO, UNSOLICITED, GUIDELINE, REMINDER, INSURANCE, DUPLICATE, LIMITS, MAX_CARDS)


@dataclass(frozen=True)
class Configuration:
    """The switches in force for one call, by option code."""

    given: Mapping[str, bool | int] = field(default_factory=dict)

    def allows(self, option: Option) -> bool:
        """Whether a boolean switch is on."""
        return bool(self.given.get(option.code, option.default))

    @property
    def max_cards(self) -> int:
        """How many cards may come back."""
        return int(self.given.get(MAX_CARDS.code, MAX_CARDS.default))


def configuration_of(body: Any, options: tuple[Option, ...] = OPTIONS) -> Configuration:
    """The switches this call sets, read strictly: JSON true is no number, and "false" is no boolean.

    >>> configuration_of({"extension": {"davinci-crd.configuration": {"max-cards": True, "coverage-info": False, "alt-drug": 1}}}).given
    {'coverage-info': False}
    """
    by_code = {option.code: option for option in options}
    given: dict[str, bool | int] = {}
    for part in many(body, "extension", CONFIGURATION):
        for code, value in _pairs(part):
            option = by_code.get(code)
            if option is not None and type(value) is type(option.default) and not (type(value) is int and value < 0):
                given[code] = value
    return Configuration(given)


def _pairs(part: Any) -> list[tuple[str, Any]]:
    """One object of codes, or the ``{code, value}`` objects of a list: both are found in the wild."""
    if not isinstance(part, dict):
        return []
    if isinstance(part.get("code"), str) and "value" in part:
        return [(part["code"], part["value"])]
    return list(part.items())
