"""The rules a repetition of coverage information must keep, in any version of the guide (crd.md §1.7.1)."""

from ig_profiles.reading import without_empty
from tests.cds_hooks.builders import all_told, told

CARDINALITIES = {
    "2.0": {"doc-needed": 1, "expiry-date": 0},
    "2.1": {},
    "2.2": {},
}
CODES = {
    "2.0": {
        "covered": {"covered", "not-covered", "conditional"},
        "pa-needed": {"no-auth", "auth-needed", "satisfied", "performpa", "conditional"},
        "doc-needed": {"clinical", "admin", "both", "conditional"},
        "info-needed": {"performer", "location", "timeframe", "contract-window", "OTH"},
    },
    "2.1": {
        "covered": {"covered", "not-covered", "conditional"},
        "pa-needed": {"no-auth", "auth-needed", "satisfied", "performpa", "conditional"},
        "doc-needed": {"clinical", "admin", "patient", "conditional"},
        "info-needed": {"performer", "location", "timeframe", "contract-window", "OTH"},
    },
    "2.2": {
        "covered": {"covered", "not-covered", "conditional", "indeterminate"},
        "pa-needed": {"no-auth", "auth-needed", "satisfied", "performpa", "conditional", "indeterminate"},
        "doc-needed": {"clinical", "admin", "patient", "conditional", "indeterminate"},
        "info-needed": {"performer", "location", "timeframe", "contract-window", "detail-code", "OTH"},
    },
}
PURPOSES = {"withpa", "withclaim", "withorder", "retain-doc", "OTH"}
SINGLE = ("coverage", "covered", "pa-needed", "date", "coverage-assertion-id", "satisfied-pa-id", "expiry-date")


def broken_rules(written, dialect):
    """The names of the invariants, in the guides' words (crd.md §1.7.1), that this repetition breaks in any version."""

    def has(name):
        return bool(all_told(written, name))

    states = {value for name in ("covered", "pa-needed", "doc-needed") for value in all_told(written, name)}
    reasons = all_told(written, "reason")
    rules = {
        "q1": not has("questionnaire") or has("doc-needed"),
        "q2": has("pa-needed") != (told(written, "covered") == "not-covered"),
        "q3": has("info-needed") == ("conditional" in states),
        "q4": told(written, "pa-needed") not in ("satisfied", "no-auth") or "withpa" not in all_told(written, "doc-purpose"),
        "q5": has("satisfied-pa-id") == (told(written, "pa-needed") == "satisfied"),
        "q6": "OTH" not in all_told(written, "info-needed") or bool(reasons),
        "q7": all(reason.get("text", "").strip() for reason in reasons),
        "q8": not has("doc-purpose") or bool(reasons),
        "q9": "indeterminate" not in states or bool(reasons),
        "single": all(len(all_told(written, name)) <= 1 for name in SINGLE),
        "required": all(has(name) for name in ("coverage", "covered", "date", "coverage-assertion-id")),
        "cardinality": all(len(all_told(written, name)) <= most for name, most in CARDINALITIES[dialect].items()),
        "codes": all(set(all_told(written, name)) <= known for name, known in CODES[dialect].items()),
        "purposes": set(all_told(written, "doc-purpose")) <= PURPOSES,
        "nothing empty": without_empty(written) == written,
        "repeated codes": all(len(set(all_told(written, name))) == len(all_told(written, name)) for name in ("doc-needed", "info-needed", "doc-purpose")),
    }
    return {name for name, kept in rules.items() if not kept}
