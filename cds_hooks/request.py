"""HookRequest: one CDS Hooks call in our words; read from its JSON, or refused with the place and the mending (crd.md §1.2, §1.13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cds_hooks.configuration import Configuration, configuration_of
from cds_hooks.dialect import Dialect, dialect_of
from cds_hooks.executed import about_somebody_else
from cds_hooks.hook import Hook, Subject
from cds_hooks.material import extended, index_of, known_absent, next_page
from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Index, Json, one, text


@dataclass(frozen=True)
class Access:
    """Leave to query the EHR for this one call. The token is for the fetcher only: never shown, logged or kept."""

    token: str = field(repr=False)
    expires_in: int | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class HookRequest:
    """One call of a hook.

    ``index`` holds everything at hand; ``absent`` the resource types the EHR looked for in vain; ``troubles`` one
    sentence for each thing the EHR would not or could not tell; ``further`` the pages of prefetched searches not yet seen.
    """

    hook: Hook
    instance: str
    dialect: Dialect
    patient_id: str
    context: Json = field(repr=False)
    index: Index = field(repr=False)
    configuration: Configuration = Configuration()
    user: str | None = None
    encounter_id: str | None = None
    fhir_server: str | None = None
    authorization: Access | None = None
    absent: frozenset[str] = frozenset()
    troubles: tuple[str, ...] = ()
    further: tuple[str, ...] = ()

    @property
    def orders(self) -> tuple[Subject, ...]:
        """What the hook asks about, as far as it is at hand."""
        return self.hook.subjects(self.context, self.index, self.dialect)

    @property
    def drafts(self) -> tuple[Json, ...]:
        """Every draft order in the context, in scope or not."""
        return tuple(entry.resource for entry in self.index.entries if entry.expression.startswith("context.draftOrders"))

    @property
    def patient(self) -> Json | None:
        """The Patient, when at hand."""
        entry = self.index.resolve(f"Patient/{self.patient_id}")
        return entry.resource if entry else None

    def with_material(self, found: Iterable[tuple[str, Any]], absent: Iterable[str] = (), troubles: Iterable[str] = ()) -> HookRequest:
        """The call after more came in, as (expression, value) pairs."""
        told = (trouble for trouble in troubles if trouble not in self.troubles)
        return replace(self, index=extended(self.index, found), absent=self.absent | set(absent), troubles=(*self.troubles, *told))


def read(body: Any, hook: Hook, base: Dialect) -> HookRequest:
    """The call to this hook's service at a base URL of this dialect; what we do not know in it is ignored.

    Raises NotSupported for a version we do not speak, Unreadable for another hook than the service's, and Unprocessable
    for a call that breaks CDS Hooks: no context, a context field that is missing or of the wrong kind.
    """
    if not isinstance(body, dict):
        raise Unreadable("The body is not a JSON object. Send one CDS Hooks request: hook, hookInstance, context.")
    dialect = dialect_of(body, base)
    _refuse_other_hook(body, hook)
    context = _context(body, hook)
    patient_id, access = _id(context["patientId"]), _access(body.get("fhirAuthorization"))
    sent = body.get("prefetch")
    brought = sent if isinstance(sent, dict) else {}
    prefetch = {key: value for key, value in brought.items() if not about_somebody_else(value, patient_id)}
    further = {key: page for key, value in prefetch.items() if (page := next_page(value))}
    troubles = [f"The EHR sent {key} of others than this patient, which was left aside." for key in brought if key not in prefetch]
    troubles += [f"The EHR sent only the first page of {key}." for key in (further if access is None else ())]
    return HookRequest(
        hook=hook,
        instance=text(body, "hookInstance") or "",
        dialect=dialect,
        patient_id=patient_id,
        context=context,
        index=index_of([*((f"context.{name}", value) for name, value in context.items()), *((f"prefetch.{key}", value) for key, value in prefetch.items())]),
        configuration=configuration_of(body),
        user=text(context, "userId"),
        encounter_id=_id(text(context, "encounterId")) or None,
        fhir_server=text(body, "fhirServer"),
        authorization=access,
        absent=known_absent(prefetch, dict(hook.prefetch[dialect])),
        further=tuple(further.values()),
        troubles=tuple(troubles),
    )


def _refuse_other_hook(body: Json, hook: Hook) -> None:
    named = body.get("hook")
    if not isinstance(named, str) or not named:
        raise Unprocessable(Issue(f'The call does not name its hook. Add "hook": "{hook.name}".', "required", expression="hook"))
    if named != hook.name:
        text_ = f"The service {hook.service_id} listens to {hook.name}, not to {named}. Call {named}-crd, or send hook {hook.name}."
        raise Unreadable(Issue(text_, "value", expression="hook"))


def _context(body: Json, hook: Hook) -> Json:
    context = body.get("context")
    if not isinstance(context, dict):
        needed = ", ".join(hook.fields)
        raise Unprocessable(Issue(f"context is {_kind(context)}; {hook.name} needs an object with {needed}.", "structure", expression="context"))
    for name, kind in hook.fields.items():
        value = context.get(name)
        if value is None or value == "":
            missing = f"context.{name} is missing; {hook.name} cannot be answered without it. Send {_WANTED[kind]}."
            raise Unprocessable(Issue(missing, "required", expression=f"context.{name}"))
        if not _is(value, kind):
            raise Unprocessable(Issue(f"context.{name} is {_kind(value)}. Send {_WANTED[kind]}.", "structure", expression=f"context.{name}"))
    if hook.one_of and not any(context.get(name) for name in hook.one_of):
        first, *others = hook.one_of
        missing = f"context.{first} is missing; {hook.name} cannot be answered without it. Send it (or, as older versions name it, {' or '.join(others)})."
        raise Unprocessable(Issue(missing, "required", expression=f"context.{first}"))
    return context


_WANTED = {"string": "a string", "Bundle": "a FHIR Bundle with one entry for each resource", "list": "a list"}


def _is(value: Any, kind: str) -> bool:
    return {"string": isinstance(value, str), "list": isinstance(value, list), "Bundle": one(value, "resourceType") == "Bundle"}[kind]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return f"a {value['resourceType']}" if isinstance(value.get("resourceType"), str) else "an object without resourceType"
    return {type(None): "missing", str: "a string", list: "a list", bool: "a boolean"}.get(type(value), "a number")


def _id(reference: str | None) -> str:
    """``Patient/123`` and ``123`` are both found in the wild."""
    return (reference or "").rsplit("/", 1)[-1]


def _access(node: Any) -> Access | None:
    token = text(node, "access_token")
    if token is None:
        return None
    seconds = one(node, "expires_in")
    return Access(token, seconds if type(seconds) is int else None, tuple((text(node, "scope") or "").split()))
