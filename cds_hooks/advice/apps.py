"""Advice to open an application of the payer's that helps with what is ordered (Launch SMART App, crd.md §1.6).

The app is told which answers it was opened for, and no more: who the patient is it learns from its own launch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.card import Draft, Link
from cds_hooks.configuration import GUIDELINE
from cds_hooks.touchpoints import by_edition, names


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each edition and app that serves it."""
    for edition, about in by_edition(told.answers):
        for app in told.house.apps:
            if app.serves(edition.topic, told.request.hook.name):
                context = {"assertions": list(dict.fromkeys(answer.assertion_id for answer in about)), "policy": edition.topic, "version": edition.version}
                words = {"app": app, "orders": names(about)}
                yield Draft(GUIDELINE, "app.j2", words, about, links=(Link(app.name, app.url, json.dumps(context)),), key=app.url)
