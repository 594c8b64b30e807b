"""What the built-in policies offer, as clinicians hear it: every offer makes a card that keeps the rules and fits the profiles."""

import pytest

from ig_profiles.names import CPT, RXNORM
from questionnaires.library import open_shelf
from tests.cds_hooks.builders import answered, call, device_request, house
from tests.cds_hooks.profiles import faults

SHELF = open_shelf()
OFFERING = [edition for edition in SHELF.editions() if edition.alternatives or edition.companions]
ORDERED = [(edition, coding) for edition in OFFERING for coding in edition.services]


def order(coding):
    """A draft for this code, of the kind clinicians order it by."""
    concept = {"coding": [{"system": coding.system, "code": coding.code}], "text": "What is ordered"}
    like = {name: value for name, value in device_request().items() if name != "codeCodeableConcept"}
    if coding.system == RXNORM:
        return {**like, "resourceType": "MedicationRequest", "medicationCodeableConcept": concept}
    if coding.system == CPT or coding.code[0] in "JQ":
        return {**like, "resourceType": "ServiceRequest", "code": concept}
    return {**like, "codeCodeableConcept": concept}


@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
@pytest.mark.parametrize(("edition", "coding"), ORDERED, ids=lambda each: getattr(each, "topic", getattr(each, "code", "")))
def test_every_offer_that_goes_with_a_service_is_made_when_nothing_is_known_yet(edition, coding, dialect):
    body, (told,) = answered(call("order-sign", order(coding)), dialect, house({}, shelf=SHELF))
    assert told.basis.edition.name == edition.name
    made = [(suggestion["label"], action) for card in body["cards"] for suggestion in card.get("suggestions", []) for action in suggestion["actions"]]
    offers = (*edition.alternatives, *edition.companions)
    due = [offer for offer in offers if coding.code != offer.coding.code and coding.code in (offer.services or [coding.code])]
    assert {offer.words for offer in due} == {label for label, _ in made}
    wrong = [fault for _, action in made if "resource" in action for fault in faults(action["resource"], dialect) if "ehr.example" not in fault]
    assert wrong == []
    for card in body["cards"]:
        for offer in due:
            if offer.words in [suggestion["label"] for suggestion in card.get("suggestions", [])]:
                assert offer.because in card["detail"].replace("\\", "") and offer.coding.code in card["detail"]


def test_nothing_is_offered_where_the_record_settles_it():
    """The criteria an offer names are those of its own edition, and one that is met takes it back."""
    for edition in OFFERING:
        for offer in (*edition.alternatives, *edition.companions):
            known = {criterion.id for criterion in edition.criteria} | {inner.id for each in edition.criteria for inner in _below(each)}
            assert set(offer.unless) <= known, f"{edition.name}: {offer.words}"


def _below(criterion):
    for inner in criterion.below:
        yield inner
        yield from _below(inner)
