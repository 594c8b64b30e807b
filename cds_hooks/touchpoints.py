"""Touchpoints: what utilization management will ask of a service, now and later, read off the policy edition (domain F13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cds_hooks.allowance import plain
from cds_hooks.answer import CoverageAnswer, PriorAuthorization
from questionnaires.authoring.criteria import every
from questionnaires.benefits import Ahead
from questionnaires.criteria import Criterion
from questionnaires.policy import Certifies, Edition


def touchpoints(edition: Edition, answers: Sequence[CoverageAnswer]) -> dict[str, Any]:
    """The words for the card; empty when nothing lies ahead, or nothing of it is authorized or to be asked for."""
    states, benefits = {answer.authorization for answer in answers}, edition.benefits
    ahead = edition.certifies or benefits.limit or benefits.ahead != Ahead()
    if not ahead or not states & {PriorAuthorization.NEEDED, PriorAuthorization.BY_PERFORMER, PriorAuthorization.SATISFIED}:
        return {}
    ends = {answer.expires_on for answer in answers if answer.authorization is PriorAuthorization.SATISFIED}
    return {
        "asked": PriorAuthorization.NEEDED in states,
        "by_performer": PriorAuthorization.BY_PERFORMER in states,
        "documents": " and ".join(_documents(edition)),
        "steps": list(_steps(edition.criteria)),
        "rates": list(_rates(edition.criteria)),
        "limit": benefits.limit,
        "most": plain(benefits.limit.quantity) if benefits.limit else "",
        "ahead": benefits.ahead,
        "certified": _certified(edition.certifies) if edition.certifies else "",
        "shorter": [(" and ".join(_titles(edition.criteria, less.when)), less.days) for less in edition.certifies_less],
        "quantity": _amount(edition.certifies) if edition.certifies else "",
        "series": list(_series(edition, answers)),
        "renewal": str(ends.pop()) if len(ends) == 1 and None not in ends else "the certified period ends",
    }


def by_edition(answers: Iterable[CoverageAnswer]) -> list[tuple[Edition, tuple[CoverageAnswer, ...]]]:
    """The answers under each edition, in the order the editions first spoke."""
    found: dict[str, tuple[Edition, tuple[CoverageAnswer, ...]]] = {}
    for answer in answers:
        edition = answer.basis.edition
        if edition is not None:
            first, so_far = found.get(edition.name, (edition, ()))
            found[edition.name] = (first, (*so_far, answer))
    return list(found.values())


def names(answers: Sequence[CoverageAnswer]) -> list[str]:
    """What the clinician calls these orders, each once."""
    return list(dict.fromkeys(answer.basis.label for answer in answers))


def _documents(edition: Edition) -> Iterator[str]:
    if edition.questionnaire:
        yield f"the form {edition.title}" if edition.documentation else "notes that show the criteria"


def _certified(limit: Certifies) -> str:
    return f"for {limit.days} days from the first day of service"


def _amount(limit: Certifies) -> str:
    return f"{plain(limit.quantity)} {limit.unit or 'units'}" if limit.quantity is not None else ""


def _series(edition: Edition, answers: Sequence[CoverageAnswer]) -> Iterator[str]:
    """Every schedule on which one of these orders may be certified, with its codes where it is not for all."""
    asked = {coding.code for answer in answers for coding in answer.basis.codes}
    for each in edition.schedules:
        if not each.services or asked.intersection(each.services):
            yield each.in_words + (f" ({', '.join(sorted(asked.intersection(each.services)))})" if each.services else "")


def _steps(criteria: Iterable[Criterion]) -> Iterator[str]:
    """The titles of the criteria that ask for another treatment first (a ``step`` in policy.toml, told by its parts)."""
    for criterion in criteria:
        parts = {each.id for each in every(criterion.below)}
        if {f"{criterion.id}.drug", f"{criterion.id}.dose"} <= parts:
            yield criterion.title.rstrip(".")


def _rates(criteria: Iterable[Criterion]) -> Iterator[str]:
    """The titles of the criteria that limit a quantity for so many days."""
    return (criterion.title.rstrip(".") for criterion in every(criteria) if criterion.test is not None and criterion.test.operator == "at_most_per")


def _titles(criteria: Iterable[Criterion], wanted: Sequence[str]) -> Iterator[str]:
    for criterion in criteria:
        if criterion.id in wanted:
            yield criterion.title.rstrip(".")
        yield from _titles(criterion.below, wanted)
