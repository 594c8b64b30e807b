"""The discovery list tells every hook, its prefetch and its switches."""

import re

import pytest

from cds_hooks.services import HOOKS, discovery, service
from ig_profiles.outcome import NotFound
from tests.cds_hooks.builders import PAYER


@pytest.mark.trap(35)
@pytest.mark.requirement("crd-2.2:hook-4")
@pytest.mark.requirement("cds-hooks-2.0:6", "cds-hooks-2.0:7", "cds-hooks-2.0:9", "cds-hooks-2.0:10", "crd-2.0.1:152")
@pytest.mark.requirement("crd-2.2:dev-1", "crd-2.2:dev-2", "cds-hooks-2.0:16")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_all_six_hooks_are_offered_in_every_dialect(dialect):
    services = discovery(dialect, PAYER)["services"]
    assert {one["hook"]: one["id"] for one in services} == {hook.name: f"{hook.name}-crd" for hook in HOOKS}
    assert len(services) == 6
    for one in services:
        assert one["description"] and one["title"].startswith(PAYER) and one["usageRequirements"]
        assert one["extension"]["davinci-crd.version"] == ["2.0", "2.1", "2.2"]


@pytest.mark.requirement("crd-2.0.1:108", "crd-2.0.1:111", "crd-2.0.1:112", "crd-2.0.1:113", "crd-2.0.1:114")
@pytest.mark.requirement("crd-2.0.1:122", "crd-2.2:dev-4", "crd-2.2:dev-8")
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_every_option_has_a_default_of_its_own_type_and_names_are_unique(dialect):
    for one in discovery(dialect, PAYER)["services"]:
        options = one["extension"]["davinci-crd.configuration-options"]
        for option in options:
            assert type(option["default"]) is {"boolean": bool, "integer": int}[option["type"]]
        for name in ("code", "name", "description"):
            assert len({option[name] for option in options}) == len(options)
        assert {"coverage-info", "unsolicited-determ", "max-cards"} <= {option["code"] for option in options}


@pytest.mark.requirement("crd-2.0.1:110", "crd-2.0.1:115", "crd-2.0.1:120", "crd-2.0.1:121", "crd-2.2:dev-7")
def test_option_codes_are_property_names_from_the_card_types_where_one_fits():
    published = {"coverage-info", "unsolicited-determ", "guideline", "clinical-reminder", "insurance", "duplicate-therapy", "limits"}
    published |= {"therapy-alternatives-req", "therapy-alternatives-opt", "network", "cost"}
    for one in discovery("2.2", PAYER)["services"]:
        codes = {option["code"] for option in one["extension"]["davinci-crd.configuration-options"]}
        assert codes - published == {"max-cards"}
        assert all(re.fullmatch("[a-z-]+", code) for code in codes)


def test_options_are_the_same_across_hooks():
    listed = [one["extension"]["davinci-crd.configuration-options"] for one in discovery("2.2", PAYER)["services"]]
    assert all(options == listed[0] for options in listed)


@pytest.mark.requirement("cds-hooks-2.0:57", "cds-hooks-library-1.0.1:16", "cds-hooks-library-1.0.1:32", "cds-hooks-library-1.0.1:73")
@pytest.mark.requirement("cds-hooks-library-1.0.1:89", "cds-hooks-library-1.0.1:93")
@pytest.mark.requirement("cds-hooks-2.0:29", "cds-hooks-2.0:55", "cds-hooks-2.0:56", "cds-hooks-2.0:59", "cds-hooks-2.0:36")
@pytest.mark.requirement("crd-2.0.1:42")
def test_2_0_prefetch_keeps_to_root_level_tokens():
    for one in discovery("2.0", PAYER)["services"]:
        assert one["prefetch"]["coverage"] == "Coverage?patient={{context.patientId}}&status=active"
        for template in one["prefetch"].values():
            token = template.split("{{")[1].split("}}")[0]
            assert token.startswith("context.") and token.count(".") == 1, template


@pytest.mark.requirement("crd-2.2:found-29", "crd-2.2:found-24")
def test_2_2_prefetch_is_worded_as_the_guide_prints_it():
    templates = {one["hook"]: one["prefetch"] for one in discovery("2.2", PAYER)["services"]}
    assert templates["order-sign"] == templates["order-select"]
    assert templates["encounter-start"] == templates["encounter-discharge"]
    assert templates["order-sign"]["devices"] == "Device?_id={{context.draftOrders.entry.resource.ofType(DeviceRequest).code.resolve().id}}"
    assert templates["order-dispatch"]["medicationRequests"] == "MedicationRequest?_id={{context.dispatchedOrders.resolve().ofType(MedicationRequest).id}}"
    assert templates["order-dispatch"]["locations"] == (
        "Location?_id={{%practitionerRoles.entry.resource.location.resolve().id|%encounter.location.location.resolve().id"
        "|%serviceRequests.entry.resource.locationReference.resolve().id}}"
    )
    assert templates["appointment-book"]["serviceRequests"] == (
        "ServiceRequest?_id={{context.appointments.entry.resource.basedOn.resolve().ofType(ServiceRequest).id}}"
    )
    assert templates["encounter-start"]["practitionerRoles"] == (
        "PractitionerRole?_id={{%encounter.participant.individual.resolve().ofType(PractitionerRole).id}}"
    )


def test_an_unknown_service_is_answered_with_the_known_ones():
    with pytest.raises(NotFound, match="Call one of order-sign-crd, order-select-crd"):
        service("order-sing-crd")
