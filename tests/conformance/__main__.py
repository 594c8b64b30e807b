"""`python -m tests.conformance`: print how much of what the guides demand is proven, of a payer or of the app, and write the copy that is shipped."""

import argparse
from collections import Counter
from collections.abc import Sequence

from tests.conformance import shipped
from tests.conformance.ledger import APP, ROOT, Row, read, totals
from tests.conformance.proofs import all_tests

Line = tuple[str, ...]
HEAD: Line = ("guide", "version", "covered/total", "not yet", "cannot apply")
OPEN_HEAD: Line = ("id", "topic", "statement")


def coverage(rows: Sequence[Row]) -> list[Line]:
    """One line per guide and version, and one for all. The total counts what can apply: proven and not yet."""

    def line(guide: str, version: str, count: Counter[str]) -> Line:
        return guide, version, f"{count['proven']}/{count['proven'] + count['not yet']}", str(count["not yet"]), str(count["cannot apply"])

    lines = [line(guide, version, count) for (guide, version), count in totals(rows).items()]
    return [*lines, line("all", "", Counter(row.status for row in rows))]


def as_columns(head: Line, lines: Sequence[Line]) -> str:
    """The lines under their head, each column as wide as its widest word."""
    widths = [max(len(line[n]) for line in (head, *lines)) for n in range(len(head))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in (head, *lines))


def as_markdown(head: Line, lines: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ("---",) * len(head), *lines))


def claimable(rows: Sequence[Row]) -> list[str]:
    """Ids that are 'not yet' although some test bears them: either the row is out of date or the test proves only a part."""
    borne = {key for proof in all_tests().values() for key in proof.requirements}
    return [row.key for row in rows if row.status == "not yet" and row.key in borne]


def main(words: Sequence[str] | None = None) -> None:
    """Print the totals, and on request the statements not yet proven; an unknown topic ends with the list of topics and status 2."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--not-yet", action="store_true", help="list the statements that no test proves yet")
    parser.add_argument("--topic", help="count and list this topic alone, such as submit or coverage-info")
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    parser.add_argument("--app", action="store_true", help="count what binds the clinician's app instead of the payer")
    asked = parser.parse_args(words)

    rows = read(APP) if asked.app else read()
    if not asked.app and shipped.write(rows):
        print(f"{shipped.COPY.relative_to(ROOT)} was out of date and is written anew: commit it with the ledger.\n")
    topics = sorted({row.topic for row in rows})
    if asked.topic and asked.topic not in topics:
        parser.error(f"no statement has the topic {asked.topic!r}. Topics are: {', '.join(topics)}.")
    rows = tuple(row for row in rows if asked.topic in (None, row.topic))

    write = as_markdown if asked.markdown else as_columns
    print(write(HEAD, coverage(rows)))
    if waiting := claimable(rows):
        print(f"\nNot yet proven, though a test bears the id: {', '.join(waiting)}")
    if asked.not_yet:
        print("\n" + write(OPEN_HEAD, [(row.key, row.topic, row.statement) for row in rows if row.status == "not yet"]))


if __name__ == "__main__":
    main()
