"""Every message of the validator, in one table: id, FHIR issue code, how grave in each mode, and how to mend.

The ids are stable: callers may sort, count and suppress by them. ``tolerant`` is how grave a finding is when a request
must be served if it can be; ``strict`` is what the standard says. Facts in braces are filled in where the finding is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from ig_profiles.outcome import Severity


@dataclass(frozen=True)
class Message:
    """One kind of finding: FHIR issue code, severity when tolerant, severity when strict, and the sentence."""

    code: str
    tolerant: Severity
    strict: Severity
    text: str


def _error(code: str, text: str) -> Message:
    return Message(code, "error", "error", text)


def _strict(code: str, text: str) -> Message:
    return Message(code, "warning", "error", text)


def _warning(code: str, text: str) -> Message:
    return Message(code, "warning", "warning", text)


def _aside(code: str, text: str) -> Message:
    return Message(code, "information", "information", text)


MESSAGES: dict[str, Message] = {
    # --- the shape of the JSON
    "object-expected": _error("structure", "{name} must be an object, and it is {found}. Write it as {{ … }} with the elements of {type}."),
    "list-expected": _error("structure", "{name} may repeat, so FHIR JSON writes it as a list, and here it is {found}. Put it in [ ]."),
    "one-value-expected": _error("structure", "{name} holds one value, and here it is a list. Give the value itself, without [ ]."),
    "null": _error("structure", "{name} is null, which FHIR JSON has no use for. Leave {name} out, or give its value."),
    "empty": _error("structure", "{name} is empty. Leave it out, or give it content."),
    "extension-rows": _error("structure", "_{name} has {found} rows for the {expected} of {name}. Give one for each, null where there is nothing to say."),
    "element-unknown": _strict("structure", "{owner} has no element '{name}'. {near}"),
    "choice-twice": _error("structure", "{found} are two answers to one choice, {name}. Keep one of them and remove the other."),
    "resource-type-missing": _error("structure", "{name} must be a resource, and has no resourceType. Add resourceType as its first key, e.g. \"{example}\"."),
    "resource-type-unknown": _error("structure", "'{found}' is no resource type of FHIR R4. {near}"),
    "resource-type-other": _error("structure", "{name} must be {expected}, and it is a {found}. Put the right resource here."),
    "too-deep": Message("too-long", "fatal", "fatal", "The content is nested too deep to be read. Flatten it: FHIR resources stay well below 64 levels."),
    "too-many-findings": Message("incomplete", "warning", "warning", "Checking stopped after {limit} findings. Mend these, then validate again."),
    # --- values
    "value-type": _error("value", "{name} is of type {type} and must be {expected}, and it is {found}. Write it as {expected}."),
    "value-format": _error("value", "'{found}' is no {type}. {hint}"),
    "value-too-long": _error("too-long", "{name} has {found} characters, and {limit} are allowed. Shorten it."),
    "value-out-of-range": _error("value", "{name} is {found}, beyond its limit of {limit}. Give a value within it."),
    "value-html": _warning("security", "{name} holds an HTML tag that a careless reader would run. Send plain text; markup belongs in text.div."),
    "fixed": _error("value", "{name} must be exactly {expected}, and it is {found}. Write {expected}."),
    "pattern": _error("value", "{name} must contain {expected}, and it is {found}. Add what is missing; more may stand beside it."),
    # --- how often
    "required": _error("required", "{name} is missing, and {owner} must have at least {min}. Add it."),
    "too-few": _error("required", "{name} stands here {found} times, and must at least {min} times. Add what is missing."),
    "too-many": _error("structure", "{name} stands here {found} times, and may at most {max} times. Remove what is too much."),
    "not-allowed": _error("structure", "{name} may not be used here: the profile leaves it out. Remove it."),
    # --- slices
    "slice-too-few": _error("required", "{name} must have at least {min} '{slice}' ({how}), and has {found}. Add one."),
    "slice-too-many": _error("structure", "{name} may have at most {max} '{slice}' ({how}), and has {found}. Remove what is too much."),
    "slice-closed": _strict("structure", "{name} takes only {slices}, and this is none of them. Change it to be one, or remove it."),
    "slice-at-end": _strict("structure", "'{slice}' comes after an item that is no slice, and such items must stand last. Move it forward."),
    "slice-order": _strict("structure", "'{slice}' comes after '{before}', and the profile orders them the other way. Change their order."),
    # --- codes
    "code-required": _error("code-invalid", "{found} is not in the value set {name} must be chosen from, {set}. {hint}"),
    "code-missing": _strict("code-invalid", "{name} has no code, and must have one from {set}. Add coding with system and code beside the text."),
    "code-extensible": _warning("code-invalid", "{found} is not in {set}, which {name} should be chosen from where a code fits. {hint}"),
    "code-preferred": _aside("code-invalid", "{found} is not in {set}, which is preferred for {name}. A code from it would be understood by more receivers."),
    "coding-system": _strict("code-invalid", "The system '{found}' is no absolute URI. Give the code system's canonical, e.g. http://loinc.org."),
    # --- extensions
    "extension-unknown": _aside("extension", "The extension {url} is in no guide known here, so its content was not checked. Check its url, or ignore this."),
    "extension-part-unknown": _strict("extension", "The extension {url} has no part '{found}'. {near}"),
    "modifier-unknown": _error("extension", "The modifier extension {url} is in no guide known here, and may change the meaning of all around it. Remove it."),
    "modifier-misplaced": _strict("extension", "The extension {url} {is_modifier}. Move it to '{expected}'."),
    "extension-context": _strict("extension", "The extension {url} may stand only on {expected}, and this is {found}. Move it there, or remove it."),
    # --- references
    "reference-format": _strict("value", "'{found}' is no reference. Write Type/id, an absolute URL, urn:uuid:…, or #id of a contained resource."),
    "reference-contained": _error("not-found", "'{found}' points to a contained resource that is not there. Add it to 'contained' of the {owner}."),
    "reference-unresolved": _warning("not-found", "'{found}' points to nothing in this Bundle. Add an entry with that fullUrl, or correct the reference."),
    "reference-type": _strict("structure", "{name} must point to {expected}, and '{found}' is a {type}. Point it to the right resource."),
    "reference-type-differs": _strict("structure", "{name} says its type is {said}, and '{found}' is a {type}. Correct 'type', or leave it out."),
    "reference-profile": _strict("structure", "'{found}' should point to a resource that follows {expected}. It does not: {because}"),
    # --- resources and profiles
    "profile-unknown": _aside("not-found", "The profile {found} is not known here, so it was not checked. Correct it, or have the guide added."),
    "profile-not-at-hand": _error("not-found", "The profile {found} to validate against is not known here. Correct its canonical, or have the guide added."),
    "profile-other-type": _strict("structure", "The profile {found} is for {expected}, and this is a {type}. Correct meta.profile."),
    "contained-nested": _error("structure", "A contained resource may contain no other (dom-2). Move the inner one up to 'contained' of the {owner}."),
    "contained-unused": _strict("invariant", "Nothing refers to the contained resource '#{found}' (dom-3). Refer to it, or remove it."),
    "contained-version": _strict("invariant", "A contained resource has no version or moment of its own (dom-4). Remove {name}."),
    "contained-security": _strict("invariant", "A contained resource has no security labels of its own (dom-5). Put them on the {owner}."),
    "contained-id": _error("required", "A contained resource without id cannot be referred to. Give it an id."),
    "id-twice": _strict("duplicate", "The id '{found}' stands twice in this resource. Give each its own."),
    "narrative-missing": Message("invariant", "information", "warning", "Every {type} should have a narrative (dom-6). Add text with status and div."),
    # --- narrative
    "narrative-broken": _strict("invalid", "The narrative is not well-formed XHTML: {found}. Close every tag and escape & and <."),
    "narrative-root": _strict("invalid", "The narrative must be one <div xmlns=\"http://www.w3.org/1999/xhtml\">, and is {found}. Wrap it so (txt-1)."),
    "narrative-unsafe": _strict("security", "The narrative holds {found}, which XHTML in FHIR may not (txt-1): no script, form or event handler. Remove it."),
    "narrative-empty": _strict("invalid", "The narrative says nothing (txt-2). Write some text or an image into the div, or leave 'text' out."),
    # --- Bundle
    "full-url-relative": _strict("value", "fullUrl '{found}' is not absolute. Write the whole URL, or urn:uuid: with a UUID."),
    "full-url-version": _strict("invariant", "fullUrl '{found}' names a version (bdl-8). Leave /_history/… off."),
    "full-url-twice": _strict("duplicate", "fullUrl '{found}' stands twice in this Bundle, first at entry {first} (bdl-7). Give every resource its own."),
    "full-url-other-id": _strict("invariant", "fullUrl '{found}' does not end in {expected}, the resource in this entry. Make fullUrl and id agree."),
    "full-url-missing": _warning("required", "The entry has no fullUrl, so that nothing can refer to it. Add one, e.g. urn:uuid: with a new UUID."),
    "bundle-rule": _strict("invariant", "{what} ({key}). {hint}"),
    "bundle-link-twice": _strict("duplicate", "The link relation '{found}' stands twice. Keep one."),
    # --- constraints of the profiles
    "extension-value": _error("invariant", "An extension has a value or extensions inside it, never both and never neither (ext-1); this has {found}. {hint}"),
    "constraint": _strict("invariant", "The rule {key} is broken: {expression}. {hint}"),
    "constraint-advice": _warning("invariant", "The advice {key} is not followed: {expression}. {hint}"),
    "attachment-size": _strict("value", "size is {found}, and the data has {expected} bytes. Correct size, or send the whole content."),
}


def severity(message_id: str, strict: bool) -> Severity:
    """How grave this message is in the mode.

    >>> severity("element-unknown", strict=False), severity("element-unknown", strict=True)
    ('warning', 'error')
    """
    message = MESSAGES[message_id]
    return message.strict if strict else message.tolerant
