"""Questionnaire/$questionnaire-package: the forms the payer asks for, with their CQL, ready to be filled from the chart.

Chapter: DTR, $questionnaire-package (2.0.1 and 2.2). What the call brings is used to answer it and not kept;
how long it took is.
"""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.forms.choosing import Choice, Wanted
from fhir_pa.operations.forms.covering import covered
from fhir_pa.operations.forms.dependencies import logics_of, value_sets_of
from fhir_pa.operations.forms.interview_begun import address_of
from fhir_pa.operations.forms.measured import measured
from fhir_pa.operations.forms.payer_known import payer_known
from fhir_pa.operations.forms.wanted import form_wanted
from fhir_pa.storage.assertions import Assertion
from fhir_pa.storage.dtr_metrics import PACKAGE
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json, many
from ig_profiles.resource_text import read_resource
from questionnaires.adaptive_form import Address, adaptive_canonical, adaptive_id
from questionnaires.draft import Occasion, use_of
from questionnaires.form import canonical as canonical_of
from questionnaires.form import items
from questionnaires.library import Shelf
from questionnaires.package import answer, changed, package
from questionnaires.package_request import Guide, PackageRequest, read_package_request
from questionnaires.value_sets import packed


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
    issues = list(asked.issues)
    coverages = covered(asked, payer, at.date(), issues)
    assertions = _assertions(asked, caller, payer)

    def begun(form: Wanted, orders: tuple[Json, ...]) -> Address:
        return address_of(orders, asked.index, form.told_of, form.context or "", form.line_of_business, guide, caller, payer)

    wanted = Choice(payer.shelf, asked, assertions, coverages, at.date(), issues).wanted()
    packages = []
    for each in wanted:
        form, since = each.volume.questionnaire, asked.changed_since
        sets, troubles = packed(payer.shelf.value_sets, value_sets_of(each.volume), at, everything=guide == "2.0.1")
        issues += troubles
        if form is None or (since is not None and not changed(each.volume.edition, form, since, sets)):
            continue
        orders = each.orders or (() if each.told_of else asked.orders)
        named = tuple(told.order for told in each.told_of if told.order)
        occasion = Occasion(tuple(under.coverage for under in each.coverages), orders, each.context, use_of(each.volume.edition), named)
        packages.append(
            package(
                each.volume.edition,
                form,
                logics_of(each.volume),
                occasion,
                guide=guide,
                at=at,
                prefilled=payer_known(each.volume, each.numbers, caller, payer, at),
                value_sets=sets,
                address=address_of(orders, asked.index, each.told_of, each.context or "", each.line_of_business, guide, caller, payer)
                if each.adaptive
                else None,
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


def _assertions(asked: PackageRequest, caller: Caller, payer: Payer) -> tuple[Assertion, ...]:
    found = []
    with payer.store.reading() as tx:
        for context in asked.contexts:
            assertion = tx.assertion(context) or form_wanted(context, tx)
            if assertion is None or assertion.client != caller.id:
                what = f"'{context}' is no context of ours for this client. Send the order's coverage-assertion-id, or the order alone."
                raise Unprocessable(Issue(what, "not-found", expression="Parameters.parameter.where(name='context').value"))
            found.append(assertion)
    return tuple(found)
