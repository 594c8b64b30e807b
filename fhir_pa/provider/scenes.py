"""The scenes in their order: the clinic subscribes, three stories are played, the clinic unsubscribes."""

from __future__ import annotations

from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.pas.subscription import subscription
from fhir_pa.provider.play.oxygen_scenes import certified, pended_then_certified
from fhir_pa.provider.play.scans_scene import denied_then_reversed
from fhir_pa.provider.play.stage import Stage


def subscribe(stage: Stage) -> None:
    """Before the scenes: a Subscription for the clinic's authorizations, and the payer's handshake."""
    tell = stage.narrator
    with tell.scene(f"Before the scenes: the clinic subscribes (guide {stage.guide})"):
        endpoint = f"{stage.ehr_url}/notifications/{stage.inbox}"
        created = stage.pas.subscribe(subscription(stage.guide, CLINIC_NPI, endpoint, stage.secret))
        tell.step("The provider's system proves itself (private_key_jwt) and creates a Subscription", created.took_ms)
        tell.check("its status is requested until the handshake", created.body["status"], "requested")
        handshake, waited = stage.wait_for_notice("handshake")
        tell.step("The payer shakes hands with the rest-hook", waited)
        tell.check("the handshake is about this Subscription", handshake["subscription"].rpartition("/")[2], created.body["id"])
        status, waited = stage.wait_for_status(created.body["id"], "active")
        tell.step("The Subscription becomes active", waited)
        tell.check("its status is active", status, "active")
        stage.subscription_id = created.body["id"]


def unsubscribe(stage: Stage) -> None:
    """After the scenes: nobody will listen at this rest-hook any more."""
    tell = stage.narrator
    with tell.scene("After the scenes: the clinic unsubscribes"):
        tell.step("The provider's system deletes its Subscription", stage.pas.unsubscribe(stage.subscription_id).took_ms)


SCENES = (subscribe, certified, pended_then_certified, denied_then_reversed)
