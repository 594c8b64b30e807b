"""``python -m tests.cds_hooks.golden [name …]``: write requests and answers anew; then review the difference, line by line."""

from __future__ import annotations

import logging
import sys

from ig_profiles import json
from tests.cds_hooks.golden.answering import HERE, answer, lent
from tests.cds_hooks.golden.situations import situations


def readme() -> str:
    """The list of the pairs, with what each teaches."""
    lines = [
        "# Golden pairs",
        "",
        "Calls as the test EHR sends them, and the payer's whole answers. Everybody in them is invented. `https://ehr.oakwood.example` and",
        "`leave-to-read-…` stand for a running EHR and an access token of its own. Read them in this order.",
        "",
        "| Pair | What to learn from it |",
        "|---|---|",
        *(f"| [{file}]({file}.request.json) → [answer]({file}.response.json) | {each.teaches}. |" for file, each in situations().items()),
    ]
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> None:
    """Write the pairs named, or all of them, and take away what no situation asks for."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    chosen = [situations()[name] for name in names] or list(situations().values())
    with lent() as shared:
        for situation in chosen:
            request = json.dump(situation.request, pretty=True) + b"\n"
            (HERE / f"{situation.file}.request.json").write_bytes(request)
            (HERE / f"{situation.file}.response.json").write_bytes(answer(situation, request, shared))
    for path in HERE.glob("*.json"):
        if path.name.rsplit(".", 2)[0] not in situations():
            path.unlink()
    (HERE / "README.md").write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
