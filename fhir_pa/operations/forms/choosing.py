"""Which forms a $questionnaire-package wants: those it names, else those of its contexts and of its orders together, each once.

Chapter: DTR R297-302 and 2.2 oper-6 to oper-9, spec-128, spec-129 (dtr.md §1.3 rules 14-22).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from fhir_pa.operations.forms.covering import Covered, under, with_name
from fhir_pa.operations.forms.interview_begun import ORDER, carried, service_of
from fhir_pa.storage.assertions import Assertion
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.outcome import Issue
from ig_profiles.reading import Json
from questionnaires.adaptive_form import is_adaptive
from questionnaires.library import Shelf, Volume
from questionnaires.package_request import PackageRequest
from questionnaires.policy import RequestedService

T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """One form that is wanted, for which orders and under which coverages; ``context`` is the assertion id that asked for it.

    ``told_of`` are the contexts whose orders were not sent again.
    """

    volume: Volume
    coverages: tuple[Covered, ...]
    orders: tuple[Json, ...] = ()
    context: str | None = None
    told_of: tuple[Assertion, ...] = ()
    adaptive: bool = False

    @property
    def name(self) -> str:
        """What tells it from other forms of the same answer."""
        return f"{self.volume.edition.name}{' step by step' if self.adaptive else ''}"

    @property
    def numbers(self) -> tuple[Identifier, ...]:
        """Every number of the member under these coverages."""
        return tuple(dict.fromkeys(number for each in self.coverages for number in each.numbers))

    @property
    def line_of_business(self) -> str:
        """The member's, by the first of the coverages; they share what the form's edition says."""
        return self.coverages[0].standing.line_of_business


@dataclass(frozen=True)
class Choice:
    """The forms of an answer; ``issues`` is what is to be said beside them."""

    shelf: Shelf
    asked: PackageRequest
    assertions: tuple[Assertion, ...]
    coverages: tuple[Covered, ...]
    today: date
    issues: list[Issue] = field(default_factory=list)

    def wanted(self) -> tuple[Wanted, ...]:
        """Each form once, with every order and coverage it is for. Canonicals limit the answer to themselves."""
        found: dict[str, Wanted] = {}
        for each in self._named() if self.asked.canonicals else (*self._told_of(), *self._ordered()):
            before = found.get(each.name)
            found[each.name] = _joined(before, each) if before else each
        return tuple(found.values())

    def _named(self) -> Iterator[Wanted]:
        for canonical in self.asked.canonicals:
            volume = self.shelf.asking(canonical)
            if volume is None:
                what = f"No form '{canonical}' is on the shelf. Leave the version out for the present one, or send the order."
                self.issues.append(Issue(what, "not-found", "warning", "Parameters.parameter.where(name='questionnaire').value"))
            else:
                told_of = () if self.asked.orders else self.assertions
                yield Wanted(volume, self.coverages, self.asked.orders, self._context, told_of, is_adaptive(canonical))

    def _told_of(self) -> Iterator[Wanted]:
        for assertion in self.assertions:
            orders, changed = self._orders_of(assertion)
            if changed:
                what = f"'{assertion.order}' asks for something else than when the plan answered about it. These are the forms for what it asks for now."
                self.issues.append(Issue(what, "business-rule", "warning", ORDER))
                continue
            coverages, told_of = with_name((assertion.coverage,), self.coverages), () if orders else (assertion,)
            for volume, canonical in ((self.shelf.asking(each), each) for each in assertion.questionnaires):
                if volume is not None:
                    yield Wanted(volume, coverages, orders, assertion.id, told_of, is_adaptive(canonical))
            if told_of and not assertion.questionnaires:  # nothing was asked when it was first made; that may have changed
                for wanted in self._for(RequestedService(codes=assertion.codes), coverages):
                    yield replace(wanted, context=assertion.id, told_of=told_of)

    def _orders_of(self, assertion: Assertion) -> tuple[tuple[Json, ...], bool]:
        """The orders sent that an assertion is about, and whether the one it names asks for something else by now.

        An EHR may have written the same order anew, under another id: it carries the assertion, or asks for the same.
        """
        named = [order for order in self.asked.orders if f"{order['resourceType']}/{order.get('id')}" == assertion.order]
        same = [order for order in self.asked.orders if self._asks_for(order, assertion)]
        if named and not any(order in same for order in named):
            return (), True
        carrying = [order for order in same if assertion.id in carried((order,))]
        return tuple(named or carrying or same), False

    def _asks_for(self, order: Json, assertion: Assertion) -> bool:
        return any(mine.same_as(theirs) for mine in assertion.codes for theirs in service_of(order, self.asked.index).codes)

    def _ordered(self) -> Iterator[Wanted]:
        for order in self.asked.orders:
            service = service_of(order, self.asked.index)
            if not service.codes:
                what = "The order names no service by a code, so no form can be chosen for it. Code the order, or send the canonical."
                self.issues.append(Issue(what, "code-invalid", "warning", ORDER))
                continue
            for wanted in self._for(service, under(order, self.coverages)):
                yield replace(wanted, orders=(order,), context=self._context)

    def _for(self, service: RequestedService, coverages: Iterable[Covered]) -> Iterator[Wanted]:
        """The form of the edition in force for this service under each coverage, where it wants one."""
        for coverage in coverages:
            edition = self.shelf.in_force(replace(service, line_of_business=coverage.standing.line_of_business), service.on or self.today)
            if edition.covered and edition.questionnaire and (edition.authorization == "needed" or edition.documentation):
                yield Wanted(self.shelf.volume(edition.topic, edition.version), (coverage,), adaptive=edition.form == "adaptive")

    @property
    def _context(self) -> str | None:
        return self.assertions[0].id if self.assertions else None


def _joined(before: Wanted, more: Wanted) -> Wanted:
    """The same form for the orders and under the coverages of both."""
    return replace(
        before,
        coverages=(*before.coverages, *_new(more.coverages, before.coverages)),
        orders=(*before.orders, *_new(more.orders, before.orders)),
        told_of=(*before.told_of, *_new(more.told_of, before.told_of)),
    )


def _new(these: Iterable[T], known: tuple[T, ...]) -> list[T]:
    return [each for each in these if each not in known]
