"""How the two opinions are compared: what counts, what is explained, and what an explanation is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.agreement import Explained, Result, SetAside, Table, compare
from tests.oracle.hapi import Answer, Case, Said

LINK = Said("error", "Bundle.entry[0].resource.text.div", "Link", "Hyperlink '#a' does not resolve")
MISSING = Said("error", "Claim.item[0]", "Minimum", "productOrService is missing")
HINT = Said("warning", "Claim", "Unknown", "cannot be checked")


def result(table: Table, **files: tuple[Said | None, bool]) -> Result:
    """Files by name (``a`` is ``2.2/a``): what HAPI says of each, and whether our validator finds an error."""
    cases = [Case(f"2.2/{name}", "{}") for name in files]
    answers = [Answer(f"2.2/{name}", (HINT, said) if said else (HINT,), 1.0) for name, (said, _) in files.items()]
    return compare(cases, answers, lambda case: ("Claim: ours",) if files[case.name.partition("/")[2]][1] else (), table)


def test_both_saying_error_or_both_saying_none_is_agreement() -> None:
    found = result(Table(), good=(None, False), bad=(MISSING, True))
    assert found.good and found.agreement == 1.0
    assert "2 files: 1 with errors by both, 1 without by both" in found.told()


def test_a_difference_without_a_reason_fails_and_names_the_file_and_what_was_found() -> None:
    found = result(Table(), missed=(MISSING, False), alarm=(None, True))
    assert not found.good
    assert "2.2/missed: only HAPI finds errors:\n    Claim.item[0]: productOrService is missing (Minimum)" in found.told()
    assert "2.2/alarm: only our validator finds errors:\n    Claim: ours" in found.told()


def test_a_reason_excuses_a_difference_but_does_not_make_it_an_agreement() -> None:
    table = Table(explained=(Explained("2.2/mis*", "hapi", "HAPI misfires"),))
    few = result(table, missed=(MISSING, False), good=(None, False))
    assert few.unexplained == () and few.agreement == 0.5 and not few.good
    many = result(table, missed=(MISSING, False), **{f"good{number}": (None, False) for number in range(99)})
    assert many.agreement == 0.99 and many.good


def test_a_reason_for_one_side_does_not_excuse_the_other() -> None:
    table = Table(explained=(Explained("2.2/alarm", "hapi", "HAPI misfires"),))
    assert [each.name for each in result(table, alarm=(None, True)).unexplained] == ["2.2/alarm"]


def test_a_reason_that_is_needed_no_more_must_be_taken_out() -> None:
    table = Table(explained=(Explained("2.2/missed", "hapi", "HAPI misfires"), Explained("2.0.1/other", "hapi", "of the guide not asked for")))
    found = result(table, missed=(MISSING, True))
    assert found.stale == ("2.2/missed",) and not found.good
    assert "'2.2/missed', on which both agree now or which is gone. Take the entry out." in found.told()


def test_what_is_set_aside_counts_only_by_its_id_its_words_and_its_place() -> None:
    aside = SetAside("no rule of R4", "Link", "^Hyperlink", r"\.text\.div$")
    assert aside.covers(LINK)
    elsewhere = [
        Said("error", *rest) for rest in (("Claim.text.div", "Other", LINK.message), ("Claim.text", "Link", LINK.message), (LINK.expression, "Link", "x"))
    ]
    assert not any(aside.covers(said) for said in elsewhere)
    assert result(Table((aside,)), linked=(LINK, False)).good


def test_the_table_is_readable_and_gives_a_reason_for_every_entry() -> None:
    table = Table.read()
    assert all(because.strip() for because in (*(each.because for each in table.set_aside), *(each.because for each in table.explained)))
    assert {each.error for each in table.explained} <= {"hapi", "ours"}


def test_a_word_the_table_does_not_know_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text('[[set_aside]]\nmessage_id = "x"\nreason = "y"\n')
    with pytest.raises(TypeError, match="reason"):
        Table.read(path)
