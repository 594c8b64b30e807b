"""Answer: what software says of one requested service under the edition that speaks about it: certify, refer, or what the edition itself says of it.

The road is always the same: a signed exclusion, a gold card, no authorization needed, the criteria and the limit. Whoever brings
the answers, a form on the wire or a synthetic chart, passes here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from fhir_pa.um.deciding.asked_late import in_window
from fhir_pa.um.deciding.determination import Refer, determine
from fhir_pa.um.deciding.exclusion import Answer, exclude
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.gold_card import certified
from fhir_pa.um.deciding.information_request import information_requests
from fhir_pa.um.deciding.limit import within_limit
from fhir_pa.um.deciding.not_needed import not_needed
from ig_profiles.reading import Json
from questionnaires.criteria import Answers, Circumstances
from questionnaires.policy import Edition, RequestedService


@dataclass(frozen=True)
class Documented:
    """What is known of an edition's questions. ``known`` is asked only when criteria are weighed.

    ``form`` is the edition's questionnaire, ``answered`` whether it was filled in already.
    """

    known: Callable[[], Answers]
    form: Json | None = None
    answered: bool = False


def answer(
    edition: Edition,
    service: RequestedService,
    documented: Documented,
    circumstances: Circumstances,
    card: Exemption | None = None,
    used: Decimal | None = None,
    not_covered: str = "",
    phone: str = "",
    inside: str = "",
) -> Answer:
    """The answer for this service.

    ``used`` is how much of the edition's limit was used before (None: not looked at); what goes beyond is referred, with a
    gold card too. ``not_covered`` is the reason code of an exclusion, ``phone`` whom to call about one. ``inside`` is the NPI of a
    performer who is in the network.
    """
    excluded = exclude(edition, not_covered, phone)
    if excluded is not None:
        return excluded
    limited = within_limit(edition, service, (), used)
    spared = certified(edition, service, card, circumstances.today) if card and not limited else None
    if spared is not None:
        return spared
    spared_asking = not_needed(edition, service, used, inside)
    if spared_asking is not None:
        return spared_asking
    known = documented.known()
    findings = within_limit(edition, service, edition.weigh(service, known, circumstances), used)
    findings = in_window(edition, service, findings, circumstances.today)
    found = determine(edition, findings, service, circumstances.today)
    if not isinstance(found, Refer):
        return found
    return replace(found, asks=information_requests(edition, documented.form, documented.answered, service, findings, known, circumstances))
