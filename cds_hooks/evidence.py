"""Evidence: the searches that bring what a policy's facts read in the chart, and no more than that (crd.md §1.5, resp-39).

Each search uses the parameters every US Core server has: by patient, and by code where the facts ask for codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from cds_hooks.request import HookRequest
from ig_profiles.reading import Json, many, text
from questionnaires.elm import KeptLibrary
from questionnaires.retrieves import retrieves

_AT_HAND_ANYWAY = frozenset({"Patient", "Coverage"})
_BY_CODE = frozenset({"Observation", "DiagnosticReport"})  # US Core makes patient + code mandatory for these
_MORE = {"MedicationRequest": "&intent=order"}
_OF_PEOPLE = "PractitionerRole"


@lru_cache(maxsize=256)
def _rows(library: KeptLibrary) -> list[Json]:
    """What the library reads, worked out once: its tree has tens of thousands of nodes."""
    return retrieves(library.elm)


def searches(elm: Json, request: HookRequest) -> tuple[str, ...]:
    """The queries, relative to the EHR's FHIR base, for everything these facts read of this patient."""
    rows = _rows(KeptLibrary(elm))
    kinds = dict.fromkeys(row["type"] for row in rows if row["type"] not in _AT_HAND_ANYWAY)
    found: list[str] = []
    for kind in kinds:
        if kind == _OF_PEOPLE:
            found += _roles(request)
        else:
            found.append(_search(kind, [row for row in rows if row["type"] == kind], request.patient_id))
    return tuple(dict.fromkeys(found))


def _search(kind: str, rows: list[Json], patient_id: str) -> str:
    codes = [_token(code) for row in rows for code in many(row, "codeFilter", "code")]
    by_code = kind in _BY_CODE and all(many(row, "codeFilter", "code") for row in rows)
    narrowed = f"&code={','.join(dict.fromkeys(codes))}" if by_code else _MORE.get(kind, "")
    return f"{kind}?patient={quote(patient_id, safe='')}{narrowed}"


def _token(code: Json) -> str:
    return quote(f"{code['system']}|{code['code']}", safe="")


def _roles(request: HookRequest) -> Iterator[str]:
    """The roles of those who order, unless they order in a role that is at hand."""
    for subject in request.orders:
        for element in ("requester", "orderer", "prescriber"):
            kind, _, identity = (text(subject.described_by.resource, element, "reference") or "").rpartition("/")
            if kind.endswith("Practitioner") and identity:
                yield f"PractitionerRole?practitioner={quote(identity, safe='')}"
