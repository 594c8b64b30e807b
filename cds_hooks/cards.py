"""Cards: what a clinician reads beside the order, in plain sentences; never what the system action already says (crd.md §1.6).

Two kinds: Instructions (words, no link) and External Reference (a link to the payer's policy). Cards about one policy
are one card, however many orders it concerns; a card about another authorization for the same service is about one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined

from cds_hooks.answer import CoverageAnswer, PriorAuthorization, Why
from cds_hooks.authorized import amount_in_words, days_in_words
from cds_hooks.configuration import DUPLICATE, GUIDELINE, INSURANCE, LIMITS, REMINDER, UNSOLICITED, Configuration, Option
from cds_hooks.dialect import Dialect
from cds_hooks.reasons import evidence_wanted
from cds_hooks.touchpoints import by_edition, names, touchpoints
from ig_profiles.names import CRD_CARD_TYPES, CRD_TEMP_CODES
from ig_profiles.reading import Json, without_empty

SUMMARY_LIMIT = 139  # "less than 140 characters"
INSURANCE_TROUBLE = frozenset({Why.NO_MEMBER_FOUND, Why.NO_ACTIVE_COVERAGE, Why.COVERAGE_NOT_FOUND})
_TEMPLATES = Environment(loader=PackageLoader("cds_hooks"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)


@dataclass(frozen=True)
class Source:
    """Who speaks: the insurer's name as printed on the member's card, and where it lives on the web."""

    name: str
    url: str
    phone: str | None = None


@dataclass(frozen=True)
class Draft:
    """A card before it is worded: its type, its template with what that needs, and the answers it is about."""

    topic: Option
    template: str
    words: dict[str, Any]
    about: tuple[CoverageAnswer, ...]
    indicator: str = "info"
    link: tuple[str, str] | None = None


def cards(answers: Sequence[CoverageAnswer], configuration: Configuration, source: Source, dialect: Dialect, instance: str) -> list[Json]:
    """The cards for these answers, the most important first, as far as the call's configuration wants them."""
    wanted = [draft for draft in _drafts(answers, source, not configuration.allows(UNSOLICITED)) if configuration.allows(draft.topic)]
    return [_worded(draft, source, dialect, instance) for draft in wanted[: configuration.max_cards]]


def _drafts(answers: Sequence[CoverageAnswer], source: Source, what_if: bool) -> Iterator[Draft]:
    troubled = tuple(answer for answer in answers if any(reason.why in INSURANCE_TROUBLE for reason in answer.reasons))
    if troubled:
        yield Draft(INSURANCE, "insurance.j2", {"payer": source.name, "phone": source.phone}, troubled, "warning")
    for answer in answers:
        yield from _on_file(answer, what_if)
    asked = [answer for answer in answers if answer.authorization is PriorAuthorization.NEEDED]
    for edition, about in by_edition(asked):
        wanted = dict.fromkeys(pair for answer in about for pair in evidence_wanted(edition, answer.basis.findings))
        if wanted:
            yield Draft(REMINDER, "missing_evidence.j2", {"edition": edition, "wanted": list(wanted), "orders": names(about)}, about)
    for edition, about in by_edition(answers):
        ahead = touchpoints(edition, about)
        if ahead:
            yield Draft(LIMITS, "touchpoints.j2", {"edition": edition, "orders": names(about), **ahead}, about)
        if edition.policy_link:
            words = {"edition": edition, "orders": names(about), "payer": source.name}
            yield Draft(GUIDELINE, "policy_link.j2", words, about, link=(f"{edition.title}: the policy", edition.policy_link))


def _on_file(answer: CoverageAnswer, what_if: bool) -> Iterator[Draft]:
    """The card about another authorization for the same service; the one this very order was given is no news."""
    known = answer.basis.on_file
    held = known.standing or known.narrower
    if (held is not None and held.assertion == answer.assertion_id) or known.anything is None:
        return
    amount = amount_in_words(held) if held is not None and held.quantity is not None else ""
    words = {"order": answer.basis.label, "held": held, "number_told": not what_if, "amount": amount}
    if known.standing is None and known.narrower is not None:
        yield Draft(LIMITS, "limits.j2", {**words, "days": days_in_words(known.narrower)}, (answer,), "warning")
        return
    elsewhere = known.elsewhere if held is None and known.under_review is None else None
    about = {"review": known.under_review if held is None else None, "elsewhere": elsewhere, "days": days_in_words(held or elsewhere)}
    yield Draft(DUPLICATE, "duplicate.j2", {**words, **about}, (answer,), "warning")


def _worded(draft: Draft, source: Source, dialect: Dialect, instance: str) -> Json:
    summary, _, detail = _TEMPLATES.get_template(draft.template).render(draft.words).strip().partition("\n\n")
    orders = [answer.basis.order for answer in draft.about]
    card: Json = {
        "uuid": str(uuid5(NAMESPACE_URL, "/".join([source.url, instance, draft.template, *orders]))),
        "summary": shortened(summary),
        "indicator": draft.indicator,
        "detail": detail.strip(),
        "source": {"label": source.name, "url": source.url, "topic": _topic(draft.topic, dialect)},
        "links": [{"label": draft.link[0], "url": draft.link[1], "type": "absolute"}] if draft.link else None,
        "extension": _associated(orders, dialect),
    }
    worded: Json = without_empty(card)
    return worded


def shortened(summary: str) -> str:
    """The summary in fewer than 140 characters, cut between words.

    >>> len(shortened("word " * 40)), shortened("Short enough.")
    (136, 'Short enough.')
    """
    words = " ".join(summary.split())
    return words if len(words) <= SUMMARY_LIMIT else words[: SUMMARY_LIMIT - 2].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _topic(option: Option, dialect: Dialect) -> Json:
    return {"system": CRD_CARD_TYPES if dialect == "2.2" else CRD_TEMP_CODES, "code": option.code, "display": option.name}


def _associated(orders: list[str], dialect: Dialect) -> Json:
    """Which of the call's orders the card is about; 2.2 renamed the extension and made its values references."""
    if dialect == "2.2":
        return {"davinci-crd.associated-resource": [{"reference": order} for order in orders]}
    return {"davinci-associated-resource": orders}
