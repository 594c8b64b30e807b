"""Whatever is done to a hook call, a served payer answers it within the rules, or refuses it and says how to mend it; it never breaks."""

from __future__ import annotations

import json as standard
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cds_hooks.dialect import Dialect, dialect_of
from cds_hooks.hook import ORDER_TYPES
from fhir_pa.settings import read
from fhir_pa.web.app import create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import open_payer
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extensions, many
from tests.cds_hooks.answer_rules import broken
from tests.cds_hooks.golden.situations import situations
from tests.cds_hooks.rules import broken_rules
from tests.mutation import mutated
from tests.stories.test_crd_hooks import asked

REFUSALS = {400, 412, 413, 422}
BASES: dict[str, Dialect] = {"/v2.0/cds-services": "2.0", "/v2.2/cds-services": "2.2"}
CALLS: dict[str, Json] = {
    **{name: each.request for name, each in situations().items()},
    **{f"order-sign-{kind}": asked("order-sign", kind) for kind in ORDER_TYPES},
}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A payer open to callers on this machine; it asks no EHR."""
    payer = open_payer(read({"data_directory": tmp_path_factory.mktemp("data"), "open": True}, {}))
    app = create_app(payer, OFFERED)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app.test_client()
    payer.close()


def posted(http: FlaskClient, base: str, hook: str, call: Any) -> Any:
    """The answer to a call written as JSON of any kind, half characters included."""
    return http.post(f"{base}/{hook}-crd", data=standard.dumps(call, default=float), content_type="application/json")


def judged(answer: Any, base: str, hook: str, call: Any) -> None:
    """Fails unless the answer keeps the rules, or is a refusal that says something."""
    assert answer.status_code in REFUSALS | {200}, answer.text
    said = json.parse(answer.data)
    if answer.status_code != 200:
        assert said["resourceType"] == "OperationOutcome" and all(issue["details"]["text"] for issue in said["issue"])
        return
    dialect = dialect_of(json.parse(standard.dumps(call, default=float).encode()), BASES[base])
    assert broken(said, dialect, hook) == []
    for action in many(said, "systemActions"):
        assert [broken_rules(each, dialect) for each in extensions(action["resource"], COVERAGE_INFORMATION)] in ([set()], [set(), set()], [set()] * 3)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_a_mutated_call_is_answered_within_the_rules_or_refused_with_a_reason(http: FlaskClient, data: Any) -> None:
    name, base = data.draw(some.sampled_from(sorted(CALLS))), data.draw(some.sampled_from(sorted(BASES)))
    call = mutated(CALLS[name], data.draw)
    hook = CALLS[name]["hook"]
    judged(posted(http, base, hook, call), base, hook, call)


ANY_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.text(max_size=10),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(["hook", "context", "prefetch", "extension", "entry", "id"]), inner),
    max_leaves=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=some.sampled_from(["context", "prefetch", "extension", "fhirServer", "fhirAuthorization", "hookInstance", "hook", None]), value=ANY_JSON)
def test_any_json_in_the_place_of_a_part_of_the_call_or_of_all_of_it_breaks_nothing(http: FlaskClient, part: str | None, value: Any) -> None:
    call = value if part is None else {**CALLS["order-sign-2.2"], part: value}
    judged(posted(http, "/v2.2/cds-services", "order-sign", call), "/v2.2/cds-services", "order-sign", call)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANY_JSON)
def test_any_json_as_feedback_breaks_nothing(http: FlaskClient, value: Any) -> None:
    for body in (
        value,
        {"feedback": value},
        {"feedback": [value, {"card": value, "outcome": "overridden", "overrideReason": value, "outcomeTimestamp": value}]},
    ):
        answer = http.post("/v2.0/cds-services/order-sign-crd/feedback", data=standard.dumps(body), content_type="application/json")
        assert answer.status_code in REFUSALS | {200}, answer.text
