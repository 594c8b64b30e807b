"""Uploaded: files somebody chose on a page -> documents the plan can open; a file of another kind is refused with what to send instead."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from fhir_pa.operations.desk.form import Form
from fhir_pa.pas.attached_by_hand import Document

Upload = tuple[str, bytes]  # the file's name, and what is in it
SIGNS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def uploaded(files: Iterable[Upload], kind: str, form: Form) -> Iterator[Document]:
    """Each file as a document of this kind (LOINC), by what is in it and not by its name; ``form`` keeps what is wrong with the others."""
    for name, body in files:
        media_type = next((said for sign, said in SIGNS if body.startswith(sign)), "") or ("text/plain" if _is_text(body) else "")
        if not body:
            form.wrong("file", f"'{name[:80]}' is empty. Choose the document itself.")
        elif not media_type:
            form.wrong("file", f"'{name[:80]}' cannot be opened by the plan. Send a PDF, a picture (JPEG, PNG) or plain text.")
        else:
            yield Document(str(uuid.uuid4()), kind, media_type, name[:120], body)


def _is_text(body: bytes) -> bool:
    try:
        return not any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in body.decode())
    except UnicodeDecodeError:
        return False
