"""facts.cql -> facts.elm.json: compile a policy's facts and mark which text they were made from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ig_profiles.reading import Json
from questionnaires.elm import digest, elm_name


def compile_facts(cql: Path, translate: Callable[[str], Json]) -> Path:
    """Write the ELM beside its CQL, with the SHA-256 of the text, and give its path.

    ``translate`` is ``questionnaires.translate.translate``; raises what it raises.
    """
    text = cql.read_text(encoding="utf-8")
    target = cql.with_name(elm_name(cql.name))
    elm = {"compiledFrom": digest(text), **translate(text)}
    target.write_text(json.dumps(elm, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return target
