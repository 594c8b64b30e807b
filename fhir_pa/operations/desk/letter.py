"""Letter: the notice of a decision as the member or the practice reads it; refused while something it must tell is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import TypeVar

from fhir_pa.auth.caller import Caller
from fhir_pa.letters.page import html
from fhir_pa.letters.pdf import pdf
from fhir_pa.operations.desk.called import called
from fhir_pa.operations.desk.criteria_named import titles_of
from fhir_pa.operations.desk.members_case import member_of
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.reviewing.delegate import delegate_of
from fhir_pa.um.telling.letter import Audience, Letter, Sender, lacks, letter_of, too_hard
from fhir_pa.wiring import Payer
from fhir_pa.words.languages import ENGLISH, chosen
from fhir_pa.words.said import Translated
from ig_profiles.json import dump
from ig_profiles.outcome import Issue, NotFound, Unprocessable
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
        view = {**asdict(written), "is_partial": written.is_partial, "lacks": list(missing), "too_hard": hard_reasons(written, case, payer)}
        return MEDIA[wanted], dump(view, pretty=True)
    if missing:
        raise Unprocessable(*(Issue(text, "required") for text in missing))
    return MEDIA[wanted], as_sent(written, case, payer, wanted)


def as_sent(written: Letter, case: Authorization, payer: Payer, form: Form) -> bytes:
    """The letter as page or PDF, in the reader's language as far as its policies were translated."""
    page = html(written, translated_for(case, written.language, payer))
    return pdf(page) if form is Form.PDF else page.encode()


def hard_reasons(written: Letter, case: Authorization, payer: Payer) -> str:
    """What to say of the reasons of a member's letter that are hard to read, each in the language it is read in."""
    told = translated_for(case, written.language, payer)
    reasons: dict[str, list[str]] = {}
    for said in (told(line.because) for line in written.lines if line.is_adverse):
        reasons.setdefault(said.language, []).append(said.text)
    return next(filter(None, (too_hard(written, " ".join(texts), language) for language, texts in reasons.items())), "")


def translated_for(case: Authorization, language: str, payer: Payer) -> Translated:
    """What the policies that decided the case say, in this language."""
    known: dict[str, str] = {}
    for item in case.items:
        known |= _words(case, item.sequence, payer).get(language, {})
    return Translated(language, known)


def written_to(reader: Audience, case: Authorization, payer: Payer, language: str = "") -> Letter:
    """The letter to this reader about how the case stands now; to a member in this language, or else in the member's own."""
    member = member_of(case.request.member, payer.directory) if reader is Audience.MEMBER else None
    spoken = chosen(language, member.language if member else "") if reader is Audience.MEMBER else ENGLISH
    editions = {item.sequence: _edition(case, item.sequence, payer) for item in case.items}
    titles = {sequence: edition.title for sequence, edition in editions.items() if edition and edition.services}
    policies = {sequence: f"{edition.title}, edition {edition.version}" for sequence, edition in editions.items() if edition}
    criteria = {name: title for edition in editions.values() for name, title in titles_of(edition).items()}
    insurer = payer.directory.insurer
    acts = delegate_of(case, payer.directory.delegates)
    sender = Sender(insurer.name, insurer.phone, acts.name, acts.phone) if acts else Sender(insurer.name, insurer.phone)
    with payer.store.reading() as tx:
        words = called(case, tx) if len(set(titles.values())) < len(titles) else {}
    return letter_of(case, reader, sender, titles, criteria, payer.clock().date(), spoken, words, policies)


def _edition(case: Authorization, sequence: int, payer: Payer) -> Edition | None:
    named = case.item(sequence).determination.edition
    try:
        return payer.shelf.volume(named.topic, named.version).edition if named else None
    except NotFound:
        return None


def _words(case: Authorization, sequence: int, payer: Payer) -> Mapping[str, Mapping[str, str]]:
    named = case.item(sequence).determination.edition
    try:
        return payer.shelf.volume(named.topic, named.version).words if named else {}
    except NotFound:
        return {}


def _chosen(word: str, kind: type[Word]) -> Word:
    try:
        return kind(word)
    except ValueError:
        raise NotFound(f"There is no '{word}' here. Choose {' or '.join(kind)}.") from None
