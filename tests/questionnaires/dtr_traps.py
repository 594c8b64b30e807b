"""The traps of DTR: what implementers of the guides get wrong first, whose trap each is, and which test would notice."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conformance.ledger import ROOT

PAYER, APP = "payer", "app"
TRAPS = {
    1: (PAYER, "One answer of $questionnaire-package for every version of the guide"),
    2: (PAYER, "Parameters answered by $next-question, or only one of its two bodies taken"),
    3: (PAYER, "A 4xx for a form that is not known, or a 200 for a member or context that is not"),
    4: (PAYER, "Empty Parameters when nothing changed; changedsince held against the form alone"),
    5: (PAYER, "Libraries of libraries, FHIRHelpers or value sets missing from the package"),
    6: (PAYER, "A library with CQL or ELM alone, or with two names"),
    7: (PAYER, "Canonicals without version"),
    8: (PAYER, "The payer's own addresses or ids in the draft"),
    9: (PAYER, "The coverage in the wrong extension; the purpose in the wrong code system, or missing"),
    10: (PAYER, "An origin of the wrong generation, with an author it must not have, or on the item"),
    11: (APP, "Filling in again what the clinician cleared or overrode"),
    12: (PAYER, "A standard form handed out completed"),
    13: (PAYER, "Invalid answers let pass, disabled items checked, or their answers kept"),
    14: (PAYER, "A contained form that the client may change, or that loses items"),
    15: (PAYER, "questionnaireAdaptive of the wrong type, or leading out of the payer's base"),
    16: (APP, "The key of the backend, or the payer's token, in the browser"),
    17: (APP, "fhirContext read in one of its shapes only"),
    18: (PAYER, "enableWhen: exists, no answer, several answers, codings without system, what lies below a disabled group"),
    19: (PAYER, "Names of CQL definitions read in one of their spellings only"),
    20: (PAYER, "Reports of errors kept with a patient's data in them"),
    21: (PAYER, "The whole chart asked for instead of what the form needs"),
    22: (APP, "Saving: a second response made, in-progress never saved, expired forms gone on with"),
    23: (PAYER, "Hidden or read-only questions filled from the EHR; extensions nobody must support made necessary"),
    24: (PAYER, "$expand that knows no filter, no version, no POST, or lists what is inactive"),
    25: (PAYER, "What packages and interviews bring kept or logged"),
    26: (PAYER, "Markup of a form handed on as it is"),
    27: (PAYER, "Optional data that is missing, drafts and expired coverages taken for errors"),
}


def proofs(folder: Path = ROOT / "tests") -> dict[int, list[str]]:
    """The tests that bear each trap's number, as ``path::name``."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "mark.dtr_trap(" in source else ():
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.dtr_trap":
                    for given in decorator.args:
                        found.setdefault(ast.literal_eval(given), []).append(f"{path.relative_to(folder.parent).as_posix()}::{node.name}")  # type: ignore[attr-defined]
    return found
