"""The discovery list: every hook this payer listens to, with its prefetch, its switches and the versions it speaks (crd.md §1.3)."""

from __future__ import annotations

from cds_hooks.configuration import OPTIONS
from cds_hooks.dialect import DIALECTS, Dialect
from cds_hooks.hook import Hook
from cds_hooks.hooks import appointment_book, encounter_discharge, encounter_start, order_dispatch, order_select, order_sign
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json

HOOKS: tuple[Hook, ...] = (
    order_sign.HOOK,
    order_select.HOOK,
    order_dispatch.HOOK,
    appointment_book.HOOK,
    encounter_start.HOOK,
    encounter_discharge.HOOK,
)
USAGE = "Send the patient's one active Coverage with this payer, and give access to the chart so that we can look before we ask a person."


def service(service_id: str) -> Hook:
    """The hook a service id stands for. Raises NotFound, naming the services there are."""
    for hook in HOOKS:
        if hook.service_id == service_id:
            return hook
    known = ", ".join(hook.service_id for hook in HOOKS)
    raise NotFound(f"There is no service {service_id!r} here. Call one of {known}; cds-services lists them.", expression="id")


def discovery(dialect: Dialect, payer_name: str) -> Json:
    """The body of ``GET {base}/cds-services`` for a base of this dialect."""
    return {"services": [_listed(hook, dialect, payer_name) for hook in HOOKS]}


def _listed(hook: Hook, dialect: Dialect, payer_name: str) -> Json:
    listed: Json = {
        "hook": hook.name,
        "id": hook.service_id,
        "title": f"{payer_name}: {hook.title}",
        "description": hook.description,
        "usageRequirements": USAGE,
        "prefetch": dict(hook.prefetch[dialect]),
        "extension": {
            "davinci-crd.version": list(DIALECTS),
            "davinci-crd.configuration-options": [option.as_json() for option in OPTIONS],
        },
    }
    return listed | ({"hookVersion": hook.version} if dialect == "2.2" else {})
