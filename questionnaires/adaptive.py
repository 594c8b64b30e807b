"""What an adaptive form asks next: the questions whose answers can still change the outcome, and no others.

Every question stands on the shortest path to a yes; where no answer can bring a yes any more, or every criterion is met,
nothing more is asked. The author's groups are the pages: what is needed of one group is asked together (DTR spec-36).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ig_profiles.reading import Coding, Json, many
from questionnaires.criteria import Answers, Circumstances, Finding, Truth
from questionnaires.enabled import asked
from questionnaires.form import items, questions
from questionnaires.path_to_yes import shortest_paths
from questionnaires.policy import Edition, RequestedService


class Outcome(StrEnum):
    """How things stand with the answers so far; software never says no."""

    OPEN = "open"  # a question is left that matters
    MET = "met"  # every criterion of every service is met
    DOCUMENTS = "documents"  # all that a person can tell is told; only a document can settle the rest
    REFERRED = "referred"  # whatever else is answered, a person at the payer looks


@dataclass(frozen=True)
class Interview:
    """For which services a form is filled, and when.

    ``services`` are the codes ordered; none means every service of the edition. ``on`` is the day of the service, or
    None when nobody said. ``assertion`` is the id of what the payer told of the order, empty when it told nothing.
    ``may_settle`` says whether the payer may answer with a determination of its own when the form is done.
    """

    services: tuple[Coding, ...] = ()
    on: date | None = None
    line_of_business: str = ""
    assertion: str = ""
    may_settle: bool = False


@dataclass(frozen=True)
class Page:
    """What is asked next, in the order of the form, and how things stand.

    ``last`` is True when no answer to it can lead to another question. ``findings`` are by service code.
    """

    asks: tuple[str, ...]
    outcome: Outcome
    last: bool
    findings: Mapping[str, tuple[Finding, ...]]


def next_page(edition: Edition, questionnaire: Json, answers: Answers, shown: Iterable[str], interview: Interview, today: date) -> Page:
    """The next page of the interview; ``shown`` are the questions asked so far, answered or passed over.

    Answers to questions that are not asked, given the other answers, count for nothing.
    """
    inquiry = _Inquiry(edition, questionnaire, answers, frozenset(shown), Circumstances(interview.on or today, today))
    services = services_of(edition, interview)
    findings = {service.codes[0].code if service.codes else "": inquiry.findings(service) for service in services}
    outcomes = set()
    for service in services:
        asks, outcome = inquiry.state(service)
        if asks:
            reachable = frozenset().union(*(inquiry.reachable(each) for each in findings.values()))
            return Page(asks, Outcome.OPEN, reachable <= frozenset(asks), findings)
        outcomes.add(outcome)
    return Page((), next(each for each in (Outcome.REFERRED, Outcome.DOCUMENTS, Outcome.MET) if each in outcomes), True, findings)


def services_of(edition: Edition, interview: Interview) -> tuple[RequestedService, ...]:
    """The services the interview is about: those ordered of which the edition speaks, else all of which it speaks."""
    spoken = [code for code in interview.services if any(mine.same_as(code) for mine in edition.services)]
    codes = spoken or list(interview.services[:1]) or list(edition.services)
    return tuple(RequestedService((code,), on=interview.on, line_of_business=interview.line_of_business) for code in codes) or (RequestedService(()),)


class _Inquiry:
    """The answers so far, weighed, and the way on from them."""

    def __init__(self, edition: Edition, questionnaire: Json, answers: Answers, shown: frozenset[str], circumstances: Circumstances) -> None:
        self.edition, self.shown, self.circumstances = edition, shown, circumstances
        self.form = questions(questionnaire)
        self._states: dict[tuple[str, ...], tuple[tuple[str, ...], Outcome]] = {}
        self.enabled = asked(questionnaire, {name: answer.values for name, answer in answers.items()})
        self.known = {name: answer for name, answer in answers.items() if name in self.enabled or name not in self.form}
        self.gates, self.groups = _gates(many(questionnaire, "item")), _groups(many(questionnaire, "item"))
        self.closed = frozenset(name for name in self.form if name in self.shown & self.enabled or self._never(name, frozenset()))

    def findings(self, service: RequestedService) -> tuple[Finding, ...]:
        """What the criteria say of this service by now."""
        return self.edition.weigh(service, self.known, self.circumstances)

    def state(self, service: RequestedService) -> tuple[tuple[str, ...], Outcome]:
        """What is asked next for this service, and how it stands; worked out once for services with the same criteria."""
        applying = tuple(criterion.id for criterion in self.edition.applying(service))
        if applying not in self._states:
            self._states[applying] = self._way_on(service)
        return self._states[applying]

    def _way_on(self, service: RequestedService) -> tuple[tuple[str, ...], Outcome]:
        findings = self.findings(service)
        if findings and all(finding.truth is Truth.MET for finding in findings):
            return (), Outcome.MET
        paths = shortest_paths(self.edition.applying(service), self.known, self.circumstances, closed=self.closed, remember=False)
        if not paths:
            return (), Outcome.REFERRED
        asks = self._page(paths[0])
        return asks, Outcome.OPEN if asks else Outcome.DOCUMENTS

    def reachable(self, findings: Iterable[Finding]) -> frozenset[str]:
        """Every question that some answers could still lead to."""
        open_ = {name for finding in findings for name in finding.missing if name in self.form and name not in self.closed}
        while more := {gate for name in open_ for gate in self.gates.get(name, ()) if gate not in self.closed} - open_:
            open_ |= more
        return frozenset(open_)

    def _page(self, path: Iterable[str]) -> tuple[str, ...]:
        wanted = {gate for name in path if name in self.form for gate in self._first_of(name, frozenset())}
        ready = [name for name in self.form if name in wanted]
        return tuple(name for name in ready if self.groups[name] == self.groups[ready[0]])

    def _first_of(self, name: str, above: frozenset[str]) -> Iterator[str]:
        """The question itself when it may be asked now, else the open questions on whose answers that depends."""
        if name in self.shown and name in self.enabled:
            return
        if name in self.enabled:
            yield name
        else:
            for gate in self.gates.get(name, ()):
                if gate not in above:
                    yield from self._first_of(gate, above | {name})

    def _never(self, name: str, above: frozenset[str]) -> bool:
        """Whether a question is not asked, and nothing that is still open could change that."""
        if name in self.enabled:
            return False
        gates = [gate for gate in self.gates.get(name, ()) if gate not in above]
        return all((gate in self.shown and gate in self.enabled) or self._never(gate, above | {name}) for gate in gates)


def _gates(form: list[Json], above: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """For each item the questions that decide whether it is asked, those of the items above it first."""
    found: dict[str, tuple[str, ...]] = {}
    for item in form:
        mine = tuple(dict.fromkeys((*above, *many(item, "enableWhen", "question"))))
        found |= {item["linkId"]: mine} | _gates(many(item, "item"), mine)
    return found


def _groups(form: list[Json]) -> dict[str, str]:
    """For each question the item of the first level it stands in."""
    return {name["linkId"]: top["linkId"] for top in form for name in (top, *items(top))}
