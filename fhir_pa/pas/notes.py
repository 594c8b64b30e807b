"""ClaimResponse.processNote: the payer's reasons in plain sentences, numbered so that items can point at them.

One note says why, one whom to call, and one tells what each criterion found, on which evidence, in which policy edition.
Source: PAS §specification (pas.md §1.4 rule 40); 2.2 requires the number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import ADVERSE, Determination, ReviewAction
from ig_profiles.reading import Json
from questionnaires.criteria import Evidence, Finding, Truth

CALLABLE = ADVERSE | {ReviewAction.PENDED}


class Notes:
    """The notes of one answer; the same sentence is kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def add(self, texts: Iterable[str]) -> list[int]:
        """The numbers of these sentences, in order; empty ones are passed over."""
        return [self._numbers.setdefault(said, len(self._numbers) + 1) for said in dict.fromkeys(texts) if said]

    def as_fhir(self) -> list[Json]:
        """ClaimResponse.processNote."""
        return [{"number": number, "type": "display", "text": said} for said, number in self._numbers.items()]


def about(item: Item) -> Iterator[str]:
    """Everything there is to say about one item's determination: why, each criterion with what decided it, whom to call."""
    determination = item.determination
    yield determination.because
    for finding in determination.findings:
        yield from (told(each, determination) for each in _decisive(finding))
    if determination.action in CALLABLE and determination.phone:
        yield f"Questions about item {item.sequence}: call {determination.phone}."


def told(finding: Finding, determination: Determination) -> str:
    """What one criterion found, in one plain sentence with its evidence and the policy edition."""
    said = finding.because.replace(f": {finding.truth}.", ".", 1)
    rests = "; ".join(_evidence(finding)) or "no evidence yet"
    wanted = dict.fromkeys(word for request in determination.asks if finding.criterion in request.criteria for word in request.words)
    lacks = f" Still wanted: {'; '.join(wanted)}." if wanted else ""
    policy = f" Policy: {determination.edition.name}." if determination.edition else ""
    return f"Criterion {finding.criterion}: {finding.truth}. {said} Evidence: {rests}.{lacks}{policy}"


def _evidence(finding: Finding) -> Iterator[str]:
    """Each fact once, with its value and every source that shows it."""
    sources: dict[tuple[str, str], list[str]] = {}
    for item in finding.evidence:
        known = next((key for key in sources if key[0] == item.fact), (item.fact, item.value))
        source = _source(item)
        if source not in sources.setdefault(known, []):
            sources[known].append(source)
    for (fact, value), shown in sources.items():
        whence = " and ".join(filter(None, shown))
        yield f"{fact} = {value}" + (f" ({whence})" if whence else "")


def _source(item: Evidence) -> str:
    whence = " ".join(word for word in (item.resource, item.element) if word)
    return ", ".join(word for word in (whence, item.clinical_on) if word)


def _decisive(finding: Finding) -> Iterator[Finding]:
    """The finding and, below it, only what made it so: the parts that say the same. What is open names its missing facts itself."""
    yield finding
    for inner in finding.below:
        if inner.truth is finding.truth and finding.truth is not Truth.UNKNOWN:
            yield from _decisive(inner)
