"""The first files of a new policy: small, whole, and without a mistake, so that its owner changes what works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from string import Template

from ig_profiles.outcome import Conflict, Unprocessable

WORDS = Path(__file__).parent / "starter"
FILES = ("policy.toml", "questionnaire.json", "facts.cql", "cases.toml")


def start(topic: str, system: str, code: str, shelf: Path, compile_facts: Callable[[Path], Path]) -> list[Path]:
    """Write the files of a new policy about this service into ``shelf/topic``; the files that were written.

    Raises Unprocessable for a topic that is no name, Conflict when the folder is there already.
    """
    if not topic.replace("_", "").isalnum() or not topic[:1].isalpha() or topic != topic.lower() or not topic.isascii():
        raise Unprocessable(f"'{topic}' is no name for a topic. Use small letters, digits and '_', such as hospital_bed.")
    folder = shelf / topic
    if folder.exists():
        raise Conflict(f"{folder} is there already. Choose another topic, or change what is there.")
    folder.mkdir(parents=True)
    words = {"topic": topic, "slug": topic.replace("_", "-"), "name": topic.title().replace("_", ""), "title": topic.replace("_", " ").capitalize()}
    written = []
    for name in FILES:
        text = Template((WORDS / f"{name}.txt").read_text(encoding="utf-8")).substitute(words, system=system, code=code)
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return [*written, compile_facts(folder / "facts.cql")]
