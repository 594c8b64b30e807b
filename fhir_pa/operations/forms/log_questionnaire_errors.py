"""Questionnaire/$log-questionnaire-errors: a DTR app tells what went wrong with a form of ours; operators read it.

Chapter: DTR, $log-questionnaire-errors (2.0.1 R282-291; 2.2 oper-1 to oper-3). ``fhir-pa policies errors`` lists it.
"""

from __future__ import annotations

import uuid

from fhir_pa.auth.caller import Caller
from fhir_pa.storage.form_errors import FormError
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource
from questionnaires.error_report import read_error_report


def log_questionnaire_errors(body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """Keep the report, and say so. Raises Refusal for a body that reports nothing."""
    report = read_error_report(read_resource(body, guide, payer.settings.max_body_bytes))
    with payer.store.transaction() as tx:
        tx.keep_form_error(FormError(str(uuid.uuid4()), caller.id, guide, payer.clock(), report))
    return operation_outcome([Issue(f"{len(report.problems)} problems are on file; the owner of the form reads them.", "informational", "information")])
