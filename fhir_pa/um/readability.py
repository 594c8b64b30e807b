"""Readability: how many years of school a text asks for, so that a member's letter can be checked before it goes (domain F67)."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of an English text; 0 for one without words. Numbers and codes count as no words.

    >>> grade("The cat sat. The dog ran.") < 1 < 12 < grade("Notwithstanding considerable administrative justification, authorization is unavailable.")
    True
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE.findall(text)))
    syllables = sum(map(_syllables, words))
    return max(0.0, round(0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59, 1))


def hard_sentences(text: str, limit: float) -> tuple[str, ...]:
    """The sentences of a text that ask for more school than this, each as it stands."""
    sentences = (part.strip() for part in re.split(r"(?<=[.!?])\s+", text))
    return tuple(sentence for sentence in sentences if sentence and grade(sentence) > limit)


def _syllables(word: str) -> int:
    lower = word.lower()
    count = len(_VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1
    return max(1, count - silent)
