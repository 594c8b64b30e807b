"""The guide's nine measures, counted over its own metric data."""

from __future__ import annotations

from typing import Any

from cds_hooks.measures import Share, measures, segmented
from ig_profiles.reading import Json

AT, SOON, LATE = "2026-11-21T15:00:00.000+00:00", "2026-11-21T15:00:04.999+00:00", "2026-11-21T15:00:05.000+00:00"
FORM = [{"reference": "https://larkfield.example/fhir/Questionnaire/home-oxygen|2026.1", "adaptive": False, "response": False}]


def call(*said: Json, hook: str = "order-sign", group: str | None = "9000000023", **more: Any) -> Json:
    orders = [{"type": "DeviceRequest", "response": [{"type": "coverage-info", "coverageInfo": [each]}, {"type": "guideline"}]} for each in said]
    base: Json = {"hookType": hook, "httpResponse": 200, "requestTime": AT, "responseTime": SOON, "request": orders, **more}
    return base | ({"groupId": {"value": group}} if group else {})


NEEDED = {"covered": "covered", "paNeeded": "auth-needed", "docNeeded": "clinical", "questionnaire": FORM}
NO_FORM = {"covered": "covered", "paNeeded": "auth-needed"}
GRANTED = {"covered": "covered", "paNeeded": "satisfied"}
FREE = {"covered": "covered", "paNeeded": "no-auth", "docNeeded": "admin"}
EXCLUDED = {"covered": "not-covered"}
REFUSED = {"hookType": "order-sign", "httpResponse": 422, "requestTime": AT, "responseTime": SOON, "issue": [{"code": "required"}]}


def test_each_call_counts_once_in_each_measure_it_belongs_to() -> None:
    told = measures([call(NEEDED, NO_FORM), call(NO_FORM), call(GRANTED), call(FREE), call(EXCLUDED, responseTime=LATE), call(), REFUSED])
    assert told.calls == 7
    assert told.with_coverage == Share(5, 6)
    assert {code: share.volume for code, share in told.by_coverage.items()} == {"covered": 4, "not-covered": 1, "conditional": 0, "indeterminate": 0}
    assert told.authorization_with_form == Share(1, 2), "the form of one order is not the form of another call's"
    assert told.documentation_with_form == Share(1, 2)
    assert told.determined == Share(1, 6)
    assert told.prompt == Share(5, 6), "five seconds are not under five seconds"
    assert told.spared == Share(2, 4)


def test_a_form_for_another_order_of_the_call_does_not_make_up_for_the_one_missing() -> None:
    only_free_has_one = call(NO_FORM, {**FREE, "questionnaire": FORM})
    assert measures([only_free_has_one]).authorization_with_form == Share(0, 1)


def test_the_same_numbers_by_hook_and_by_group() -> None:
    told = segmented([call(GRANTED), call(NEEDED, hook="order-select"), call(EXCLUDED, group=None), REFUSED])
    assert {hook: each.calls for hook, each in told.by_hook.items()} == {"order-select": 1, "order-sign": 3}
    assert {group: each.calls for group, each in told.by_group.items()} == {"9000000023": 2, "unknown": 2}
    assert told.by_hook["order-select"].determined == Share(0, 1) and told.all.determined == Share(1, 3)


def test_nothing_is_no_share_of_nothing() -> None:
    none = segmented([]).all
    assert none.calls == 0 and {share.percent for share in none.shares().values()} == {None}
    assert set(none.shares()) >= {"with_coverage", "spared", "coverage not-covered"}
