"""Letter: the notice of a decision as the member or the practice reads it; refused while something it must tell is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import TypeVar

from fhir_pa.auth.caller import Caller
from fhir_pa.letters.page import html
from fhir_pa.letters.pdf import pdf
from fhir_pa.um.authorization import Authorization
from fhir_pa.um.delegate import delegate_of
from fhir_pa.um.letter import Audience, Letter, Sender, lacks, letter_of, too_hard
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from questionnaires.criteria import Criterion
from questionnaires.policy import Edition


class Form(StrEnum):
    """How a letter may be had: to read, to post, or as its parts with what is still missing."""

    HTML = "html"
    PDF = "pdf"
    JSON = "json"


Word = TypeVar("Word", bound=StrEnum)
MEDIA = {Form.HTML: "text/html; charset=utf-8", Form.PDF: "application/pdf", Form.JSON: "application/json"}


def letter(number: str, audience: str, form: str, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """The letter and its media type.

    As JSON it is a preview: its parts, what it ``lacks``, and whether it is ``too_hard`` to read. As page or PDF it is
    refused with everything it lacks. Raises NotFound for a reader or a form there is none for.
    """
    caller.must_be_staff()
    reader, wanted = _chosen(audience, Audience), _chosen(form, Form)
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    written = written_to(reader, case, payer)
    missing = lacks(written)
    if wanted is Form.JSON:
        reasons = " ".join(line.because for line in written.lines if line.is_adverse)
        view = {**asdict(written), "is_partial": written.is_partial, "lacks": list(missing), "too_hard": too_hard(written, reasons)}
        return MEDIA[wanted], dump(view, pretty=True)
    if missing:
        raise Unprocessable(*(Issue(text, "required") for text in missing))
    page = html(written)
    return MEDIA[wanted], pdf(page) if wanted is Form.PDF else page.encode()


def written_to(reader: Audience, case: Authorization, payer: Payer) -> Letter:
    """The letter to this reader about how the case stands now."""
    editions = {item.sequence: _edition(case, item.sequence, payer) for item in case.items}
    titles = {sequence: edition.title for sequence, edition in editions.items() if edition and edition.services}
    criteria = {criterion.id: criterion.title for edition in editions.values() if edition for criterion in _all(edition.criteria)}
    insurer = payer.directory.insurer
    acts = delegate_of(case, payer.directory.delegates)
    sender = Sender(insurer.name, insurer.phone, acts.name, acts.phone) if acts else Sender(insurer.name, insurer.phone)
    return letter_of(case, reader, sender, titles, criteria, payer.clock().date())


def _all(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        yield criterion
        yield from _all(criterion.below)


def _edition(case: Authorization, sequence: int, payer: Payer) -> Edition | None:
    named = case.item(sequence).determination.edition
    try:
        return payer.shelf.volume(named.topic, named.version).edition if named else None
    except NotFound:
        return None


def _chosen(word: str, kind: type[Word]) -> Word:
    try:
        return kind(word)
    except ValueError:
        raise NotFound(f"There is no '{word}' here. Choose {' or '.join(kind)}.") from None
