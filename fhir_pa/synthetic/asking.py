"""Asking: a request arrives and is answered in the same exchange; the practice sends what was missing, or withdraws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from fhir_pa.synthetic.chance import after_about, happens
from fhir_pa.synthetic.charts import Chart
from fhir_pa.synthetic.following import followed, rendered
from fhir_pa.synthetic.habits import DAY, HOUR
from fhir_pa.synthetic.population import Insured, Practice
from fhir_pa.synthetic.year import Act, Asked, Year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import PENDING
from fhir_pa.um.deciding.answer import Documented, answer
from fhir_pa.um.deciding.exclusion import Answer
from fhir_pa.um.deciding.gold_card import npis
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, Identifier, Party, RequestedItem
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.criteria import Circumstances
from questionnaires.policy import Edition, RequestedService

PLAN = Party("Synthetic Health Plan")
NOT_COVERED, PHONE = "0M", "555-555-0140"
UNLISTED = Coding(HCPCS, "A4649")  # no policy speaks of it
BEFORE_DUE = 12 * HOUR


def arrives(year: Year, number: str, about: object, at: datetime) -> None:
    """A practice asks for a service, sometimes for two, for one of its members; now and then it gives one and never asks."""
    practice, insured = year.chance.choice(year.practices), year.chance.choice(year.members)
    edition, code = _wanted(year)
    if happens(year.chance, year.habits.never_asked):
        year.given.append(rendered(Asked(practice, insured, {}), code, f"UNASKED-{len(year.given)}", at.date()))
        return
    items: tuple[RequestedItem, ...] = (_item(year, 1, edition, code, insured, at.date()),)
    if edition is not None and happens(year.chance, year.habits.second_item):
        items = (*items, _item(year, 2, edition, year.chance.choice(edition.services), insured, at.date()))
    open_case(year, practice, insured, items, happens(year.chance, year.habits.urgent), at)


def open_case(
    year: Year,
    practice: Practice,
    insured: Insured,
    items: tuple[RequestedItem, ...],
    urgent: bool,
    at: datetime,
    certification: CertificationType = CertificationType.INITIAL,
) -> None:
    """Answer the request at once, as the exchange would, and put on the agenda what follows from the answer."""
    number = year.next_number()
    request = AuthorizationRequest(
        guide="2.2",
        trace_numbers=(Identifier("http://synthetic.example/trace", number),),
        transaction=None,
        member=insured.member,
        payer=PLAN,
        requestor=practice.party,
        items=items,
        certification_type=certification,
        urgent=urgent,
        line_of_business=insured.line_of_business,
    )
    charts = {item.sequence: _chart(year, item, at) for item in items}
    year.asked[number] = Asked(practice, insured, charts)
    answers = {item.sequence: _answered(year, number, request, item, charts[item.sequence], at) for item in items}
    case = Authorization.open(number, f"R{number}", request, answers, number, practice.client, at)
    year.put(case)
    if case.pended:
        _wait(year, case, at)
    followed(year, case, case.items, at)


def answers(year: Year, number: str, about: object, at: datetime) -> None:
    """The practice sends what was asked for: pended items are weighed anew, and a reviewer looks at what stays open."""
    case, asked = year.cases[number], year.asked[number]
    waiting = {item.sequence for item in case.items if item.state in PENDING and item.determination.asks}
    if not waiting:
        return
    charts = {sequence: chart.completed() if sequence in waiting else chart for sequence, chart in asked.charts.items()}
    year.asked[number] = replace(asked, charts=charts)
    found = {sequence: _answered(year, number, case.request, case.item(sequence).requested, charts[sequence], at) for sequence in sorted(waiting)}
    changed = case.receive_evidence(found, f"{number}-answer", asked.practice.client, "What was asked for was sent.", at)
    year.put(changed)
    if changed.pended:
        year.later(at, Act.TAKEN_UP, number)
    followed(year, changed, [changed.item(sequence) for sequence in sorted(waiting)], at)


def goes_on(year: Year, number: str, about: object, at: datetime) -> None:
    """The stay goes on beyond what is certified: the practice asks for more of the same, as an extension."""
    assert isinstance(about, int)
    before, asked = year.cases[number].item(about), year.asked[number]
    held = before.determination.authorized
    assert held is not None
    service = replace(before.requested.service, on=held.until + DAY, until=None)
    item = RequestedItem(1, service, CertificationType.EXTENSION, authorization_number=number)
    open_case(year, asked.practice, asked.insured, (item,), year.cases[number].clock.urgent, at, CertificationType.EXTENSION)


def withdraws(year: Year, number: str, about: object, at: datetime) -> None:
    """The practice takes the request back while nothing of it is decided."""
    case = year.cases[number]
    if len(case.pended) == len(case.items):
        request = replace(case.request, certification_type=CertificationType.CANCEL)
        year.put(case.revise(request, {}, f"{number}-cancel", case.client, at))


def _wait(year: Year, case: Authorization, at: datetime) -> None:
    """What can happen to a pended case: the practice answers, or a reviewer looks before the plan's own promise is due."""
    habits, chance, clock = year.habits, year.chance, case.clock
    year.later(clock.legal_due_at + timedelta(seconds=1), Act.PASSES, case.number)
    if happens(chance, habits.withdraws):
        year.later(at + after_about(chance, DAY), Act.WITHDRAWS, case.number)
    if not any(item.determination.asks for item in case.pended):
        year.later(at, Act.TAKEN_UP, case.number)
        return
    year.later(max(at, clock.internal_due_at - BEFORE_DUE), Act.TAKEN_UP, case.number)
    if happens(chance, habits.answers_request):
        mean = min(habits.answer_takes, (clock.legal_due_at - at) / 3)
        year.later(at + after_about(chance, mean), Act.ANSWERS, case.number)


def _answered(year: Year, number: str, request: AuthorizationRequest, item: RequestedItem, chart: Chart, at: datetime) -> Answer:
    service = replace(item.service, line_of_business=request.line_of_business)
    on = service.on or at.date()
    edition = year.shelf.in_force(service, on)
    practice = year.asked[number].practice
    card = practice.card if practice.card and practice.card.npi in npis(request, item) else None
    form = year.shelf.volume(edition.topic, edition.version).questionnaire
    documented = Documented(lambda: chart.sent, form, answered=form is not None)
    return answer(edition, service, documented, Circumstances(on, at.date()), card, not_covered=NOT_COVERED, phone=PHONE)


def _chart(year: Year, item: RequestedItem, at: datetime) -> Chart:
    on = item.service.on or at.date()
    return year.charts.draw(year.shelf.in_force(item.service, on), item.service, on)


def _wanted(year: Year) -> tuple[Edition | None, Coding]:
    """A service some policy speaks of, every policy as often as another; now and then one that none does."""
    edition = year.chance.choice(year.shelf.editions())
    return (edition, year.chance.choice(edition.services)) if edition.services else (None, UNLISTED)


def _item(year: Year, sequence: int, edition: Edition | None, code: Coding, insured: Insured, today: date) -> RequestedItem:
    after_the_fact = edition is not None and edition.benefits.ahead.retro_window_days is not None
    on = today + timedelta(days=(-1 if after_the_fact else 1) * (1 + int(year.chance.random() * (3 if after_the_fact else 14))))
    limit = edition.certifies if edition is not None else None
    quantity = limit.quantity if limit else None
    service = RequestedService((code,), (), on, None, quantity, limit.unit if limit else None, line_of_business=insured.line_of_business)
    return RequestedItem(sequence, service)
