"""Rules of data types that FHIRPath states badly or slowly, or not at all, written in Python."""

from __future__ import annotations

from typing import Any

from ig_profiles.validation.primitives import Check, decoded_size
from ig_profiles.validation.references import reference
from ig_profiles.validation.run import Path, Run


def _extension(value: Any, path: Path, run: Run) -> None:
    """ext-1: a value or extensions, never both and never neither."""
    if type(value) is not dict:
        return
    inner = "extension" in value
    for key in value:
        if key[0:1] == "v" or key[0:6] == "_value":
            if inner:
                run.say("extension-value", path, constraint="ext-1", found="both", hint="Remove one of them.")
            return
    if not inner:
        run.say("extension-value", path, constraint="ext-1", found="neither", hint="Add a value, or remove the extension.")


def _coding(value: Any, path: Path, run: Run) -> None:
    """A code system is named by an absolute URI (§datatypes, Coding)."""
    system = value.get("system") if type(value) is dict else None
    if type(system) is str and system and ":" not in system:
        run.say("coding-system", (path, "system", None), found=system[:120])


def _attachment(value: Any, path: Path, run: Run) -> None:
    """size is of the data before base64 (§datatypes, Attachment)."""
    if type(value) is not dict or type(value.get("data")) is not str or type(value.get("size")) is not int:
        return
    size = decoded_size(value["data"])
    if size is not None and size != value["size"]:
        run.say("attachment-size", (path, "size", None), found=value["size"], expected=size)


NATIVE: dict[str, tuple[Check, ...]] = {
    "Extension": (_extension,),
    "Coding": (_coding,),
    "Attachment": (_attachment,),
    "Reference": (reference,),
}
