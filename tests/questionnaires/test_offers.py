"""Alternatives and companions in policy.toml: what is offered, when it is taken back, and what their author is told."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import fhir_pa
from ig_profiles.names import CPT, HCPCS
from ig_profiles.reading import Coding
from questionnaires.authoring.offers import read_alternatives, read_companions
from questionnaires.authoring.table import Table
from questionnaires.library import open_shelf
from questionnaires.offers import Alternative, due

PAGE = (Path(fhir_pa.__file__).parent / "docs" / "add-a-policy.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
EXAMPLES = [text for _, text in FENCED if ".alternatives" in text or ".companions" in text]
BED = (Coding(HCPCS, "E0260"),)
GOOD = """
[[alternatives]]
offer = { HCPCS = "E0255", display = "A plainer bed" }
because = "It serves."
required = true
[[companions]]
offer = { CPT = "97161", display = "Evaluation" }
because = "It helps."
order = "ServiceRequest"
"""


def read(text):
    mistakes = []
    table = Table({}, "hospital_bed/policy.toml", "edition 2026.1", mistakes)
    rows = tomllib.loads(text)
    read_both = (reader(table, rows.get(key), BED, ["positioning"]) for key, reader in (("alternatives", read_alternatives), ("companions", read_companions)))
    return *read_both, [str(mistake) for mistake in mistakes]


def test_what_is_written_is_read():
    (alternative,), (companion,), mistakes = read(GOOD)
    assert mistakes == []
    assert (alternative.coding, alternative.required, alternative.order) == (Coding(HCPCS, "E0255", "A plainer bed"), True, None)
    assert (companion.coding, companion.order) == (Coding(CPT, "97161", "Evaluation"), "ServiceRequest")
    assert (companion.within_days, companion.words) == (None, "Evaluation")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_on_the_page_can_be_read(example):
    alternatives, companions, mistakes = read(example.replace("edition.", ""))
    assert len(alternatives) + len(companions) == 1 and mistakes == []


def test_the_page_has_an_example_of_each_and_tells_every_key():
    assert PAGE.count("[[edition.alternatives]]") == PAGE.count("[[edition.companions]]") == 1
    for key in ("offer", "because", "required", "services", "unless", "saves", "order", "within_days"):
        assert re.search(rf"^{key} = ", PAGE, re.MULTILINE), key


@pytest.mark.parametrize(
    ("was", "now", "what", "mend"),
    [
        ('HCPCS = "E0255", ', "", "names 0 codes", "Name one code by its system"),
        ('HCPCS = "E0255"', 'HPCS = "E0255"', "names its code by 'HPCS'", "Did you mean 'HCPCS'?"),
        (', display = "A plainer bed"', "", "has no 'display'", "Add the line: display"),
        ("required = true", "", "does not say whether it comes first", "required = false when either will do"),
        ("required = true", 'required = "yes"', "has required = 'yes', which is not true or false", "Write true or false"),
        ('because = "It serves."', "", "has no 'because'", "Give the payer's reason"),
        ("required = true", 'required = true\nservices = ["E0265"]', "goes with service E0265, but the edition speaks only about 'E0260'", "Add the code"),
        ("required = true", 'required = true\nunless = ["position"]', "is taken back by 'position', which is no criterion", "Did you mean 'positioning'?"),
        ("required = true", 'required = true\norder = "Task"', "has order = 'Task'", "Choose one of 'CommunicationRequest'"),
        ("required = true", "required = true\ncolour = 1", "has a key 'colour' that means nothing", "The keys here are"),
        ('"E0255", display = "A plainer bed" }', '"E0260", display = "A bed" }\nservices = ["E0260"]', "offers E0260 for E0260", "Offer another code"),
        ('order = "ServiceRequest"', "", "has no 'order'", "Add the line: order"),
        ('order = "ServiceRequest"', 'order = "ServiceRequest"\nwithin_days = 0', "has within_days = 0", "Give at least one day"),
        ('offer = { CPT = "97161", display = "Evaluation" }', "", "has no 'offer'", "Add the line: offer"),
    ],
)
def test_every_mistake_says_how_to_mend_it(was, now, what, mend):
    assert GOOD.count(was) == 1
    *_, mistakes = read(GOOD.replace(was, now))
    assert any(what in mistake and mend in mistake for mistake in mistakes), mistakes


def test_an_offer_is_due_for_its_services_until_a_criterion_takes_it_back():
    offer = Alternative(Coding(HCPCS, "E0255"), "It serves.", ("E0260",), ("positioning",))
    assert due([offer], BED, ()) == (offer,)
    assert due([offer], BED, {"positioning"}) == due([offer], (Coding(HCPCS, "E0271"),), ()) == ()
    assert due([offer], (*BED, Coding("urn:oid:2.16.840.1.113883.6.285", "E0255")), ()) == (), "what is ordered is not offered"


def test_the_built_in_policies_offer_only_what_a_criterion_of_theirs_speaks_for():
    offering = [(edition, offer) for edition in open_shelf().editions() for offer in (*edition.alternatives, *edition.companions)]
    topics = {edition.topic for edition, _ in offering}
    assert topics >= {"lumbar_mri", "adalimumab", "infliximab", "home_oxygen", "long_acting_opioid", "power_wheelchair", "cpap", "knee_replacement"}
    for edition, offer in offering:
        assert offer.unless, f"{edition.topic} offers {offer.words} whatever the record says"
