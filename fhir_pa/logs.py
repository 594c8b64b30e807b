"""How log lines look: one line each, in words or as JSON, on standard error."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class _Json(logging.Formatter):
    """One JSON object for each line; a message that is JSON already is merged in."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        said = json.loads(message) if message.startswith("{") else {"message": message}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"at": at, "level": record.levelname.lower(), "logger": record.name, **said})


def write_logs(form: str) -> None:
    """Send this process's log lines to standard error in this form (``words`` or ``json``)."""
    out = logging.StreamHandler()
    out.setFormatter(_Json() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[out], force=True)
    for talkative in ("urllib3", "alembic", "dbos", "granian"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
