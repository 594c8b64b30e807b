"""Questionnaire/$questionnaire-package: the forms the payer asks for, with their CQL, ready to be filled from the chart.

Chapter: DTR, $questionnaire-package (2.0.1 and 2.2). What the call brings is used to answer it and not kept;
how long it took is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.forms.dependencies import logics_of, value_sets_of
from fhir_pa.operations.forms.interview_begun import ORDER, address_of, service_of
from fhir_pa.operations.forms.measured import measured
from fhir_pa.operations.forms.payer_known import payer_known
from fhir_pa.operations.forms.wanted import form_wanted
from fhir_pa.operations.hooks.given import born, member_identifiers
from fhir_pa.operations.weighing.membership import Standing, standing
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.dtr_metrics import PACKAGE
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json, many
from ig_profiles.resource_text import read_resource
from questionnaires.adaptive_form import adaptive_canonical, adaptive_id, is_adaptive
from questionnaires.draft import Occasion, use_of
from questionnaires.form import canonical as canonical_of
from questionnaires.form import items
from questionnaires.library import Shelf, Volume
from questionnaires.package import answer, changed, package
from questionnaires.package_request import Guide, PackageRequest, read_package_request
from questionnaires.value_sets import packed


@dataclass(frozen=True)
class Wanted:
    """One form that is wanted, and for which orders; ``context`` is the assertion id that asked for it.

    ``told_of`` are the contexts whose orders were not sent again.
    """

    volume: Volume
    orders: tuple[Json, ...] = ()
    context: str | None = None
    told_of: tuple[Assertion, ...] = ()
    adaptive: bool = False

    @property
    def name(self) -> str:
        """What tells it from other forms of the same answer."""
        return f"{self.volume.edition.name}{' step by step' if self.adaptive else ''}"


def questionnaire_package(body: bytes, guide: Guide, caller: Caller, payer: Payer, identity: str = "") -> Json:
    """Parameters with one package for each form that is wanted, each form once; ``identity`` is the form the address names.

    Explicit canonicals limit the answer to themselves; else it is what the contexts and the orders ask for together. An
    unknown canonical is a warning; an unknown member or context is refused, because any answer would mislead.
    """
    with measured(PACKAGE, guide, caller, payer) as told:
        answered = _answered(body, guide, caller, payer, identity)
        drafts = [each for each in many(answered, "parameter", "resource", "entry", "resource") if each["resourceType"] == "QuestionnaireResponse"]
        told.forms = tuple(_form_of(each) for each in drafts)
        told.prefilled = sum(len(many(item, "answer")) for each in drafts for item in items(each))
        return answered


def _form_of(draft: Json) -> str:
    """The canonical of the form this draft is for, an adaptive one by what its own form comes from."""
    return str(next(iter(many(draft, "contained", "derivedFrom")), draft["questionnaire"]))


def _answered(body: bytes, guide: Guide, caller: Caller, payer: Payer, identity: str) -> Json:
    at = payer.clock()
    asked = read_package_request(read_resource(body, guide, payer.settings.max_body_bytes), guide, form_named(identity, payer.shelf) if identity else None)
    member = _member(asked, payer, at.date())
    assertions = _assertions(asked, caller, payer)
    issues = list(asked.issues)
    wanted = list(_merged(_wanted(asked, assertions, member, payer, at.date(), issues)))
    packages = []
    for each in wanted:
        form, since = each.volume.questionnaire, asked.changed_since
        sets, troubles = packed(payer.shelf.value_sets, value_sets_of(each.volume), at, everything=guide == "2.0.1")
        issues += troubles
        if form is None or (since is not None and not changed(each.volume.edition, form, since, sets)):
            continue
        orders = each.orders or (() if each.told_of else asked.orders)
        named = tuple(told.order for told in each.told_of if told.order)
        occasion = Occasion(asked.coverages, orders, each.context, use_of(each.volume.edition), named)
        packages.append(
            package(
                each.volume.edition,
                form,
                logics_of(each.volume),
                occasion,
                guide=guide,
                at=at,
                prefilled=payer_known(each.volume, member_identifiers(asked.coverage, None), caller, payer, at),
                value_sets=sets,
                address=address_of(orders, each.told_of, each.context or "", member.line_of_business, guide, caller, payer) if each.adaptive else None,
            )
        )
    if not wanted and assertions and any(assertion.questionnaires for assertion in assertions):
        issues.append(Issue("The form named at order time is no longer in force. Order again, or call the plan.", "not-found", "warning"))
    return answer(packages, issues, guide)


def form_named(identity: str, shelf: Shelf) -> str:
    """The canonical of the form with this id, as a standard or as an adaptive one. Raises NotFound."""
    for form in (volume.questionnaire for volume in reversed(shelf.volumes()) if volume.questionnaire is not None):
        if identity == form["id"]:
            return canonical_of(form)
        if identity == adaptive_id(form):
            return adaptive_canonical(form)
    raise NotFound(f"No Questionnaire '{identity}' is published here. Search Questionnaire for those that are.", expression="id")


def _member(asked: PackageRequest, payer: Payer, on: date) -> Standing:
    people = (resource for resource in asked.referenced if resource.get("resourceType") == "Patient")
    patient = next(people, None)
    found = standing(payer.directory, member_identifiers(asked.coverage, patient), on, born(patient))
    if not found.known:
        what = f"{payer.directory.insurer.name} knows no member by the number on this Coverage. Check Coverage.identifier and subscriberId."
        raise Unprocessable(Issue(what, "not-found", expression="Parameters.parameter.where(name='coverage').resource"))
    return found


def _assertions(asked: PackageRequest, caller: Caller, payer: Payer) -> list[Assertion]:
    found = []
    with payer.store.reading() as tx:
        for context in asked.contexts:
            assertion = tx.assertion(context) or form_wanted(context, tx)
            if assertion is None or assertion.client != caller.id:
                what = f"'{context}' is no context of ours for this client. Send the order's coverage-assertion-id, or the order alone."
                raise Unprocessable(Issue(what, "not-found", expression="Parameters.parameter.where(name='context').value"))
            found.append(assertion)
    return found


def _wanted(asked: PackageRequest, assertions: list[Assertion], member: Standing, payer: Payer, today: date, issues: list[Issue]) -> Iterator[Wanted]:
    context = assertions[0].id if assertions else None
    if asked.canonicals:
        for canonical in asked.canonicals:
            volume = payer.shelf.asking(canonical)
            if volume is None:
                what = f"No form '{canonical}' is on the shelf. Leave the version out for the present one, or send the order."
                issues.append(Issue(what, "not-found", "warning", "Parameters.parameter.where(name='questionnaire').value"))
            else:
                told_of = () if asked.orders else tuple(assertions)
                yield Wanted(volume, asked.orders, context, told_of, is_adaptive(canonical))
        return
    for assertion in assertions:
        orders = tuple(order for order in asked.orders if f"{order['resourceType']}/{order.get('id')}" == assertion.order)
        if orders and not any(mine.same_as(theirs) for mine in assertion.codes for order in orders for theirs in service_of(order).codes):
            what = f"'{assertion.order}' asks for something else than when the plan answered about it. These are the forms for what it asks for now."
            issues.append(Issue(what, "business-rule", "warning", ORDER))
            continue
        told_of = () if orders else (assertion,)
        for canonical in assertion.questionnaires:
            volume = payer.shelf.asking(canonical)
            if volume is not None:
                yield Wanted(volume, orders, assertion.id, told_of, is_adaptive(canonical))
    for order in asked.orders:
        service = replace(service_of(order), line_of_business=member.line_of_business)
        if service.codes:
            edition = payer.shelf.in_force(service, service.on or today)
            if edition.covered and edition.questionnaire and (edition.authorization == "needed" or edition.documentation):
                yield Wanted(payer.shelf.volume(edition.topic, edition.version), (order,), context, adaptive=edition.form == "adaptive")
        else:
            what = "The order names no service by a code, so no form can be chosen for it. Code the order, or send the canonical."
            issues.append(Issue(what, "code-invalid", "warning", ORDER))


def _merged(wanted: Iterable[Wanted]) -> Iterator[Wanted]:
    """Each form once, with every order it is for."""
    found: dict[str, Wanted] = {}
    for each in wanted:
        name, before = each.name, found.get(each.name)
        more = tuple(order for order in each.orders if before is None or order not in before.orders)
        found[name] = replace(before, orders=(*before.orders, *more), told_of=(*before.told_of, *each.told_of)) if before else each
    return iter(found.values())
