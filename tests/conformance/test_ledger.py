"""The ledger is complete, says nothing in the guides' own sentences, and calls proven only what a living test proves."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.__main__ import main
from tests.conformance.ledger import APP, NOT_BINDING, ROOT, STATUSES, STRENGTHS, Requirement, Row, binds_a_payer, read, requirements, requirements_folder
from tests.conformance.proofs import Proof, all_tests, functions_in, misplaced_marks, objections

LONGEST_STATEMENT = 25  # words
BORROWED = 8  # words in a row that would be the guide's sentence rather than ours

ROW = Row("pas", "2.2.1", "spec-34", "SHALL", "response", "Every answered item keeps its sequence.", "proven", ("tests/test_it.py::test_it",))

SOURCE = """
import pytest

@pytest.mark.requirement("a:1")
@pytest.mark.requirement("a:2", "a:3")
@pytest.mark.skip
def test_it():
    pass

@pytest.mark.requirement("a:4")
def not_a_test():
    pass
"""


@pytest.fixture(scope="module")
def published() -> tuple[Requirement, ...]:
    folder = requirements_folder()
    if not folder.is_dir():
        pytest.skip(f"the published requirement files are not at {folder}; set FHIR_PA_REQUIREMENTS to their folder")
    return requirements(folder)


def test_a_ledger_with_other_columns_is_refused_with_the_right_ones(tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text("guide,version,statement\n")
    with pytest.raises(ValueError, match="Write them as guide, version, id, strength"):
        read(file)


def test_every_statement_has_one_row() -> None:
    assert [key for key, times in Counter(row.key for row in read()).items() if times > 1] == []


def test_every_statement_that_binds_a_payer_is_in_the_ledger_and_no_other(published: tuple[Requirement, ...]) -> None:
    binding = {requirement.key for requirement in published if binds_a_payer(requirement)}
    ours = {row.key for row in read()}
    assert sorted(binding - ours) == [], "add a row for each"
    assert sorted(ours - binding) == [], "correct the id, or take the row out"


def test_every_exception_from_the_ledger_names_a_published_statement(published: tuple[Requirement, ...]) -> None:
    assert sorted(set(NOT_BINDING) - {requirement.key for requirement in published}) == []


def test_every_row_has_a_known_strength_and_status_a_topic_and_a_short_statement() -> None:
    def well_formed(row: Row) -> bool:
        length = len(row.statement.split())
        return row.strength in STRENGTHS and row.status in STATUSES and bool(row.topic) and 0 < length <= LONGEST_STATEMENT

    assert [row.key for row in read() if not well_formed(row)] == []


def test_what_cannot_apply_and_nothing_else_says_why() -> None:
    assert [row.key for row in read() if bool(row.why) != (row.status == "cannot apply")] == []


def test_only_what_is_proven_names_tests() -> None:
    assert [row.key for row in read() if row.proof and row.status != "proven"] == []


def test_what_is_called_proven_is_proven_by_tests_that_exist_and_bear_its_id() -> None:
    tests = all_tests()
    assert [objection for row in read() if row.status == "proven" for objection in objections(row, tests)] == []


def test_every_requirement_mark_names_a_row_of_a_ledger() -> None:
    known = {row.key for row in (*read(), *read(APP))}
    unknown = [f"{name} bears {key}, which no row has" for name, proof in all_tests().items() for key in sorted(proof.requirements - known)]
    assert unknown == []


def test_every_requirement_mark_stands_on_a_test_function() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert [f"{path.relative_to(ROOT)}:{line}" for path in files for line in misplaced_marks(path)] == []


def test_no_statement_borrows_a_sentence_of_the_guides(published: tuple[Requirement, ...]) -> None:
    theirs = {run for requirement in published for run in runs(requirement.text)}
    assert [f"{row.key}: {run}" for row in read() for run in runs(row.statement) if run in theirs] == []


def runs(text: str) -> list[str]:
    """Every run of BORROWED words in the text, without case, punctuation and link addresses."""
    words = re.findall(r"[a-z0-9$']+", re.sub(r"\]\([^)]*\)", "]", text).lower())
    return [" ".join(words[n : n + BORROWED]) for n in range(len(words) - BORROWED + 1)]


def test_a_borrowed_sentence_would_be_seen_through_case_and_markdown() -> None:
    published_text = "The **Bundle** SHALL start with a [ClaimResponse](StructureDefinition-profile.html) entry that contains it."
    assert set(runs("the bundle shall start with a ClaimResponse entry")) <= set(runs(published_text))


@pytest.mark.parametrize(
    ("tests", "mend"),
    [
        ({}, "which does not exist. Correct the name"),
        ({"tests/test_it.py::test_it": Proof(frozenset())}, 'Mark it @pytest.mark.requirement("pas-2.2.1:spec-34")'),
        ({"tests/test_it.py::test_it": Proof(frozenset({"pas-2.2.1:spec-34"}), switched_off=True)}, "Mend the test, or say 'not yet'"),
    ],
)
def test_a_false_claim_of_proof_is_objected_to(tests: dict[str, Proof], mend: str) -> None:
    (objection,) = objections(ROW, tests)
    assert mend in objection


def test_a_true_claim_of_proof_stands() -> None:
    assert objections(ROW, {"tests/test_it.py::test_it": Proof(frozenset({"pas-2.2.1:spec-34"}))}) == []


def test_marks_are_read_from_the_source_of_a_test(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(SOURCE)
    assert functions_in(file) == {"test_it": Proof(frozenset({"a:1", "a:2", "a:3"}), switched_off=True)}
    assert misplaced_marks(file) == [10]


@pytest.mark.parametrize(
    ("actor", "conformance", "text", "binds"),
    [
        ("server", "", "It SHALL NOT be done.", True),
        ("client+server", "MAY", "They SHALL NOT do this, but MAY do that.", True),
        ("any", "SHALL,SHOULD", "Done as it is written.", True),
        ("server", "SHOULD", "It SHOULD be done.", False),
        ("client", "SHALL", "Clients SHALL do it.", False),
    ],
)
def test_a_payer_is_bound_by_strong_words_not_said_to_clients_alone(actor: str, conformance: str, text: str, binds: bool) -> None:
    assert binds_a_payer(Requirement("crd", "2.2", "x-1", actor, conformance, text)) is binds


def test_the_listing_counts_each_guide_and_lists_what_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--not-yet", "--topic", "subscription"])
    printed = capsys.readouterr().out
    rows = [row for row in read() if row.topic == "subscription" and (row.guide, row.version) == ("pas", "2.2.1")]
    proven = sum(row.status == "proven" for row in rows)
    assert re.search(rf"^pas +2\.2\.1 +{proven}/{len(rows)} ", printed, re.MULTILINE)
    assert all((row.statement in printed) == (row.status == "not yet") for row in rows)


def test_the_listing_can_be_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--markdown"])
    assert capsys.readouterr().out.startswith("| guide | version | covered/total | not yet | cannot apply |\n| --- |")


def test_an_unknown_topic_is_answered_with_the_topics_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--topic", "sumbit"])
    assert "Topics are: actions, adaptive" in capsys.readouterr().err
