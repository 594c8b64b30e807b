"""Codes as policy owners write them: a short name of the code system, or its full address, and the code in quotes."""

from __future__ import annotations

from ig_profiles import names
from questionnaires.authoring.mistakes import perhaps, quoted
from questionnaires.authoring.table import Table

CODE_SYSTEMS = {"HCPCS": names.HCPCS, "CPT": names.CPT, "RXNORM": names.RXNORM, "NDC": names.NDC, "SNOMED": names.SNOMED, "LOINC": names.LOINC}
_CALLED = {
    **{address: name for name, address in CODE_SYSTEMS.items()},
    names.RXNORM: "RxNorm",
    names.SNOMED: "SNOMED CT",
    names.REVENUE: "Revenue code",
    names.MS_DRG: "DRG",
    names.AP_DRG: "AP-DRG",
    names.APR_DRG: "APR-DRG",
    names.ICD10CM: "ICD-10-CM",
    names.ICD10PCS: "ICD-10-PCS",
    names.ICD9CM: "ICD-9-CM",
    names.PLACE_OF_SERVICE: "Place of service",
}


def called(address: str) -> str:
    """How people call a code system; one nobody named here by the end of its address.

    >>> called(names.HCPCS), called(names.MS_DRG), called("https://plan.example/codes/wards/")
    ('HCPCS', 'DRG', 'wards')
    """
    return _CALLED.get(address) or address.rstrip("/").rsplit("/", 1)[-1]


def system(table: Table, name: str, says: str, key: str) -> str | None:
    """The code system called so; None, and a mistake at the key, when nobody knows it. ``says`` is what the table does by it."""
    if name in CODE_SYSTEMS or "://" in name:
        return CODE_SYSTEMS.get(name, name)
    mend = f"{perhaps(name, CODE_SYSTEMS)}Use {quoted(CODE_SYSTEMS)}, or the full address of the code system."
    table.wrong(f"{says} by '{name}', a code system nobody knows.", mend, key)
    return None
