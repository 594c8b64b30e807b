"""Touchpoints: what utilization management will ask of a service, now and later, read off the policy edition (domain F13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cds_hooks.answer import CoverageAnswer, PriorAuthorization
from questionnaires.criteria import Criterion
from questionnaires.policy import Certifies, Edition


def touchpoints(edition: Edition, answers: Sequence[CoverageAnswer]) -> dict[str, Any]:
    """The words for the card; empty when the edition certifies nothing, or nothing of it is authorized or to be asked for."""
    states = {answer.authorization for answer in answers}
    if edition.certifies is None or not states & {PriorAuthorization.NEEDED, PriorAuthorization.SATISFIED}:
        return {}
    ends = {answer.expires_on for answer in answers if answer.authorization is PriorAuthorization.SATISFIED}
    return {
        "asked": PriorAuthorization.NEEDED in states,
        "documents": " and ".join(_documents(edition)),
        "certified": _certified(edition.certifies),
        "shorter": [(" and ".join(_titles(edition.criteria, less.when)), less.days) for less in edition.certifies_less],
        "quantity": _amount(edition.certifies),
        "renewal": str(ends.pop()) if len(ends) == 1 and None not in ends else "the certified period ends",
    }


def by_edition(answers: Iterable[CoverageAnswer]) -> list[tuple[Edition, tuple[CoverageAnswer, ...]]]:
    """The answers under each edition, in the order the editions first spoke."""
    found: dict[str, tuple[Edition, tuple[CoverageAnswer, ...]]] = {}
    for answer in answers:
        edition = answer.basis.edition
        if edition is not None:
            found[edition.name] = (edition, (*found.get(edition.name, (edition, ()))[1], answer))
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
    return f"{limit.quantity.normalize():f} {limit.unit or 'units'}" if limit.quantity is not None else ""


def _titles(criteria: Iterable[Criterion], wanted: Sequence[str]) -> Iterator[str]:
    for criterion in criteria:
        if criterion.id in wanted:
            yield criterion.title.rstrip(".")
        yield from _titles(criterion.below, wanted)
