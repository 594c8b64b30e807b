"""Readability: how much a text asks of its reader, in English and in Spanish, so that a member's letter can be checked before it goes (domain F67)."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_PALABRA = re.compile(r"[^\W\d_]+")
_SILENT_U = re.compile(r"(?<=[gq])u(?=[eiéí])")
_RUN = re.compile(r"(?:[aeiouáéíóúü]|y$)+")
_STRONG = re.compile(r"[aeoáéíóú]")


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


def perspicuity(text: str) -> float:
    """How easily a Spanish text is read, on the scale of Szigriszt-Pazos: 55 to 65 is normal, above easy, below hard (INFLESZ).

    Numbers and codes count as no words; 100 for a text without words.

    >>> perspicuity("El gato duerme. La casa es azul.") > 80 > 40 > perspicuity("La incompatibilidad administrativa imposibilita autorizaciones.")
    True
    """
    words = _PALABRA.findall(text)
    if not words:
        return 100.0
    sentences = max(1, len(_SENTENCE.findall(text)))
    syllables = sum(map(_silabas, words))
    return round(206.835 - 62.3 * syllables / len(words) - len(words) / sentences, 1)


def hard_sentences(text: str, limit: float) -> tuple[str, ...]:
    """The sentences of a text that ask for more school than this, each as it stands."""
    sentences = (part.strip() for part in re.split(r"(?<=[.!?])\s+", text))
    return tuple(sentence for sentence in sentences if sentence and grade(sentence) > limit)


def _syllables(word: str) -> int:
    lower = word.lower()
    count = len(_VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1
    return max(1, count - silent)


def _silabas(word: str) -> int:
    """The syllables of a Spanish word: one for each vowel or diphthong; two strong vowels, or an accented weak one, are two.

    >>> [_silabas(word) for word in ("oxígeno", "ciudad", "día", "guerra", "poeta", "hay", "aún", "y")]
    [4, 2, 2, 2, 3, 1, 2, 1]
    """
    runs = _RUN.findall(_SILENT_U.sub("", word.lower()))
    return max(1, sum(max(1, len(_STRONG.findall(run))) for run in runs))
