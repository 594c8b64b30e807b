"""The traps of a PAS server: what implementers of the guides get wrong first, and which test would notice each."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conformance.ledger import ROOT

TRAPS = {
    1: "$submit wrapped in Parameters, going in or coming out",
    2: "The answer to $inquire in the shape of the other version, or under another name than return",
    3: "Several ClaimResponses in one Bundle in 2.2, or one Bundle for each in 2.0",
    4: "No match answered with 404",
    5: "XML asked for, or answered, where JSON is what everybody speaks",
    6: "The operation called by the id of its definition, $inquiry, instead of by its code, $inquire",
    7: "The Bundle worked on as a transaction, its references or ids rewritten",
    8: "An answer without identifier in 2.2",
    9: "Echoed resources under new ids or addresses",
    10: "Relative references beside urn:uuid addresses, which lead nowhere",
    11: "A reference resolved by type and id alone where two servers gave the same id",
    12: "What the answer refers to, or what that refers to, left out of it",
    13: "One person repeated for each role",
    14: "An empty Bundle answered with 200, or with 500",
    15: "The prior Claim of an update taken for a second request, or for the request",
    16: "The code of the review action under a short name instead of its whole address",
    17: "The decision told by the category, the disposition or the outcome",
    18: "A pend told as queued in 2.2",
    19: "A modified item with asked and authorized the wrong way round, or denied beside an extra item",
    20: "The authorized detail that means what was asked in 2.2 and what was authorized in 2.0",
    21: "An added item that answers several items, or bears the number of an item that asked for something else",
    22: "Certified in part told of one item",
    23: "An answer in 2.2 that does not say which request it answers",
    24: "Notes without numbers",
    25: "Quantities in units of another system, or without any",
    26: "Elements and types of one version written in the other",
    27: "Dates of a year or a month taken, or a discharge over several days in 2.2",
    28: "An authorization number on what was denied or is pended",
    29: "Money and quantities read as floats",
    30: "A certification that does not say who may do it",
    31: "A CPT code that comes back under HCPCS taken for another",
    32: "A rule of the business, or something optional that is missing, told as 4xx",
    33: "An OperationOutcome with a 5xx; 4xx without one; 401 without a word on how to come in",
    34: "Several OperationOutcomes, or one beside a ClaimResponse, on failure",
    35: "Unknown extensions and elements refused",
    36: "A request known by identifiers that senders use again and again",
    37: "A request sent again because its answer was lost, opened a second time",
    38: "Only one of the ways to name the prior request understood",
    39: "The prior of the prior demanded, or followed",
    40: "The sender's flags believed, or nothing but them",
    41: "Cancelled items left out, or what did not change decided anew",
    42: "A request cancelled by its status; a cancellation that must, or must not, list items",
    43: "An update after a denial taken, or refused with 4xx",
    44: "An old number that leads to the old answer",
    45: "A decision or a cancellation overwritten by what was done at the same moment; a notice of what is not so any more",
    46: "The inquiry's own number as a key in 2.2, numbers given out ignored, diagnoses all required, not-applicable taken for a code",
    47: "An inquirer trusted without the member's number and an NPI of the case, or required to be who submitted",
    48: "What is sensitive given away by a count, or withheld without a number to call",
    49: "Pended cases gone before six months after the service",
    50: "Requests for information in the answer to an inquiry",
    51: "A subscription active before its handshake",
    52: "A handshake sent once and never again, or a subscription brought back by the server",
    53: "Notifications of another type than history, without what history needs, or without status",
    54: "Event numbers as numbers, or counted for all subscriptions together",
    55: "The filter known in one spelling only",
    56: "Headers, end, heartbeat or timeout of the channel passed over",
    57: "A focus that is the wrong thing for what was agreed",
    58: "A partial change not told; a notice told twice under two numbers after a crash",
    59: "A subscription to somebody else's authorizations",
    60: "A notice posted into our own network, or wherever a redirect leads",
    61: "Codes and forms asked for by one Task, its parties by reference, or without the address to send to",
    62: "$submit-attachment below a type, with line items as numbers, or demanding a day of service",
    63: "Documents asked for without a number to send them under, or found under another",
    64: "Documents that are all there, and neither weighed nor told",
    65: "Extensions refused where the guide uses them against its own definition",
    66: "A rule that can never fire, mended and enforced",
    67: "A member who is the subscriber by the plain code refused",
    68: "A new request refused because the profile of the Bundle speaks of updates",
    69: "Codes of X12, which nobody may download, held against what is at hand",
    70: "Resources of one edition of US Core refused in another",
}


def proofs(folder: Path = ROOT / "tests") -> dict[int, list[str]]:
    """The tests that bear each trap's number, as ``path::name``."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "mark.pas_trap(" in source else ():
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.pas_trap":
                    for given in decorator.args:
                        found.setdefault(int(ast.literal_eval(given)), []).append(f"{path.relative_to(folder.parent).as_posix()}::{node.name}")
    return found
