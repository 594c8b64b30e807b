"""Form: what one of the payer's people filled in, read with every mistake named at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.step_down import StepDown
from ig_profiles.names import HCPCS
from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Coding

Word = TypeVar("Word", bound=StrEnum)


@dataclass
class Form:
    """The JSON object a person sent. Read the fields, then ``refuse_if_wrong``: a field that cannot be read gives a harmless value."""

    body: Any
    within: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.body, dict):
            raise Unreadable('The body is not a JSON object. Send e.g. {"items": [1], "because": "…"}.')
        self.issues: list[Issue] = []

    def wrong(self, where: str, text: str) -> None:
        self.issues.append(Issue(text, "invalid", expression=f"{self.within}{where}"))

    def refuse_if_wrong(self) -> None:
        if self.issues:
            raise Unprocessable(*self.issues)

    def items(self) -> tuple[int, ...]:
        values = self.body.get("items")
        if not isinstance(values, list) or not values or not all(type(value) is int for value in values):
            self.wrong("items", "Give the sequences of the items as a list of whole numbers, e.g. [2, 3].")
            return ()
        return tuple(values)

    def one_of(self, key: str, kind: type[Word], says: str = "Say") -> Word:
        """One word of a list; ``says`` begins the sentence that names them all."""
        words = list(kind)
        value = self.body.get(key)
        if value not in [str(word) for word in words]:
            self.wrong(key, f"{says} one of: {', '.join(words)}.")
            return words[0]
        return kind(value)

    def moment(self, key: str) -> datetime | None:
        """A moment with its zone; None when nothing is said."""
        value = self.text(key)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.wrong(key, f"'{value}' is no moment with a zone. Write e.g. 2026-11-23T15:00:00-05:00.")
        return moment

    def part(self, key: str) -> Form:
        """An object inside; its mistakes are named with the others."""
        value = self.body.get(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"Give {key} as an object.")
        inner = Form(value if isinstance(value, dict) else {}, f"{self.within}{key}.")
        inner.issues = self.issues
        return inner

    def parts(self, key: str) -> list[Form]:
        """A list of objects inside; their mistakes are named with the others."""
        value = self.body.get(key) or []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(key, f"Give {key} as a list of objects.")
            return []
        found = [Form(each, f"{self.within}{key}[{position}].") for position, each in enumerate(value)]
        for each in found:
            each.issues = self.issues
        return found

    def text(self, key: str) -> str:
        value = self.body.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, f"Write {key} as text.")
            return ""
        return value.strip()

    def whole_number(self, key: str) -> int:
        """A whole number."""
        value = self.body.get(key)
        if type(value) is not int:
            self.wrong(key, f"Give {key} as a whole number.")
            return 0
        return value

    def decimal(self, key: str) -> Decimal:
        """A number, with its own digits."""
        try:
            value = Decimal(str(self.body.get(key)))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.wrong(key, f"Give {key} as a number.")
            return Decimal(0)
        return value

    def day(self, key: str) -> date:
        """A day."""
        try:
            return date.fromisoformat(str(self.body.get(key)))
        except ValueError:
            self.wrong(key, f"Give {key} as a day, e.g. 2026-11-22.")
            return date.min

    def yes(self, key: str) -> bool:
        """Whether something is so; not said is no."""
        value = self.body.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, f"Say {key} as true or false.")
        return value is True

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.body.get(key) or []
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self.wrong(key, f"Write {key} as a text or a list of texts.")
            return ()
        return tuple(values)

    def step_down(self) -> StepDown | None:
        """Less intense care to follow: ``service`` (``code``, and ``system`` unless it is HCPCS), ``from``, ``until``, ``quantity``, ``unit``."""
        if self.body.get("step_down") is None:
            return None
        told = self.part("step_down")
        service = told.part("service")
        if not service.text("code"):
            told.wrong("service", 'Name the service that follows by its code, e.g. {"code": "H0035"}.')
        coding = Coding(service.text("system") or HCPCS, service.text("code"), service.text("display") or None)
        quantity = told.decimal("quantity") if told.body.get("quantity") is not None else None
        return StepDown(coding, told.day("from"), told.day("until"), quantity, told.text("unit") or None)

    def authorized(self) -> Authorized | None:
        value = self.body.get("authorized")
        if value is None:
            return None
        try:
            quantity = Decimal(str(value["quantity"])) if value.get("quantity") is not None else None
            period = Authorized(date.fromisoformat(value["from"]), date.fromisoformat(value["until"]), quantity, value.get("unit"))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            self.wrong("authorized", 'Give what is certified as {"from": "2026-11-22", "until": "2027-02-20", "quantity": 1, "unit": "unit"}.')
            return None
        if period.until < period.starts_on:
            self.wrong("authorized", f"The last day, {period.until}, lies before the first, {period.starts_on}.")
        return period
