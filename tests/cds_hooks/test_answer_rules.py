"""Answers keep the rules of CDS Hooks and of CRD's response models, whatever is asked; and the rules would notice if one did not."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cds_hooks.card import Action, Draft, Link, Source, Suggestion, worded
from cds_hooks.configuration import GUIDELINE
from cds_hooks.membership import Standing
from cds_hooks.services import HOOKS
from ig_profiles.names import CPT, HCPCS
from ig_profiles.reading import Coding
from questionnaires.offers import Alternative, Companion
from tests.cds_hooks.answer_rules import MARKDOWN, broken, reads_as_written
from tests.cds_hooks.any_answer import BASIS, NEEDED, answer
from tests.cds_hooks.builders import ANYTHING_ELSE, OXYGEN, answered, call, device_request, found, house, shelf

OFFERING = replace(
    OXYGEN,
    alternatives=(Alternative(Coding(HCPCS, "E1399", "Another device"), "It serves.", ("E1390",)),),
    companions=(Companion(Coding(CPT, "82803", "Blood gas"), "It shows the need."),),
)
ANSWERED = [(standing, dialect) for standing in Standing for dialect in ("2.0", "2.1", "2.2") if standing is not Standing.ANOTHER_PAYER or dialect == "2.0"]
SOURCE = Source("Larkfield Health Plan", "https://larkfield.example")


def a_body(dialect="2.2", **more):
    return answered(call(), dialect, house(found("92"), shelf=shelf(OFFERING, ANYTHING_ELSE), **more))[0]


@pytest.mark.requirement("crd-2.2:resp-13", "crd-2.2:resp-22", "crd-2.2:resp-24", "crd-2.2:resp-52", "cds-hooks-2.0:214", "cds-hooks-2.0:107")
@pytest.mark.requirement("cds-hooks-2.0:111", "cds-hooks-2.0:121", "cds-hooks-2.0:144", "cds-hooks-2.0:220")
@pytest.mark.parametrize(("standing", "dialect"), ANSWERED)
@pytest.mark.parametrize("hook", [hook.name for hook in HOOKS if not hook.name.startswith("encounter")])
def test_answers_to_every_hook_in_every_dialect_and_standing_keep_the_rules(hook, dialect, standing):
    body = call(hook, device_request(), device_request("E0431", "order-2"))
    given_ = house(found("92"), standing, shelf=shelf(OFFERING, ANYTHING_ELSE))
    assert broken(answered(body, dialect, given_)[0], dialect, hook) == []


WRONG = {
    "uuid": lambda card: card.update(uuid="one"),
    "summary": lambda card: card.update(summary="x" * 140),
    "indicator": lambda card: card.update(indicator="urgent"),
    "source.label": lambda card: card["source"].pop("label"),
    "source.url": lambda card: card["source"].update(url="larkfield.example"),
    "source.icon": lambda card: card["source"].update(icon="/icon.png"),
    "source.topic": lambda card: card["source"].pop("topic"),
    "source.topic.system": lambda card: card["source"]["topic"].update(system="http://larkfield.example/topics"),
    "detail": lambda card: card.update(detail="text\n\n    a code by accident"),
    "selectionBehavior": lambda card: card.pop("selectionBehavior"),
    "overrideReasons": lambda card: card["overrideReasons"][0].pop("display"),
    "extension": lambda card: card.update(extension={"davinci-associated-resource": ["DeviceRequest/1"]}),
    "suggestion.uuid": lambda card: card["suggestions"][0].pop("uuid"),
    "suggestion.label": lambda card: card["suggestions"][0].pop("label"),
    "suggestion.isRecommended": lambda card: card["suggestions"][0].update(isRecommended="yes"),
    "suggestion.actions": lambda card: card["suggestions"][0].update(actions=[]),
    "action.description": lambda card: card["suggestions"][0]["actions"][0].pop("description"),
    "action.resourceId": lambda card: card["suggestions"][0]["actions"][0].update(resourceId="order-1"),
    "action.resource": lambda card: card["suggestions"][0]["actions"][0].update(type="delete", resourceId="DeviceRequest/order-1"),
    "is of 0 response types": lambda card: card["suggestions"][0]["actions"].append(card["suggestions"][0]["actions"][0]),
    "links": lambda card: card.update(links=[]),
    "suggestion.uuid is its own": lambda card: card["suggestions"].append(card["suggestions"][0]),
    "an update names what it updates": lambda card: card["suggestions"][0]["actions"][0].update(resource={"resourceType": "DeviceRequest"}),
}


@pytest.mark.parametrize("rule", WRONG)
def test_a_card_that_breaks_a_rule_is_noticed(rule):
    body = deepcopy(a_body())
    at = next(at for at, card in enumerate(body["cards"]) if card["source"]["topic"]["code"] == "therapy-alternatives-opt")
    assert broken(body, "2.2") == []
    WRONG[rule](body["cards"][at])
    assert any(each.startswith(f"cards[{at}] {rule}") for each in broken(body, "2.2")), broken(body, "2.2")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda body: body["systemActions"][0].pop("description"), "systemActions[0] action.description"),
        (lambda body: body["systemActions"][0].update(type="create"), "systemActions[0] updates"),
        (lambda body: body["systemActions"][0]["resource"].pop("extension"), "systemActions[0] carries coverage information"),
        (lambda body: body.update(systemActions=[]), "systemActions is empty"),
        (lambda body: body.pop("cards"), "cards is not a list"),
        (lambda body: body.update(hook="order-sign"), "root holds hook"),
        (lambda body: body.update(extension=["words"]), "extension is no object"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_noticed(change, rule):
    body = deepcopy(a_body())
    change(body)
    assert rule in broken(body, "2.2")


def draft(label, **more):
    about = (replace(answer(**NEEDED), basis=replace(BASIS, label=label, edition=OXYGEN)),)
    return Draft(GUIDELINE, "policy_link.j2", {"edition": OXYGEN, "orders": [label], "payer": SOURCE.name}, about, **more)


@pytest.mark.requirement("cds-hooks-2.0:85")
@given(label=some.text(alphabet=some.sampled_from("ab <>*_`[]()|~#-\\&!"), min_size=1).map(lambda text: " ".join(text.split())).filter(bool))
def test_what_the_ehr_calls_an_order_is_shown_letter_for_letter_in_the_markdown(label):
    card = worded(draft(label), SOURCE, "2.2", "instance")
    assert reads_as_written(card["detail"])
    first = next(token for token in MARKDOWN.parse(card["detail"]) if token.type == "inline")
    assert "".join(child.content for child in first.children).startswith(f"Concerns {label}.")
    assert card["summary"].startswith("Home oxygen: the policy of Larkfield Health Plan for ")


@pytest.mark.requirement("cds-hooks-2.0:121", "cds-hooks-2.0:144")
def test_an_app_launch_has_its_context_as_a_string_and_a_recommended_suggestion_says_so_as_a_boolean():
    launch = worded(draft("Oxygen", links=(Link("Open the app", "https://larkfield.example/launch", '{"order":1}'),)), SOURCE, "2.2", "i")
    assert launch["links"] == [{"label": "Open the app", "url": "https://larkfield.example/launch", "type": "smart", "appContext": '{"order":1}'}]
    taken = Suggestion("Take it", (Action("create", "Draft it", {"resourceType": "ServiceRequest"}),), recommended=True)
    suggested = worded(draft("Oxygen", suggestions=(taken,)), SOURCE, "2.2", "i")
    assert suggested["suggestions"][0]["isRecommended"] is True
    assert broken({"cards": [launch, suggested]}, "2.2") == []


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "delete", "resource": {"resourceType": "Device"}, "resource_id": "Device/1"},
        {"kind": "delete"},
        {"kind": "create"},
        {"kind": "update", "resource": {"resourceType": "Device"}, "resource_id": "Device/1"},
    ],
)
def test_an_action_that_mixes_up_its_parts_cannot_be_built(parts):
    with pytest.raises(ValueError, match="action needs"):
        Action(description="Do it", **parts)
    with pytest.raises(ValueError, match="Give it an action, or tell it in the card's words"):
        Suggestion("Nothing", ())
