"""Published: what anybody may read of a plan: what needs authorization, by which criteria, since when, and the yearly figures.

Criteria that are not public may not be used (42 CFR 422.101(b)(6)); a page for each policy shows every wording there was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from typing import Any

from fhir_pa.operations.reports.figures import in_json, of_year
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Coding, Json
from questionnaires.authoring.codes import called
from questionnaires.criteria import Criterion, Test
from questionnaires.library import Volume
from questionnaires.policy import Certifies, Edition

COUNTED_AGAIN = timedelta(minutes=10)
_SAME = ("prior approval", "precertification", "pre-certification", "preauthorization", "pre-authorization", "prior authorization", "authorization")
_SMALL = frozenset({"a", "an", "for", "of", "the", "to"})
_GROUPS = {"all": "all of these", "any": "one of these", "first": "the first of these that is known", "count": "at least {0} of these"}


def services(asked: Mapping[str, str], payer: Payer) -> Json:
    """The policies in force today, by title; ``q`` narrows to those whose title, topic or code holds every word of it."""
    today, wanted = payer.clock().date(), _words(asked.get("q", ""))
    in_force = [volume for volume in payer.shelf.volumes() if _in_force(volume.edition, today) and volume.edition.services]
    listed = [{**_summary(each.edition), "translations": _translated(each)} for each in sorted(in_force, key=lambda each: each.edition.title)]
    found = [each for each in listed if all(word in _searched(each) for word in wanted)]
    return {**_plan(payer), "q": asked.get("q", ""), "on": today.isoformat(), "policies": found}


def policy(topic: str, payer: Payer) -> Json:
    """Every wording of a policy, the newest first. Raises NotFound, naming where all are listed."""
    volumes = [volume for volume in payer.shelf.volumes() if volume.edition.topic == topic]
    if not volumes:
        raise NotFound(f"There is no policy '{topic}'. All are listed at /plan.", expression="topic")
    newest_first = sorted((volume.edition for volume in volumes), key=lambda each: each.in_force_from, reverse=True)
    told = {"topic": topic, "title": newest_first[0].title, "editions": [_whole(each) for each in newest_first]}
    return {**_plan(payer), **told, "translations": {language: dict(words) for language, words in volumes[0].words.items()}}


def figures(year: str, asked: Mapping[str, str], payer: Payer) -> Json:
    """The yearly figures, counted at most every ten minutes, because anybody may ask; the cases behind them stay with the plan."""
    at, asked_for = payer.clock(), (year, asked.get("line", ""))
    told = payer.lately.figures.find(asked_for, at)
    if told is None:
        told = {"counted_at": at.astimezone(UTC).isoformat(), **in_json(of_year({"year": year, "line": asked_for[1]}, payer))}
        payer.lately.figures.keep(asked_for, told, at + COUNTED_AGAIN)
    return {**_plan(payer), **told}


def _plan(payer: Payer) -> Json:
    return {"plan": payer.directory.insurer.name, "phone": payer.directory.insurer.phone}


def _in_force(edition: Edition, today: Any) -> bool:
    return edition.in_force_from <= today and (edition.in_force_until is None or today <= edition.in_force_until)


def _words(sought: str) -> list[str]:
    """What is sought, in small letters; the many names of prior authorization are no narrowing here."""
    plain = sought.lower()
    for name in _SAME:
        plain = plain.replace(name, " ")
    return [word for word in plain.split() if word not in _SMALL]


def _searched(summary: Json) -> str:
    """What a search looks in: its name in every language, and its codes."""
    spoken = [words.get(summary["title"], "") for words in summary["translations"].values()]
    return " ".join([summary["title"], *spoken, summary["topic"], *(each["code"] for each in summary["services"])]).lower()


def _translated(volume: Volume) -> Json:
    """Title and reason in each language somebody translated them to."""
    said = (volume.edition.title, volume.edition.because)
    return {language: {each: words[each] for each in said if each in words} for language, words in volume.words.items()}


def _summary(edition: Edition) -> Json:
    state = "not covered" if not edition.covered else f"authorization {edition.authorization}"
    return {
        "topic": edition.topic,
        "title": edition.title,
        "state": state,
        "because": edition.because,
        "services": _services(edition.services),
        "lines_of_business": list(edition.lines_of_business),
    }


def _services(codes: Iterable[Coding]) -> list[Json]:
    return [{"system": called(coding.system), "code": coding.code} for coding in codes]


def _whole(edition: Edition) -> Json:
    certifies = edition.certifies
    return {
        **_summary(edition),
        "edition": edition.version,
        "from": edition.in_force_from.isoformat(),
        "until": edition.in_force_until.isoformat() if edition.in_force_until else None,
        "owner": edition.owner,
        "source": edition.source,
        "signed_by": edition.signed_by,
        "phone": edition.phone,
        "form": edition.questionnaire,
        "documents_from": list(edition.documentation),
        "certifies": {"days": certifies.days, "at_most": _amount(certifies)} if certifies else None,
        "schedules": [{**vars(each), "services": list(each.services)} for each in edition.schedules] or None,
        "criteria": [_criterion(each) for each in edition.criteria],
        "fingerprint": edition.fingerprint,
    }


def _amount(certifies: Certifies) -> str:
    if certifies.quantity is None:
        return ""
    return f"{certifies.quantity.normalize():f} {certifies.unit or ('unit' if certifies.quantity == 1 else 'units')}"


def _criterion(criterion: Criterion) -> Json:
    group = _GROUPS[criterion.group].format(criterion.at_least) if criterion.below else None
    return {
        "id": criterion.id,
        "title": criterion.title,
        "because": criterion.because,
        "axis": criterion.axis,
        "source": criterion.source,
        "holds_when": _said(criterion.test) if criterion.test else group,
        "accepts": list(criterion.accepts),
        "for_services": list(criterion.services),
        "below": [_criterion(each) for each in criterion.below],
    }


def _said(test: Test) -> str:
    """The comparison in words a reader can follow without the policy file."""
    fact, value = test.fact.replace("_", " "), test.value
    other = (test.other or "").replace("_", " ")
    if test.operator == "at_most_per":
        return f"{fact} is at most {value[0]} for each {value[1]} days of supply ({other})"
    shown = {
        "is": f"{fact} is {_plain(value)}",
        "one_of": f"{fact} is one of {_plain(value)}",
        "at_most": f"{fact} is at most {value}",
        "at_least": f"{fact} is at least {value}",
        "below": f"{fact} is below {value}",
        "above": f"{fact} is above {value}",
        "within_days": f"{fact} lies at most {value} days before the service",
        "at_least_days_ago": f"{fact} lies {value} days or more before the service",
        "answered": f"{fact} is told",
        "at_least_days_after": f"{fact} lies {value} days or more after {other}",
        "at_most_days_after": f"{fact} lies at most {value} days after {other}",
    }
    return shown.get(test.operator, f"{fact} {test.operator.replace('_', ' ')} {_plain(value)}")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(each).replace("_", " ") for each in value)
    return str(value).replace("_", " ")
