"""The house holds: floors lean only downward, pure rooms stay pure, each framework has its door, files stay readable.

Imports are read from the source as text; nothing of the house is run.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("ig_profiles", "questionnaires", "cds_hooks", "fhir_pa")
FILES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "node_modules" not in path.parts)

PURE = (
    "ig_profiles/fhirpath/",
    "ig_profiles/outcome.py",
    "ig_profiles/reading.py",
    "ig_profiles/names.py",
    "ig_profiles/terminology.py",
    "ig_profiles/validation/",
    "ig_profiles/validator.py",
    "questionnaires/benefits.py",
    "questionnaires/code_map.py",
    "questionnaires/policy.py",
    "questionnaires/comparisons.py",
    "questionnaires/enabled.py",
    "questionnaires/criteria.py",
    "questionnaires/answers.py",
    "questionnaires/offers.py",
    "questionnaires/path_to_yes.py",
    "fhir_pa/um/",
    "fhir_pa/synthetic/",
    "fhir_pa/pas/",
    "fhir_pa/words/languages.py",
    "fhir_pa/words/said.py",
    "cds_hooks/allowance.py",
    "cds_hooks/authorized.py",
    "cds_hooks/benefit.py",
    "cds_hooks/billed_as.py",
    "cds_hooks/circle.py",
    "cds_hooks/coverage_information.py",
    "cds_hooks/decide.py",
    "cds_hooks/granting.py",
    "cds_hooks/measures.py",
    "cds_hooks/new_order.py",
    "cds_hooks/nearness.py",
    "cds_hooks/network.py",
    "cds_hooks/on_file.py",
    "cds_hooks/quiet.py",
    "cds_hooks/settled.py",
    "cds_hooks/rewriting.py",
    "cds_hooks/turnaround.py",
    "cds_hooks/waiting.py",
)
IMPURE = {"flask", "requests", "sqlalchemy", "dbos", "granian", "os", "time", "socket", "subprocess", "threading", "pathlib", "random", "uuid", "logging"}

DOORS = {
    "flask": ("fhir_pa/web/", "fhir_pa/provider/"),
    "granian": ("fhir_pa/web/", "fhir_pa/provider/"),
    "requests": ("fhir_pa/outbound/", "fhir_pa/provider/"),
    "sqlalchemy": ("fhir_pa/storage/",),
    "alembic": ("fhir_pa/storage/",),
    "dbos": ("fhir_pa/work/", "fhir_pa/storage/"),
    "lxml": ("ig_profiles/xml/", "fhir_pa/documents/"),
    "pypdf": ("fhir_pa/documents/pdf_child.py",),
    "weasyprint": ("fhir_pa/letters/",),
    "babel": ("fhir_pa/words/", "questionnaires/translations.py"),
    "py_mini_racer": ("questionnaires/",),
    "fhir": ("fhir_pa/provider/",),
}

REFUSED = {"utils", "common", "helpers", "managers", "models"}
CEILING = 300


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the file's syntax, read once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Every module this file imports, with the line."""
    whole = ((name.name, node.lineno) for node in nodes(path) if isinstance(node, ast.Import) for name in node.names)
    parts = ((node.module, node.lineno) for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.module)
    return (*whole, *parts)


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def ids(path: Path) -> str:
    return place(path)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_each_floor_leans_only_on_the_floors_beneath(path):
    height = FLOORS.index(place(path).split("/")[0])
    above = {floor: height_ for height_, floor in enumerate(FLOORS) if height_ > height}
    for module, line in imports(path):
        top = module.split(".")[0]
        assert top not in above, f"{place(path)}:{line} imports {module} from a floor above. Hand the thing in as an argument, or move this code up."
        assert top != "tests", f"{place(path)}:{line} imports {module}. Product code never leans on tests."


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith(PURE)], ids=ids)
def test_pure_rooms_know_no_clock_disk_or_framework(path):
    for module, line in imports(path):
        assert module.split(".")[0] not in IMPURE, f"{place(path)}:{line} imports {module}. A pure room decides; take what it needs as an argument."
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"} and isinstance(node.value, ast.Name):
            assert node.value.id not in {"datetime", "date"}, f"{place(path)}:{node.lineno} reads the clock. Take the moment as an argument ('at', 'on')."


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_each_framework_comes_in_by_its_door(path):
    for module, line in imports(path):
        doors = DOORS.get(module.split(".")[0])
        if doors:
            assert place(path).startswith(doors), f"{place(path)}:{line} imports {module}, which belongs in {' or '.join(doors)}. Call that room instead."


# What both ends do alike because FHIR and CQL say so, not because a payer does: run a library's facts, tell which questions are asked.
SHARED = ("questionnaires.cql", "questionnaires.enabled")


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith("fhir_pa/provider/")], ids=ids)
def test_the_provider_side_knows_no_payer_room(path):
    for module, line in imports(path):
        allowed = not module.startswith(("fhir_pa.", "cds_hooks", "questionnaires")) or module.startswith(("fhir_pa.provider", *SHARED))
        assert allowed, f"{place(path)}:{line} imports {module}. The provider talks HTTP to a payer; only {' and '.join(SHARED)} are shared."


@pytest.mark.parametrize("path", [path for path in FILES if not place(path).startswith("fhir_pa/provider/")], ids=ids)
def test_no_payer_room_leans_on_the_provider_side(path):
    for module, line in imports(path):
        if module.startswith("fhir_pa.provider"):
            assert place(path) == "fhir_pa/cli.py", f"{place(path)}:{line} imports {module}. Only the command line may start the demo."


# Inside fhir_pa, from the ground up; a room leans on those before it.
ROOMS = ("um", "synthetic", "words", "letters", "documents", "pas", "storage", "work", "operations", "web", "commands")


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith(tuple(f"fhir_pa/{room}/" for room in ROOMS))], ids=ids)
def test_rooms_of_the_payer_lean_downward(path):
    room = place(path).split("/")[1]
    above = {f"fhir_pa.{name}" for name in ROOMS[ROOMS.index(room) + 1 :]}
    for module, line in imports(path):
        leaning = next((name for name in above if module == name or module.startswith(name + ".")), None)
        assert leaning is None, f"{place(path)}:{line} imports {module} from a room above. Move what both need into the lower room."


# Inside the heart, from the ground up.
HEART = ("clocks", "deciding", "case", "reviewing", "proving", "telling", "on_file", "stays", "measures")


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith("fhir_pa/um/")], ids=ids)
def test_rooms_of_the_heart_lean_on_those_before_them(path):
    room = place(path).split("/")[2]
    above = HEART[HEART.index(room) + 1 :] if "." not in room else HEART
    for module, line in imports(path):
        leaning = next((name for name in above if module.startswith(f"fhir_pa.um.{name}")), None)
        assert leaning is None, f"{place(path)}:{line} imports {module} from a room above. Move what both need into the lower room."


# Inside the operations, from the ground up: what several ways of asking share stands first.
OPERATIONS = ("weighing", "hooks", "forms", "requests", "notices", "desk", "reports", "practice", "member", "managing", "policies", "operator", "proofs")


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith("fhir_pa/operations/")], ids=ids)
def test_operations_lean_on_those_before_them(path):
    room = place(path).split("/")[2]
    above = OPERATIONS[OPERATIONS.index(room) + 1 :] if "." not in room else OPERATIONS
    for module, line in imports(path):
        leaning = next((name for name in above if module.startswith(f"fhir_pa.operations.{name}")), None)
        assert leaning is None, f"{place(path)}:{line} imports {module} from a room above. Move what both need into the lower room."


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_each_file_says_its_reason_and_stays_under_the_ceiling(path):
    text = path.read_text("utf-8")
    assert place(path).rsplit("/", 1)[-1].removesuffix(".py") not in REFUSED, f"{place(path)}: name the thing it does."
    assert not set(path.relative_to(ROOT).parts) & REFUSED, f"{place(path)} stands in a refused room. Name the room for what it does."
    if text.strip():
        module = next(each for each in nodes(path) if isinstance(each, ast.Module))
        assert ast.get_docstring(module), f"{place(path)} does not say its reason. Begin it with one sentence in a docstring."
    lines = text.count("\n")
    assert lines <= CEILING, f"{place(path)} has {lines} lines, past {CEILING}. Look for the second reason inside and give it a file."


SCRIPTS = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.js") if not {"node_modules", "dist"} & set(path.parts))


@pytest.mark.parametrize("path", SCRIPTS, ids=ids)
def test_each_script_says_its_reason_and_stays_under_the_ceiling(path):
    text = path.read_text("utf-8")
    assert text.startswith("// "), f"{place(path)} does not say its reason. Begin it with one sentence in a comment."
    assert text.count("\n") <= CEILING, f"{place(path)} has {text.count(chr(10))} lines, past {CEILING}. Look for the second reason inside."


def modules_of(path: Path) -> list[Path]:
    """The scripts a script imports, or exports again, by a relative name."""
    named = re.findall(r'''^(?:import|export)\b(?:[^;"']*\bfrom)?\s*["'](\.{1,2}/[^"']+)["']''', path.read_text("utf-8"), re.MULTILINE)
    return [(path.parent / name).resolve() for name in named]


def test_scripts_import_each_other_in_no_circle():
    leaning = {path.resolve(): modules_of(path) for path in SCRIPTS}
    assert any(leaning.values()), "no import was read from any script"
    settled: set[Path] = set()

    def follow(path: Path, way: tuple[Path, ...]) -> None:
        if path in way:
            circle = " -> ".join(each.name for each in (*way[way.index(path) :], path))
            raise AssertionError(f"{circle} is a circle of imports. Hand the function in, or move what both need into a third file.")
        for module in leaning.get(path, ()) if path not in settled else ():
            follow(module, (*way, path))
        settled.add(path)

    for path in leaning:
        follow(path, ())


def test_top_level_folders_are_the_ones_the_house_names():
    allowed = {"fhir_pa", "cds_hooks", "questionnaires", "ig_profiles", "tests", "docker"}
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    there = {path.name for path in folders if (path / "__init__.py").exists()}
    assert there <= allowed, f"{there - allowed} is no floor of this house."


def test_x12_decision_codes_stand_in_one_file():
    for path in FILES:
        if place(path) == "fhir_pa/pas/codes.py" or place(path).startswith("fhir_pa/provider/"):
            continue
        for node in nodes(path):
            if isinstance(node, ast.Constant) and node.value in {"A1", "A3", "A4", "A6"}:
                raise AssertionError(f"{place(path)}:{node.lineno} writes the wire code {node.value!r}. Use fhir_pa.pas.codes.")
