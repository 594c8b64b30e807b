"""Criteria named: a decision against the member says on which criteria it rests, and who forgot it is told their titles, not their ids."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from ig_profiles.outcome import Unprocessable
from questionnaires.authoring.criteria import every
from questionnaires.criteria import Truth
from questionnaires.policy import Edition


def titles_of(edition: Edition | None) -> dict[str, str]:
    """The title of every criterion of the edition, however deep, by its id."""
    return {each.id: each.title for each in every(edition.criteria)} if edition else {}


def refuse_unnamed(case: Authorization, decision: Decision, editions: Mapping[int, Edition]) -> None:
    """Raises Unprocessable for a decision against the member that names no criterion, where some were weighed: those not met come to mind first."""
    if decision.verdict is Verdict.CERTIFY or decision.criteria:
        return
    named: dict[str, bool] = {}
    for sequence in decision.items:
        titles = titles_of(editions.get(sequence))
        for finding in case.item(sequence).determination.findings:
            named[titles.get(finding.criterion, finding.criterion.replace("_", " "))] = finding.truth is not Truth.MET
    if named:
        choices = "; ".join(f"“{title}”" for title, is_open in named.items() if is_open or not any(named.values()))
        raise Unprocessable(f"An adverse decision names the criteria it rests on. Choose from: {choices}; or a part of one.", expression="criteria")
