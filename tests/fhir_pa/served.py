"""A server process whose operations do as the body says, for the tests that start, stop and break real servers."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from fhir_pa.logs import write_logs
from fhir_pa.settings import read
from fhir_pa.web.app import create_app
from fhir_pa.web.offered import Offered
from fhir_pa.web.serve import end_with_parent
from tests.fhir_pa.web_parties import SEVERAL, Clock, Memory, Payer, Told


class Now(Clock):
    """The clock on the wall."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def application() -> Flask:
    """A WSGI factory, as ``fhir_pa.web.process:application`` is one."""
    settings = read({}, os.environ)
    end_with_parent()
    told = Told()

    def submit(body: bytes, *_: object) -> dict[str, str]:
        asked = json.loads(body)
        Path(asked["touch"]).touch()
        time.sleep(asked.get("seconds", 0))
        return {"resourceType": "Bundle"}

    operations = {name: getattr(told, name) for name in Offered.__dataclass_fields__}
    offered = Offered(**{**operations, **dict.fromkeys(SEVERAL, told)})
    return create_app(Payer(settings, settings.directory, Memory(), Now()), replace(offered, submit=submit))


def broken() -> Flask:
    """A process that cannot start."""
    raise SystemExit(2)


def speaking() -> Flask:
    """The application, writing its log."""
    write_logs("words")
    return application()
