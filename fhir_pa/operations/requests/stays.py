"""Stays: an extension is joined to what it continues, and the plan sees day by day what is late or not covered (F39-F46)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import sees
from fhir_pa.operations.weighing.weighing import Documentation, brought_over
from fhir_pa.storage.store import Transaction
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.brought_over import BroughtOver
from fhir_pa.um.deciding.request import AuthorizationRequest
from fhir_pa.um.stays.carrying_over import carried_over
from fhir_pa.um.stays.goal import began_on, beyond_goal
from fhir_pa.um.stays.stay import Stay, continuation, continued, continues, is_extension, reviews_of, stays
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json, without_empty

LOOKS_BACK = timedelta(days=180)  # stays that began before are over, or in their extensions


def link(opened: Authorization, tx: Transaction, at: datetime) -> Authorization:
    """Write into the authorization this new case continues, if it continues one, that more was asked for, and how late.

    Returns the new case, which then knows day one of its stay, still to be kept.
    """

    def on_file() -> Iterator[Authorization]:
        yield from (case for case in tx.of_member(opened.request.member.identifiers) if case.number != opened.number)

    before = continues(opened.request, on_file())  # read only where an extension is asked for
    if before is None:
        return opened
    tx.save(continued(before, opened, at))
    return replace(opened, stay_from=began_on(before))


def earlier_evidence(request: AuthorizationRequest, client: str, payer: Payer) -> tuple[BroughtOver | None, Documentation]:
    """What an extension brings over from the case it extends, and what stands in it; nothing is read for any other request."""
    if not is_extension(request):
        return None, Documentation()
    with payer.store.reading() as tx:
        before = continues(request, tx.of_member(request.member.identifiers))
        over = carried_over(before, request, client) if before is not None else None
        return over, brought_over(over, tx).about(request.member)


def listed(caller: Caller, payer: Payer) -> Json:
    """The stays under review, those first whose certified days end first, and how extensions came in over all of them."""
    caller.must_be_staff()
    at = payer.clock()
    with payer.store.reading() as tx:
        found = stays(case for case in tx.received_between(at - LOOKS_BACK, at + timedelta(seconds=1)) if sees(case, caller, payer))
    shown = sorted((_shown(each, at) for each in found), key=lambda each: str(each.get("covered_until", "")))
    figures = continuation(found)
    return {
        "stays": shown,
        "extensions": {"in_time": figures.in_time, "of": figures.extensions, "mean_days_late": figures.mean_lag, "target_days_late": 0},
        "unfunded_days": figures.unfunded,
    }


def _shown(stay: Stay, at: datetime) -> Json:
    newest, covered = stay.cases[-1], stay.covered
    ahead = [review for item in newest.items for review in reviews_of(item) if review.on >= at.date()]
    view = {
        "numbers": [case.number for case in stay.cases],
        "requestor": newest.request.requestor.name,
        "action": newest.action,
        "covered_until": max(covered).isoformat() if covered else None,
        "days_at_risk": [day.isoformat() for day in stay.unfunded(stay.known_until)],
        "days_late": list(stay.lags),
        "goal_days": next((each.goal for case in stay.cases for each in beyond_goal(case)), None),
        "beyond_goal_from": min((each.on.isoformat() for case in stay.cases for each in beyond_goal(case)), default=None),
        "next_review_on": ahead[0].on.isoformat() if ahead else None,
        "practice_owner": newest.practice_owner,
        "discharge_plan_wanted": bool(ahead) and (ahead[0].wants_discharge_plan or len(stay.cases) > 1),
    }
    told: Json = without_empty(view)
    return told
