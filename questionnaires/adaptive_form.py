"""An adaptive form on the wire: what the package names, and the contained Questionnaire that grows with the answers.

Source: SDC §adaptive forms, DTR profiles dtr-questionnaire-adapt-search and dtr-questionnaire-adapt (2.0.1: no enableWhen),
DTR §adaptive-form-considerations (dtr.md §1.7). The contained form is always written anew from the policy's own form and
the link ids it showed before, so that nothing a client changes in it has any effect.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ig_profiles.names import DTR_PROFILE, QUESTIONNAIRE_ADAPTIVE, QUESTIONNAIRE_HIDDEN
from ig_profiles.reading import Json, extension_value, many, text, without_empty
from questionnaires.dialects import narrative, spoken
from questionnaires.draft import Occasion, draft
from questionnaires.enabled import asked
from questionnaires.facts import Fact
from questionnaires.form import items, questions
from questionnaires.package_request import Guide
from questionnaires.policy import Edition
from questionnaires.reasons import SUFFIX as REASON
from questionnaires.reasons import is_reason

SUFFIX = "-adaptive"
OPENING, COMPLETE, ISSUE = "plan.opening", "plan.complete", "plan.issue"
SEAL = "urn:fhir-pa:interview"  # system of the identifier by which the payer knows its own interview again
_OWN: Mapping[str, Json] = {
    OPENING: {"linkId": OPENING, "text": "The plan asks step by step, and only what can still change its answer.", "type": "display"},
    COMPLETE: {"linkId": COMPLETE, "text": "These are all the clinical questions; none follows.", "type": "display"},
    ISSUE: {
        "linkId": ISSUE,
        "text": "Everything the plan asks for is there. Shall it issue the prior authorization number now?",
        "type": "boolean",
        "required": True,
    },
}


@dataclass(frozen=True)
class Address:
    """Where an adaptive form goes on asking: the payer's FHIR base, and the seal by which it knows the interview again."""

    base: str
    seal: str = ""

    def url(self, guide: Guide) -> str:
        """What questionnaireAdaptive says: 2.0.1 puts ``/$next-question`` behind it, later guides ``/Questionnaire/$next-question``."""
        return f"{self.base}/Questionnaire" if guide == "2.0.1" else self.base


def adaptive_url(questionnaire: Json) -> str:
    """The canonical url of the adaptive form that is made from this form."""
    return f"{questionnaire['url']}{SUFFIX}"


def adaptive_canonical(questionnaire: Json) -> str:
    """The same with its version."""
    return f"{adaptive_url(questionnaire)}|{questionnaire['version']}"


def is_adaptive(canonical: str) -> bool:
    """Whether a canonical, with or without version, names an adaptive form."""
    return canonical.split("|")[0].endswith(SUFFIX)


def adaptive_id(questionnaire: Json) -> str:
    """The id the adaptive form is read by."""
    return f"{questionnaire['id']}{SUFFIX}"


def search_form(guide: Guide, questionnaire: Json, edition: Edition, address: Address) -> Json:
    """The adaptive form as packages and searches show it: no items, and where to ask for them."""
    form = spoken(guide, questionnaire, edition)
    head = {key: value for key, value in form.items() if key not in ("item", "text")}
    return {
        **head,
        "id": adaptive_id(questionnaire),
        "meta": {"profile": [f"{DTR_PROFILE}dtr-questionnaire-adapt-search"]},
        "text": narrative(questionnaire["title"], (_OWN[OPENING]["text"],)),
        "extension": [*many(head, "extension"), _adaptive(guide, address)],
        "url": adaptive_url(questionnaire),
    }


def contained_form(guide: Guide, questionnaire: Json, edition: Edition, shown: Collection[str], enabled: Collection[str], address: Address) -> Json:
    """The Questionnaire that an adaptive response contains: the questions shown so far, with the groups they stand in.

    Before 2.2 it knows no enableWhen; what is no longer asked there is then no longer required.
    """
    form = spoken(guide, questionnaire, edition)
    own = {name: _OWN[name] for name in (OPENING, COMPLETE, ISSUE) if name in shown}
    listed = [*_named(own, OPENING), *_grown(many(form, "item"), frozenset(shown), frozenset(enabled), guide), *_named(own, COMPLETE, ISSUE)]
    return without_empty(
        {
            "resourceType": "Questionnaire",
            "id": adaptive_id(questionnaire),
            "meta": {"profile": [f"{DTR_PROFILE}dtr-questionnaire-adapt"]} if guide == "2.0.1" else None,
            "text": narrative(form["title"], [str(item.get("text", "")) for top in listed for item in (top, *items(top))]),
            "extension": [*many(form, "extension"), _adaptive(guide, address)],
            "identifier": [{"system": SEAL, "value": address.seal}] if address.seal else None,
            "version": form["version"],
            "title": form["title"],
            "derivedFrom": [adaptive_canonical(questionnaire)],
            "status": form["status"],
            "subjectType": form.get("subjectType"),
            "date": form.get("date"),
            "publisher": form.get("publisher"),
            "effectivePeriod": form["effectivePeriod"],
            "item": listed,
        }
    )


def first_draft(
    guide: Guide, questionnaire: Json, edition: Edition, occasion: Occasion, address: Address, facts: Mapping[str, Fact], at: datetime | None = None
) -> Json:
    """The response an interview begins with: no question asked yet, but what the payer knows already is there to be checked."""
    known = {name: fact.values for name, fact in facts.items() if fact.values}
    enabled = asked(questionnaire, known)
    shown = {OPENING, *(name for name in known if name in enabled and name in questions(questionnaire))}
    form = contained_form(guide, questionnaire, edition, shown, enabled, address)
    response = draft({**form, "url": adaptive_url(questionnaire)}, occasion, facts, guide, at)
    if "item" not in response and guide == "2.0.1":  # item is 1..* there
        response["item"] = [{"linkId": OPENING, "text": _OWN[OPENING]["text"]}]
    return {**response, "questionnaire": f"#{form['id']}", "contained": [form]}


def shown_in(contained: Json) -> tuple[str, ...]:
    """Every link id the contained form shows, in its order; the reasons go with their questions."""
    return tuple(link_id for item in items(contained) if not is_reason(link_id := str(text(item, "linkId") or "")))


def knows(questionnaire: Json, link_id: str) -> bool:
    """Whether this item can stand in an adaptive form made from this form."""
    return link_id in _OWN or any(item["linkId"] == link_id for item in items(questionnaire))


def _named(own: Mapping[str, Json], *names: str) -> list[Json]:
    return [dict(own[name]) for name in names if name in own]


def _adaptive(guide: Guide, address: Address) -> Json:
    return {"url": QUESTIONNAIRE_ADAPTIVE, "valueUrl": address.url(guide)}


def _grown(form: list[Any], shown: frozenset[str], enabled: frozenset[str], guide: Guide) -> list[Json]:
    """The items that are shown, or hold one that is; a condition on a question that is not there is the payer's to judge.

    What is hidden is never asked, and goes with the items beside it: it holds what the payer says itself.
    """
    kept = []
    for item in form:
        below = _grown(many(item, "item"), shown, enabled, guide)
        reason = is_reason(item["linkId"]) and item["linkId"].removesuffix(REASON) in shown
        if item["linkId"] not in shown and not below and not reason and not _hidden(item):
            continue
        copy = {key: value for key, value in item.items() if key != "item"}
        gates = many(item, "enableWhen", "question")
        if guide == "2.0.1" or any(gate not in shown for gate in gates):
            copy.pop("enableWhen", None)
            copy.pop("enableBehavior", None)
            if item["linkId"] not in enabled:
                copy.pop("required", None)
        kept.append({**copy, **({"item": below} if below else {})})
    return kept if any(not _hidden(item) for item in kept) else []


def _hidden(item: Json) -> bool:
    return extension_value(item, QUESTIONNAIRE_HIDDEN) is True
