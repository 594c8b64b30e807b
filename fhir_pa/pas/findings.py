"""What validation found in a request that was processed all the same, told beside the answer to it.

PAS lets non-fatal information accompany an answer as an OperationOutcome (pas.md §1.5, rules 40 and 96); it is for
technical staff and stands last in the Bundle.
"""

from __future__ import annotations

from collections.abc import Sequence

from fhir_pa.pas.ids import stable_uuid
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json


def beside(answer: Json, issues: Sequence[Issue]) -> Json:
    """The response Bundle with these findings as its last entry; unchanged when there are none."""
    if not issues:
        return answer
    identity = stable_uuid("OperationOutcome", answer["timestamp"], answer["entry"][0]["fullUrl"])
    entry = {"fullUrl": f"urn:uuid:{identity}", "resource": {**operation_outcome(issues), "id": identity}}
    return {**answer, "entry": [*answer["entry"], entry]}
