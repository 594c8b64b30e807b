"""One server process: open the payer, build the application, do the background work beside it, and let go in order.

``fhir_pa.web.process:application`` is the WSGI factory; settings come from FHIR_PA_* variables and the file they name.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from contextlib import suppress
from multiprocessing.util import Finalize
from pathlib import Path

from flask import Flask

from fhir_pa.background import background_of
from fhir_pa.configuration import Misconfigured
from fhir_pa.logs import write_logs
from fhir_pa.operations import delegates, validate
from fhir_pa.operations.desk import (
    appeal,
    case_screen,
    contact,
    early_end,
    episode,
    evidence,
    evidence_search,
    fall_due,
    heard,
    letter,
    peer_to_peer,
    preview,
    refer,
    review,
    worklist,
)
from fhir_pa.operations.forms import expand, log_questionnaire_errors, next_question, questionnaire_package, questionnaire_read
from fhir_pa.operations.hooks import audit as hook_audit
from fhir_pa.operations.hooks import hook
from fhir_pa.operations.managing import admission, beside, claims, follow_up, population, recoupment, second_reading, variation
from fhir_pa.operations.member import acts as member_acts
from fhir_pa.operations.member import page as member_page
from fhir_pa.operations.member.send import send as member_send
from fhir_pa.operations.notices import subscribe
from fhir_pa.operations.operator import operating
from fhir_pa.operations.policies import edition_diff, published
from fhir_pa.operations.policies import shelf as policy_desk
from fhir_pa.operations.policies import trial as policy_trial
from fhir_pa.operations.practice import acknowledge, owner, packet, status, tracker
from fhir_pa.operations.practice import acts as practice_acts
from fhir_pa.operations.practice import case as practice_case
from fhir_pa.operations.practice import lists as practice
from fhir_pa.operations.practice import look_up as practice_status
from fhir_pa.operations.practice import measures as practice_measures
from fhir_pa.operations.reports import ages, figures, measures
from fhir_pa.operations.requests import capability, cases, inquire, stays, submit, submit_attachment
from fhir_pa.settings import Settings, read
from fhir_pa.web.app import create_app
from fhir_pa.web.managing import Managing
from fhir_pa.web.offered import Offered
from fhir_pa.web.practice.offered import ForPractices
from fhir_pa.web.serve import MANY_PROCESSES, end_with_parent
from fhir_pa.wiring import open_payer
from fhir_pa.work.alone import Alone
from ig_profiles.outcome import Conflict, Refusal

LOG = logging.getLogger("fhir_pa.serve")

MANAGING = Managing(
    admission=admission.notice,
    claims=claims.tell,
    demand=recoupment.demand,
    demand_became=recoupment.record,
    demand_notice=recoupment.notice,
    four=tracker.four,
    variation=variation.variation,
    missing=variation.missing,
    causes=variation.causes,
    population=population.population,
    ages=ages.ages,
    second_readings=second_reading.waiting,
    draw=second_reading.drawn,
    blind=second_reading.blind,
    read=second_reading.read,
    agreement=second_reading.agreement,
    admissions=beside.admissions,
    admitted=beside.admission,
    demands=beside.demands,
    demanded=beside.demanded,
    follow_ups=follow_up.listed,
    followed_up=follow_up.one,
    follow_up=follow_up.open_one,
    followed=follow_up.act,
    ask_for_review=follow_up.ask_for_review,
    refer=refer.refer,
    end_early=early_end.end_early,
    acknowledged=acknowledge.record,
    episode=episode.episode,
    refuse_others=delegates.refuse_others,
)

OFFERED = Offered(
    submit=submit.submit,
    inquire=inquire.inquire,
    questionnaire_package=questionnaire_package.questionnaire_package,
    next_question=next_question.next_question,
    log_questionnaire_errors=log_questionnaire_errors.log_questionnaire_errors,
    expand=expand,
    published=questionnaire_read,
    submit_attachment=submit_attachment.submit_attachment,
    validate=validate.validate,
    metadata=capability.metadata,
    cases=cases,
    subscribe=subscribe,
    hook=hook,
    hook_audit=hook_audit,
    review=review,
    worklist=worklist,
    case_screen=case_screen.screen,
    heard=heard.heard,
    preview=preview.preview,
    evidence=evidence,
    search=evidence_search.search,
    measures=measures,
    peer_to_peer=peer_to_peer,
    appeal=appeal,
    contact=contact.record,
    stays=stays.listed,
    letter=letter.letter,
    fall_due=fall_due,
    published_plan=published,
    member_page=member_page,
    member_acts=member_acts,
    member_send=member_send,
    figures=figures,
    status=status,
    practice=ForPractices(
        practice, practice_case, practice_acts, acknowledge.acknowledge, owner.own, packet, evidence, practice_status.look_up, practice_measures.measures
    ),
    policy_desk=policy_desk,
    policy_trial=policy_trial,
    edition_diff=edition_diff,
    operating=operating,
    managing=MANAGING,
)


GARBAGE = (20_000, 20, 50)  # a request makes some thousand small things and drops them again: looking for circles in each handful costs a tenth of its time


def application() -> Flask:
    """The application of this process, ready to answer; ends the process when it cannot be, saying why."""
    try:
        settings = read({}, os.environ)
        write_logs(settings.log)
        payer = open_payer(settings)
        payer.warm_up()
        gc.freeze()  # policies and definitions stay: no answer waits while they are looked through for garbage
        gc.set_threshold(*GARBAGE)
        Finalize(None, payer.close, exitpriority=10)
        if settings.worker and _works_here(settings):
            work = background_of(payer)
            work.start()
            Finalize(None, work.stop, exitpriority=20)
    except (Misconfigured, Refusal) as reason:
        sys.stderr.write(f"fhir-pa cannot start.\n{reason}\n")
        raise SystemExit(2) from None
    end_with_parent()
    LOG.info("Ready to answer, process %d.", os.getpid())
    return create_app(payer, OFFERED)


def _works_here(settings: Settings) -> bool:
    """Whether this process does background work beside answering: of several on an embedded database the first one does."""
    if settings.processes == 1 or not settings.is_sqlite:
        return True
    first = Alone(Path(os.environ[MANY_PROCESSES]) / "worker")
    with suppress(Conflict):
        first.take(0)
        Finalize(None, first.give_back, exitpriority=15)
        return True
    return False
