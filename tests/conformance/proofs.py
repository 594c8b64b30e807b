"""Which tests bear which requirement ids, read from their source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.conformance.ledger import ROOT, Row


@dataclass(frozen=True)
class Proof:
    """A test function: the requirement ids it bears, and whether it is switched off for good (skip or xfail)."""

    requirements: frozenset[str]
    switched_off: bool = False


def _marks(decorators: list[ast.expr]) -> Iterator[tuple[str, list[str]]]:
    """Each `pytest.mark.<name>` among the decorators, with the texts it was given."""
    for decorator in decorators:
        call = decorator if isinstance(decorator, ast.Call) else None
        mark = call.func if call else decorator
        if isinstance(mark, ast.Attribute) and ast.unparse(mark.value) == "pytest.mark":
            yield mark.attr, [given.value for given in (call.args if call else []) if isinstance(given, ast.Constant) and isinstance(given.value, str)]


@cache
def functions_in(path: Path) -> dict[str, Proof]:
    """The test functions of one file by name."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            marks = list(_marks(node.decorator_list))
            ids = frozenset(text for name, texts in marks if name == "requirement" for text in texts)
            found[node.name] = Proof(ids, any(name in ("skip", "xfail") for name, _ in marks))
    return found


def all_tests(root: Path = ROOT) -> dict[str, Proof]:
    """Every test function under tests/, by the name the ledger uses: `tests/path.py::test_name`."""
    return {
        f"{path.relative_to(root).as_posix()}::{name}": proof
        for path in sorted((root / "tests").rglob("test_*.py"))
        for name, proof in functions_in(path).items()
    }


def misplaced_marks(path: Path) -> list[int]:
    """Lines on which a requirement mark stands elsewhere than on a test function, where no proof can be read from it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    in_place = {
        id(decorator)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for decorator in node.decorator_list
    }
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sorted(call.lineno for call in calls if ast.unparse(call.func) == "pytest.mark.requirement" and id(call) not in in_place)


def objections(row: Row, tests: dict[str, Proof]) -> list[str]:
    """What keeps the row from being proven by the tests it names, one sentence for each thing to mend; none when it is proven."""
    if not row.proof:
        return [f"{row.key} is called proven and names no test. Name one as tests/path.py::test_name, or say 'not yet'."]
    found = []
    for name in row.proof:
        if name not in tests:
            found.append(f"{row.key} is called proven by {name}, which does not exist. Correct the name, or say 'not yet'.")
        elif row.key not in tests[name].requirements:
            found.append(f'{name} does not bear the id it proves. Mark it @pytest.mark.requirement("{row.key}").')
        elif tests[name].switched_off:
            found.append(f"{name} is skipped or expected to fail, so {row.key} is not proven. Mend the test, or say 'not yet'.")
    return found
