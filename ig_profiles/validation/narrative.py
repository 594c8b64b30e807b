"""Narrative safety: is this div the harmless XHTML that FHIR allows? (FHIR R4 §narrative, txt-1 and txt-2)

Read with expat as a stream, so that nothing is built, fetched or expanded: a document type is refused before any entity
in it could count.
"""

from __future__ import annotations

from functools import lru_cache
from html.entities import name2codepoint
from re import compile as _compile
from typing import Any
from xml.parsers import expat

from ig_profiles.validation.run import Path, Run, shown

_XHTML = "http://www.w3.org/1999/xhtml"
_TAG_LIST = (
    "p br div h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite blockquote hr address bdo kbd sub sup ul ol li"
    " dl dt dd pre table caption colgroup col thead tr tfoot tbody th td code samp img map area ins del s u section article header footer"
)
_ATTRIBUTE_LIST = (
    "title style class id lang xml:lang xml:space dir accesskey tabindex span width height align valign char charoff abbr axis headers scope rowspan"
    " colspan xmlns cite name href hreflang charset type rel rev shape coords target src alt longdesc usemap ismap border cellspacing cellpadding"
    " frame rules summary bgcolor color nowrap datetime clear noshade size compact start value hspace vspace"
)
_LINKS = frozenset({"href", "src"})
_TAGS, _ATTRIBUTES = frozenset(_TAG_LIST.split()), frozenset(_ATTRIBUTE_LIST.split())
_UNSAFE_LINK = _compile(r"\s*(javascript|vbscript|data:text)", 2)
_ROOT = f'<div xmlns="{_XHTML}"'
_TAG_TEXTS = _compile(r"<[A-Za-z][^>]*>").findall
_TAG_FORM = _compile(r"""<([a-z0-9]+)((?: [\w:-]+="[^"<&]*")*) ?/?>""").fullmatch
_ATTRIBUTE_FORM = _compile(r"""([\w:-]+)="([^"]*)""").findall
_WORDS = _compile(r">[^<>]*?[^<>\s]").search
_PLAIN_LINK = _compile(r"""https?:|mailto:|tel:|\#|[\w./-]*(?:[\#?]|$)""").match
_NAMED = _compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}


def narrative(value: Any, path: Path, run: Run) -> None:
    """Check the div of a Narrative."""
    if type(value) is not str or not value.strip():
        run.say("narrative-root", path, found=shown(value) if type(value) is not str else "empty")
        return
    if _plainly_harmless(value):
        return
    reading = _Reading()
    try:
        reading.read(value)
    except expat.ExpatError as error:
        run.say("narrative-broken", path, found=f"{expat.ErrorString(error.code)} at line {error.lineno}, column {error.offset + 1}")
        return
    except _DocumentType:
        run.say("narrative-unsafe", path, found="a document type declaration")
        return
    except UnicodeEncodeError:
        run.say("narrative-broken", path, found="half a character")
        return
    if reading.root is not None:
        run.say("narrative-root", path, found=reading.root)
    for unsafe in reading.unsafe[:5]:
        run.say("narrative-unsafe", path, found=unsafe)
    if not reading.says:
        run.say("narrative-empty", path)


def _plainly_harmless(text: str) -> bool:
    """Whether a glance suffices: each tag of a plain, harmless form, some words, and well-formed as it stands.

    Written for speed: a request is half narrative, nearly all of it made by machines out of the same few tags.
    """
    if not text.startswith(_ROOT) or "<!" in text or "<?" in text or not _WORDS(text):
        return False
    if not all(map(_harmless_tag, set(_TAG_TEXTS(text)))):
        return False
    try:
        expat.ParserCreate().Parse(text, True)
    except (expat.ExpatError, UnicodeEncodeError):
        return False
    return True


@lru_cache(maxsize=2048)
def _harmless_tag(text: str) -> bool:
    form = _TAG_FORM(text) if len(text) < 500 else None
    if form is None or form[1] not in _TAGS:
        return False
    return all(name in _ATTRIBUTES and (name not in _LINKS or _PLAIN_LINK(value)) for name, value in _ATTRIBUTE_FORM(form[2]))


class _DocumentType(Exception):
    """A document type declaration, in which entities could multiply; reading stops before them."""


class _Reading:
    """What expat met: a wrong root, unsafe tags and attributes, and whether anything is said."""

    def __init__(self) -> None:
        self.depth = 0
        self.root: str | None = None
        self.unsafe: list[str] = []
        self.says = False

    def read(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._words
        parser.StartDoctypeDeclHandler = self._document_type
        parser.ProcessingInstructionHandler = self._instruction
        parser.Parse(_NAMED.sub(_character, text) if "&" in text else text, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == 0 and (name != "div" or attributes.get("xmlns") != _XHTML):
            self.root = f"<{name}>" if name != "div" else "a div without that xmlns"
        self.depth += 1
        if name not in _TAGS:
            self.unsafe.append(f"the tag <{name}>")
        if name == "img":
            self.says = True
        for key, value in attributes.items():
            if key not in _ATTRIBUTES and not key.startswith(("data-", "aria-", "xmlns:")):
                self.unsafe.append(f"the attribute {key} on <{name}>")
            elif key in ("href", "src") and _UNSAFE_LINK.match(value):
                self.unsafe.append(f"a link that runs a script on <{name}>")

    def _words(self, text: str) -> None:
        self.says = self.says or not text.isspace()

    def _document_type(self, *_: Any) -> None:
        raise _DocumentType

    def _instruction(self, target: str, _: str) -> None:
        self.unsafe.append(f"the processing instruction {target}")


def _character(found: Any) -> str:
    """A named character of HTML as the character itself; those of XML stay."""
    name = found.group(1)
    return found.group(0) if name in _XML_NAMES or name not in name2codepoint else chr(name2codepoint[name])
