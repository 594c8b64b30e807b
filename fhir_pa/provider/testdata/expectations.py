"""What may be expected of a PAS answer, in words and in FHIRPath that any tool can run."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.provider.codes import REVIEW_ACTIONS
from fhir_pa.provider.testdata.situation import Expected
from ig_profiles.names import BACKPORT, COVERAGE_INFORMATION, PAS_PROFILE

RESPONSE = "entry.first().resource"
_CODE = f"extension('{PAS_PROFILE}extension-reviewAction').extension('{PAS_PROFILE}extension-reviewActionCode').value.coding.code"
_REVIEWER = f"extension('{PAS_PROFILE}extension-claimResponseReviewer').extension('wasHumanReviewedFlag').value"


def decided(actions: Mapping[int, str], response: str = RESPONSE) -> tuple[Expected, ...]:
    """The review action (X12 306) of each item, by its sequence; and that no other item is answered."""
    each = tuple(
        Expected(f"item {sequence} is {REVIEW_ACTIONS[action]}", f"{response}.item.where(itemSequence = {sequence}).adjudication.{_CODE} = '{action}'")
        for sequence, action in actions.items()
    )
    return (*each, Expected(f"{len(actions)} item(s) are answered", f"{response}.item.count() = {len(actions)}"))


def whole(action: str, response: str = RESPONSE) -> Expected:
    """The review action of the whole request, where 2.2 tells it."""
    return Expected(f"the request as a whole is {REVIEW_ACTIONS[action]}", f"{response}.adjudication.{_CODE} = '{action}'")


def outcome(code: str, response: str = RESPONSE) -> Expected:
    """ClaimResponse.outcome."""
    return Expected(f"the outcome is {code}", f"{response}.outcome = '{code}'")


def reviewed(by_a_person: bool, response: str = RESPONSE) -> Expected:
    """Whether a person reviewed, where 2.2 tells it."""
    said = "true" if by_a_person else "false"
    return Expected("a person reviewed it" if by_a_person else "no person reviewed it", f"{response}.{_REVIEWER} = {said}")


def numbered(sequence: int, response: str = RESPONSE) -> Expected:
    """That a certified item bears the authorization number."""
    number = f"{response}.item.where(itemSequence = {sequence}).adjudication.extension('{PAS_PROFILE}extension-reviewAction').extension('number').exists()"
    return Expected(f"item {sequence} bears an authorization number", number)


def waits_as(sequence: int) -> Expected:
    """That a pended item bears the administrative reference."""
    reference = f"{RESPONSE}.item.where(itemSequence = {sequence}).extension('{PAS_PROFILE}extension-administrationReferenceNumber').exists()"
    return Expected(f"item {sequence} bears an administrative reference", reference)


def error(code: str, words: str, follow_up: str, response: str = RESPONSE) -> tuple[Expected, ...]:
    """One business error (X12 901) with what to do next (X12 889)."""
    follow = f"extension('{PAS_PROFILE}extension-errorFollowupAction').value.coding.code"
    path = f"extension('{PAS_PROFILE}extension-errorPath').value"
    return (
        outcome("error", response),
        Expected(f"the error says {words}", f"{response}.error.code.coding.code = '{code}'"),
        Expected("it says what to do next", f"{response}.error.{follow} = '{follow_up}'"),
        Expected("it says where, as FHIRPath from the Bundle", f"{response}.error.{path}.startsWith('Bundle.entry')"),
        Expected("no item is answered", f"{response}.item.empty()"),
    )


def wants(kind: str, count: int) -> tuple[Expected, ...]:
    """That so many things are asked for, each with a CommunicationRequest, and a Task of this kind tells how to answer."""
    tasks = f"entry.resource.ofType(Task).where(code.coding.code = '{kind}')"
    return (
        Expected(f"{count} thing(s) are asked for", f"entry.resource.ofType(CommunicationRequest).count() = {count}"),
        Expected("the answer refers to each of them", f"{RESPONSE}.communicationRequest.count() = {count}"),
        Expected("one Task says where to send them", f"{tasks}.input.where(type.coding.code = 'payer-url').value.exists()"),
    )


def added_as(sequence: int, quantity: str, response: str = RESPONSE) -> Expected:
    """That what is authorized instead of an item stands in addItem under its sequence (2.2)."""
    return Expected(
        f"what is authorized instead of item {sequence} is an added item", f"{response}.addItem.where(itemSequence = {sequence}).quantity.value = {quantity}"
    )


def informed(orders: int) -> tuple[Expected, ...]:
    """That so many orders came back with coverage information: authorization is needed, or on file when another situation was played before."""
    carriers = f"systemActions.resource.where(extension('{COVERAGE_INFORMATION}').exists())"
    needed = f"{carriers}.extension('{COVERAGE_INFORMATION}').extension('pa-needed').value"
    return (
        Expected(f"{orders} order(s) come back with coverage information", f"{carriers}.count() = {orders}"),
        Expected("authorization is needed, or on file already", f"{needed}.all($this = 'auth-needed' or $this = 'satisfied')"),
    )


def content(level: str) -> Expected:
    """How much a subscription's notices tell."""
    return Expected(f"its notices are {level}", f"channel.payload.extension('{BACKPORT}backport-payload-content').value = '{level}'")
