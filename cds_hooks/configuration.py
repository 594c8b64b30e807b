"""Configuration: the switches a service publishes, and those a call sets (crd.md §1.9).

Never required and never a reason to fail: unknown codes and values of the wrong type count as not given. What is known but
makes no sense, by itself or beside another, is told as a fault, for the log and for the client's technical staff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
REMINDER = Option(
    "clinical-reminder", "Clinical Reminder", "Whether cards name the measurements, documents, forms or further orders that would settle the policy.", True
)
INSURANCE = Option("insurance", "Insurance", "Whether cards tell what to do when the member or the coverage cannot be found, or is recorded otherwise.", True)
DUPLICATE = Option("duplicate-therapy", "Duplicate Therapy", "Whether cards warn that the same service is authorized or under review already.", True)
LIMITS = Option("limits", "Limits", "Whether cards tell how long and how much is authorized, and when to renew.", True)
ALTERNATIVE_REQUIRED = Option(
    "therapy-alternatives-req", "Required Therapy Alternatives", "Whether cards propose what the plan pays for before what is ordered.", True
)
ALTERNATIVE_OPTIONAL = Option(
    "therapy-alternatives-opt", "Optional Therapy Alternatives", "Whether cards propose what would do as well as what is ordered.", True
)
NETWORK = Option("network", "Network", "Whether cards name providers inside the network when an order is sent to one outside it.", True)
COST = Option("cost", "Cost", "Whether cards tell what the member pays where another choice would cost less.", True)
MAX_CARDS = Option("max-cards", "Maximum cards", "How many cards come back at most, the most important first; system actions do not count.", 10)

OPTIONS = (
    COVERAGE_INFO,
    UNSOLICITED,
    GUIDELINE,
    REMINDER,
    INSURANCE,
    DUPLICATE,
    LIMITS,
    ALTERNATIVE_REQUIRED,
    ALTERNATIVE_OPTIONAL,
    NETWORK,
    COST,
    MAX_CARDS,
)


@dataclass(frozen=True)
class Configuration:
    """The switches in force for one call, by option code, and one sentence for each fault in them, without any value sent."""

    given: Mapping[str, bool | int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

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
    faults: dict[str, None] = {}
    for part in many(body, "extension", CONFIGURATION):
        if not isinstance(part, dict):
            faults[f"{CONFIGURATION} is {_kind(part)}, where an object of option codes is taken; every default holds."] = None
        for code, value in _pairs(part):
            option = by_code.get(code)
            if option is None:
                continue
            if not _fits(value, option):
                faults[f"{code} is {_kind(value)}, where {_wanted(option)} is taken; what it would have switched was not checked, its default holds."] = None
            elif code in given and given[code] != value:
                faults[f"{code} is given twice and differently; the last one holds."] = None
            if _fits(value, option):
                given[code] = value
    return Configuration(given, (*faults, *_contradictions(given, options)))


def _contradictions(given: Mapping[str, bool | int], options: tuple[Option, ...]) -> Iterator[str]:
    """Our rules of what may stand together. A call that breaks one is answered by the narrower of the two (crd.md §1.9)."""
    if given.get(COVERAGE_INFO.code) is False and given.get(UNSOLICITED.code) is True:
        yield (
            "unsolicited-determ is on and coverage-info is off: whether authorization can be given was not checked, "
            "because the determination could not be told. Switch coverage-info on to be told it."
        )
    cards = [option.code for option in options if given.get(option.code) is True and option not in (COVERAGE_INFO, UNSOLICITED)]
    if given.get(MAX_CARDS.code) == 0 and cards:
        yield f"max-cards is 0, so nothing is told of what {', '.join(cards)} asks for. Leave max-cards out, or allow one or more."


def _fits(value: Any, option: Option) -> bool:
    return type(value) is type(option.default) and not (type(value) is int and value < 0)


def _wanted(option: Option) -> str:
    return "true or false" if type(option.default) is bool else "a whole number of 0 or more"


def _kind(value: Any) -> str:
    if type(value) is int:
        return "a negative number" if value < 0 else "a number"
    return {type(None): "null", bool: "a boolean", str: "a text", list: "a list", dict: "an object"}.get(type(value), "a decimal number")


def _pairs(part: Any) -> list[tuple[str, Any]]:
    """One object of codes, or the ``{code, value}`` objects of a list: both are found in the wild."""
    if not isinstance(part, dict):
        return []
    if isinstance(part.get("code"), str) and "value" in part:
        return [(part["code"], part["value"])]
    return list(part.items())
