"""Whoever wants to talk to the payer finds each address once, is let in when registered, and is treated like everybody else."""

from __future__ import annotations

import pytest

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from tests.stories.asking import SHORT_OF_OXYGEN, inquiry, oxygen
from tests.stories.ehr import Ehr
from tests.stories.on_file import everything_on_file
from tests.stories.parties import PAYER_URL, SUPPLIER, Plan, System
from tests.stories.test_packages import OPERATION, asking, orders_of

FORMS = {"2.0.1": "davinci_dtr_qpackage_endpoint#2.0", "2.2": "davinci_dtr_qpackage_endpoint#2.2"}
REQUESTS = {"2.0.1": "davinci_pas_submission_endpoint#2.0", "2.2": "davinci_pas_submission_endpoint#2.2"}
HOOKS = {"2.0.1": "davinci_crd_hook_endpoint#2.0", "2.2": "davinci_crd_hook_endpoint#2.2"}


def endpoints(plan: Plan) -> dict[str, str]:
    """The well-known list, as anybody reads it."""
    answer = plan.http().get("/.well-known/davinci-configuration")
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    return dict(json.parse(answer.data)["endpoints"])


@pytest.mark.requirement("hrex-1.2:ep-2", "crd-2.2:found-14", "pas-2.2.1:conf-2", "pas-2.2.1:spec-5", "dtr-2.0.1:23", "dtr-2.2:spec-6")
def test_the_well_known_list_names_one_address_for_each_kind_of_call_and_version_and_there_it_is_answered(clinic: System) -> None:
    listed = endpoints(clinic.plan)
    asked = oxygen(clinic)
    for name in (FORMS[clinic.guide], REQUESTS[clinic.guide], HOOKS[clinic.guide]):
        assert sum(each.startswith(name) for each in listed) == 1
    forms, requests, hooks = (listed[names[clinic.guide]].removeprefix(PAYER_URL) for names in (FORMS, REQUESTS, HOOKS))
    fhir = {**clinic.proof(), "Content-Type": "application/fhir+json"}
    body = json.dump(asking(asked, *orders_of(asked)))
    assert clinic.http.post(f"{forms}/{OPERATION}", data=body, headers=fhir).status_code == 200
    assert clinic.http.post(f"{requests}/Claim/$inquire", data=json.dump(inquiry(asked)), headers=fhir).status_code == 200
    assert hooks == Ehr(clinic).address("").rstrip("/") and clinic.http.get(hooks).status_code == 200


@pytest.mark.requirement("dtr-2.0.1:24", "dtr-2.0.1:25", "dtr-2.0.1:26", "dtr-2.2:spec-7")
def test_a_registered_system_gets_a_token_with_its_key_and_reaches_the_forms_and_an_unregistered_one_gets_none(clinic: System) -> None:
    asked = oxygen(clinic)
    assert clinic.token().status_code == 200
    assert clinic.post(OPERATION, asking(asked, *orders_of(asked)))["resourceType"] == "Parameters"
    clinic.plan.keys |= {"stranger-app": Keys.new()}
    unknown = System(clinic.plan, "stranger-app", clinic.guide).token()
    clinic.plan.keys[CLIENT_ID] = Keys.new()
    impostor = System(clinic.plan, CLIENT_ID, clinic.guide).token()
    for refused in (unknown, impostor):
        assert refused.status_code == 401 and refused.get_json()["error"] == "invalid_client" and "access_token" not in refused.get_json()


@pytest.mark.requirement("dtr-2.2:spec-1")
def test_every_registered_system_gets_the_same_form_for_the_same_question(clinic: System) -> None:
    asked = oxygen(clinic)
    body = asking(asked, *orders_of(asked))
    assert clinic.post(OPERATION, body) == System(clinic.plan, SUPPLIER, clinic.guide).post(OPERATION, body)


@pytest.mark.requirement("dtr-2.0.1:343", "dtr-2.2:sec-9")
def test_nothing_of_a_question_for_forms_stays_on_file(clinic: System) -> None:
    asked = oxygen(clinic)
    order = {**orders_of(asked)[0], "note": [{"text": "She keeps a parrot called Absalom."}]}
    clinic.post(OPERATION, asking(asked, order))
    on_file = everything_on_file(clinic.plan)
    assert "Absalom" not in on_file and SHORT_OF_OXYGEN not in on_file and "SYN-01" not in on_file


@pytest.mark.requirement("cds-hooks-2.0:1")
def test_hooks_are_asked_and_answered_in_json_only(clinic: System) -> None:
    ehr = Ehr(clinic)
    address, body = ehr.address(), ehr.call()
    discovery = clinic.http.get(ehr.address("").rstrip("/"))
    done, refused = ehr.send(body), ehr.send({"hook": "order-sign"})
    unknown = clinic.http.post(address, data=json.dump(body), headers={"Content-Type": "application/json"})
    assert [answer.status_code for answer in (discovery, done, unknown)] == [200, 200, 401] and refused.status_code in (400, 422)
    for answer in (discovery, done, refused, unknown):
        assert answer.mimetype == "application/json" and isinstance(json.parse(answer.data), dict)
    for strange in ("text/plain", "application/xml"):
        headers = {"Authorization": f"Bearer {ehr.token(address)}", "Content-Type": strange}
        assert clinic.http.post(address, data=json.dump(body), headers=headers).status_code == 415
    asks_for_html = ehr.send(body, Accept="text/html")
    assert asks_for_html.status_code == 406
