"""What an edition says of network, shares, limits and billing codes: read as written, and every mistake told with its mending."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import fhir_pa
from ig_profiles.names import CPT, SNOMED
from ig_profiles.reading import Coding
from questionnaires.authoring.wording import read_policy
from questionnaires.benefits import Ahead, Benefits, BilledAs, Limit, Share
from questionnaires.library import open_shelf
from questionnaires.policy import Edition

PAGE = (Path(fhir_pa.__file__).parent / "docs" / "add-a-policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```\n(# .*?)^```", PAGE, re.DOTALL | re.MULTILINE)
HEAD = 'topic = "therapy"\ntitle = "Therapy"\nowner = "o"\nsource = "s"\n[[edition]]\n'
EDITION = """version = "2026.1"
in_force_from = 2026-01-01
signed_by = "Ada Quill, MD, 2025-12-01"
because = "b"
"""
USUAL = 'authorization = "needed"\ndocumentation = ["clinical"]\nservices = { SNOMED = ["91251008"] }\n'


def read(more: str, usual: str = USUAL) -> tuple[Edition, list[str]]:
    more = re.sub(r"^\[\[billed_as", "[[edition.billed_as", more, flags=re.MULTILINE)
    (wording,), mistakes = read_policy(tomllib.loads(HEAD + EDITION + usual + more), "therapy/policy.toml")
    return wording.edition, [f"{mistake.key}: {mistake.what} {mistake.mend}" for mistake in mistakes]


def test_the_page_shows_every_key() -> None:
    shown = {key for example in EXAMPLES for key in tomllib.loads(example)}
    assert shown == {
        "authorization_outside_network_only",
        "share",
        "limit",
        "ahead",
        "authorization_asked_by",
        "documentation_for",
        "awaits",
        "depends_on",
        "billed_as",
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_on_the_page_can_be_read(example: str) -> None:
    edition, mistakes = read(example)
    assert mistakes == [] and edition.benefits != Benefits()


def test_what_is_written_is_what_is_read() -> None:
    edition, _ = read("".join(EXAMPLES))
    benefits = edition.benefits
    assert (benefits.share, benefits.limit) == (Share(Decimal(10), Decimal(40)), Limit(Decimal(20), "visits"))
    assert (benefits.ahead, benefits.awaits, benefits.depends_on) == (Ahead(7, 14, True, 28, 90), ("place", "time"), ("knee_replacement",))
    assert (benefits.outside_network_only, benefits.asked_by, benefits.documented_for) == (True, "performer", "chart")
    first = BilledAs((Coding(CPT, "97161"),), authorization="not needed", because="The first visit never needs an authorization.")
    assert benefits.billed_as[0] == first and benefits.billed_as[1].limit == Limit(Decimal(1), "visits") and not benefits.billed_as[1].covered


def test_an_edition_speaks_about_the_codes_its_services_may_be_billed_by() -> None:
    edition, _ = read(EXAMPLES[-1])
    assert edition.services == (Coding(SNOMED, "91251008"), Coding(CPT, "97161"), Coding(CPT, "97039"))


def test_a_limit_in_days_is_read() -> None:
    edition, mistakes = read('limit = { quantity = 2.5, unit = "hours", per = 90 }\n')
    assert edition.benefits.limit == Limit(Decimal("2.5"), "hours", 90) and mistakes == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("share = { in_network = 110, out_of_network = 0 }", "has a share of 110 percent. Give what the member pays of a price, from 0 to 100."),
        ("share = { in_network = 10 }", "has no 'out_of_network'. Add the line: out_of_network = …"),
        ("share = { in_network = 10, out_of_network = 40, tier_2 = 20 }", "has a key 'tier_2' that means nothing."),
        ('limit = { quantity = 0, unit = "visits" }', "allows 0 visits. Give more than nothing; a service nobody gets is covered = false."),
        ('limit = { quantity = 1, unit = "visits", per = "month" }', "counts per 'month'. Write per = \"calendar-year\", or a number of days."),
        ('limit = { quantity = 1, unit = "visits", per = 0 }', "counts per 0."),
        ("ahead = { retro_window_days = 0 }", "has retro_window_days = 0. Count days from one on, or leave it out."),
        ('awaits = ["weather"]', "has 'weather' in awaits. Choose from 'performer', 'place', 'time'."),
        ('authorization_asked_by = "patient"', "has authorization_asked_by = 'patient'."),
        ('documentation_for = "fun"', "has documentation_for = 'fun'."),
        ('depends_on = ["therapy"]', "depends on itself. Name the topic of the service it follows."),
        ('[[billed_as]]\nauthorization = "not needed"', 'names no billing code. Name those it is for: services = { CPT = ["97110"] }.'),
        ('[[billed_as]]\nservices = { CPT = ["97110"] }\ncovered = false', "is not covered, and does not say why. Add because = …"),
        ('[[billed_as]]\nservices = { CPT = ["1"] }\n' * 2, "names '1', which another one names too. Give each code one outcome."),
    ],
)
def test_a_mistake_is_told_with_its_mending(written: str, told: str) -> None:
    _, mistakes = read(written + "\n")
    assert any(told in mistake for mistake in mistakes), mistakes


@pytest.mark.parametrize(
    ("usual", "written", "told"),
    [
        ('authorization = "not needed"', "authorization_outside_network_only = true", 'Write authorization = "needed".'),
        ('authorization = "not needed"', 'authorization_asked_by = "performer"', "Take authorization_asked_by out."),
        ('authorization = "not needed"\ndocumentation = ["admin"]', 'documentation_for = "authorization"', 'Write documentation_for = "claim"'),
        ('authorization = "needed"', 'documentation_for = "order"', 'Say who answers: documentation = ["clinical"].'),
        ('authorization = "needed"\ncovered = false', "share = { in_network = 10, out_of_network = 40 }", "Take shares, limits, network and"),
        ('authorization = "needed"', '[[billed_as]]\nservices = { CPT = ["97110"] }', "Name in [edition.services] what is ordered."),
    ],
)
def test_what_is_right_alone_but_not_together_is_told(usual: str, written: str, told: str) -> None:
    _, mistakes = read(written + "\n", usual + "\n")
    assert any(told in mistake for mistake in mistakes), mistakes


def test_the_built_in_shelf_tells_what_lies_ahead_where_its_text_says_so() -> None:
    ahead = {edition.topic: edition.benefits.ahead for edition in open_shelf().editions() if edition.benefits.ahead != Ahead()}
    assert ahead["residential_sud"].concurrent_review_every_days == 7 and ahead["emergency_inpatient"] == Ahead(1, 2, goal_days=5)
    assert ahead["lumbar_mri"].appropriate_use
