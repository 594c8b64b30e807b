"""Preview: a decision before it is signed: how the case would stand, what the practice would hear, what the member would read."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.letters.page import inner
from fhir_pa.operations.desk.letter import hard_reasons, translated_for, written_to
from fhir_pa.operations.desk.review import decided
from fhir_pa.operations.desk.view import everything, peer_to_peer
from fhir_pa.operations.requests.inquire import request_of
from fhir_pa.pas import response
from fhir_pa.um.telling.letter import Audience, lacks
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.reading import Json


def preview(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """What this decision would say, to whom; nothing is kept. Raises what the decision itself would raise.

    ``offered`` is the conversation it would open instead of standing at once; ``lacks`` what keeps the member's letter
    from being sent, ``too_hard`` what makes it hard to read.
    """
    at = payer.clock()
    changed = decided(number, body, caller, payer, at)
    with payer.store.reading() as tx:
        before = tx.authorization(changed.number)
        submitted = request_of(before, tx)
    guide = changed.request.guide
    answer = response.write(changed, submitted, guide, at=at, base_url=payer.fhir_base(guide))["entry"][0]["resource"]
    letter = written_to(Audience.MEMBER, changed, payer)
    offered = changed.peer_to_peers[len(before.peer_to_peers) :]
    return {
        "case": everything(changed),
        "moved": [item.sequence for item in changed.items if item != before.item(item.sequence)],
        "offered": next((peer_to_peer(each) for each in offered if each.is_open), None),
        "answer": answer,
        "answer_as_sent": dump(answer, pretty=True).decode(),
        "letter": inner(letter, translated_for(changed, letter.language, payer)),
        "language": letter.language,
        "lacks": list(lacks(letter)),
        "too_hard": hard_reasons(letter, changed, payer),
    }
