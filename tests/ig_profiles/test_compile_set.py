"""From packages to the files that come with fhir-pa: what is reached, nothing else, no prose, the same bytes each time."""

import io
import json
import zipfile
from importlib.resources import files

import pytest

from ig_profiles import errata
from ig_profiles.compile_codes import LICENSED
from ig_profiles.compile_recipes import RECIPES, compile_added, compile_guide
from ig_profiles.compile_set import compile_set
from ig_profiles.outcome import PreconditionFailed
from ig_profiles.packages import Shelf
from ig_profiles.registry import GUIDES, Archive, Registry, open_set
from ig_profiles.stated import STATED
from tests.ig_profiles.published import BASE, all_packages, code_system, package, profile, value_set

PROSE = ("human", "short", "definition", "comment", "description", "requirements", "display", "text", "title", "copyright")
KEYS = {
    *("url", "version", "type", "base", "kind", "abstract", "derivation", "context", "constraints", "elements", "expression"),
    *("id", "path", "slice", "min", "max", "types", "code", "profile", "targets", "ref", "fixed", "pattern", "binding", "must", "modifier", "attribute"),
    *("slicing", "by", "rules", "ordered", "maxLength", "minValue", "maxValue", "regex"),
}


def members(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def shipped(guide):
    return (files("ig_profiles") / "definitions" / f"{guide}.zip").read_bytes()


def compiled(*definitions, roots=lambda _: True):
    return compile_set("test", Shelf([package(*definitions)]), roots)


def element(**facts):
    return {"id": "Basic.code", "path": "Basic.code", "min": 0, "max": "1", **facts}


def test_only_what_the_roots_reach_comes_in():
    target, unrelated = profile("target"), profile("unrelated")
    root = profile("root", element(type=[{"code": "Reference", "targetProfile": [target["url"]]}]))
    found = compiled(root, target, unrelated, roots=lambda each: each is root)
    assert [each["url"] for each in found.profiles] == [root["url"], target["url"]]


def test_value_sets_come_in_where_bound_but_not_as_examples():
    bound, example = (value_set(name, {"system": "urn:a", "concept": [{"code": "x"}]}) for name in ("bound", "example"))
    root = profile(
        "root",
        element(binding={"strength": "required", "valueSet": bound["url"]}),
        element(binding={"strength": "example", "valueSet": example["url"]}),
    )
    assert [each["url"] for each in compiled(root, bound, example).value_sets] == [bound["url"]]


def test_what_no_package_holds_is_named():
    root = profile("root", element(type=[{"code": "Extension", "profile": ["urn:absent"]}], binding={"strength": "required", "valueSet": "urn:gone"}))
    assert compiled(root).missing == ("urn:absent", "urn:gone")


def test_what_is_published_without_a_snapshot_is_named_and_left_out():
    bare = {key: value for key, value in profile("bare").items() if key != "snapshot"}
    found = compiled(bare)
    assert found.without_snapshot == (bare["url"],)
    assert not found.profiles


def test_the_same_packages_give_the_same_bytes():
    definitions = (profile("root", element(binding={"strength": "required", "valueSet": f"{BASE}/ValueSet/s"})), value_set("s", {"system": "urn:a"}))
    assert compiled(*definitions).to_bytes() == compiled(*definitions).to_bytes()
    with zipfile.ZipFile(io.BytesIO(compiled(*definitions).to_bytes())) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_two_definitions_of_one_name_do_not_overwrite_each_other():
    one, other = profile("p"), {**profile("p"), "url": "http://elsewhere.example/StructureDefinition/p"}
    registry = Registry("test", [Archive("test", compiled(one, other).to_bytes())])
    assert [registry.profile(each["url"])["url"] for each in (one, other)] == [one["url"], other["url"]]


def test_an_added_guide_rests_on_the_set_and_on_the_packages_beside_it():
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    narrowed = value_set("some", {"valueSet": [gender]}, {"system": f"{BASE}/CodeSystem/colours"})
    root = profile(
        "root",
        element(
            type=[{"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Patient"]}],
            binding={"strength": "required", "valueSet": narrowed["url"]},
        ),
    )
    beside = package(code_system("colours", "red"), name="example.beside")
    found = compile_added(package(root, narrowed), [beside], open_set("2.0.1"))
    assert found.missing == ()
    registry = Registry("test", [*open_set("2.0.1").archives, Archive("added", found.to_bytes())])
    table = registry.value_set(narrowed["url"])
    assert table.contains("http://hl7.org/fhir/administrative-gender", "female") is True
    assert table.contains(f"{BASE}/CodeSystem/colours", "red") is True
    assert table.contains(f"{BASE}/CodeSystem/colours", "blue") is False


def test_packages_that_are_not_given_are_named():
    with pytest.raises(PreconditionFailed, match=r"also needs hl7.fhir.us.davinci-pas#2.0.1, .*Give these packages too"):
        compile_guide("2.0.1", [package()])


@pytest.mark.parametrize("guide", GUIDES)
def test_the_shipped_files_are_what_the_packages_compile_to(guide):
    again = members(compile_guide(guide, all_packages()).to_bytes())
    kept = members(shipped(guide))
    differing = sorted(name for name in {*again, *kept} if again.get(name) != kept.get(name))
    assert not differing, f"{guide}.zip is not what the packages compile to: {differing[:5]}. Run 'fhir-pa profiles compile' and commit the file."


def test_both_files_together_stay_within_a_few_megabytes():
    assert sum(len(shipped(guide)) for guide in GUIDES) < 4_000_000


@pytest.mark.parametrize("guide", GUIDES)
def test_tables_have_no_room_for_prose(guide):
    registry = open_set(guide)

    def keys(node):
        if isinstance(node, dict):
            yield from node
            for key, value in node.items():
                if key not in ("fixed", "pattern"):
                    yield from keys(value)
        elif isinstance(node, list):
            for value in node:
                yield from keys(value)

    for name in registry.names():
        assert {*keys(registry.profile(name))} <= KEYS, name


@pytest.mark.parametrize("guide", GUIDES)
def test_no_sentence_and_no_display_of_the_packages_is_in_the_files(guide):
    sentences = set()

    def read(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in PROSE and isinstance(value, str) and len(value) > 24 and value.count(" ") > 2:
                    sentences.add(value)
                read(value)
        elif isinstance(node, list):
            for value in node:
                read(value)

    for each in all_packages():
        if each.label in RECIPES[guide]:
            for definition in each.definitions:
                read(definition)
    assert len(sentences) > 10_000

    def strings(node):
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            for key, value in node.items():
                yield from strings(key)
                yield from strings(value)
        elif isinstance(node, list):
            for value in node:
                yield from strings(value)

    held = {text for body in members(shipped(guide)).values() for text in strings(json.loads(body))}
    assert not held & sentences


@pytest.mark.parametrize("guide", GUIDES)
def test_no_code_of_a_licensed_list_is_in_the_files(guide):
    for name, body in members(shipped(guide)).items():
        table = json.loads(body)
        if name.startswith("value_sets/"):
            held = {*table.get("codes", {}), *table.get("whole", []), *table.get("out", {})}
            assert not [system for system in held if system.startswith(LICENSED)], name
        if name.startswith("code_systems/"):
            assert not table["url"].startswith(LICENSED), name


@pytest.mark.parametrize("guide", GUIDES)
def test_each_guide_may_put_its_extensions_where_its_own_profiles_put_them(guide):
    registry = open_set(guide)
    for name in registry.names():
        table = registry.profile(name)
        if not any(part in name for part in ("/us/", "/uv/")):
            continue
        rows = {row["id"]: row for row in table["elements"]}
        for row in table["elements"]:
            holder = rows.get(row["id"].rpartition(".")[0], {})
            for url in (url for each in row.get("types", []) if each["code"] == "Extension" for url in each.get("profile", [])):
                definition = registry.extension(url)
                if definition is not None:
                    assert may_stand(registry, definition, table, holder), f"{url} may not stand at {row['id']} of {name}: state it in errata.CONTEXTS"


def may_stand(registry, definition, table, holder):
    """Whether any context of the extension is the holder's path, its type, or what that type is a kind of; Element is anywhere."""
    names = {holder["path"], "Element"}
    kinds = [each["code"] for each in holder.get("types", [])] or [table["type"]]
    for kind in kinds:
        base = registry.type(kind)
        while base:
            names.add(base["type"])
            base = registry.profile(base["base"]) if "base" in base else None
    if table["type"] == "Extension":
        names.add(table["url"])
    if table["kind"] == "resource":
        names |= {"CanonicalResource", "MetadataResource"}
    return any(each["type"] == "fhirpath" or each["expression"].partition("#")[0] in names for each in definition.get("context", []))


def test_what_is_stated_here_is_bound_by_a_guide_and_in_no_package_of_it():
    from_packages = {
        guide: {each["url"] for found in all_packages() if found.label in RECIPES[guide] for each in found.definitions if each["resourceType"] == "ValueSet"}
        for guide in GUIDES
    }
    for stated in (each["url"] for each in STATED.definitions):
        assert [guide for guide in GUIDES if stated not in from_packages[guide] and open_set(guide).value_set(stated)], f"{stated} is not needed; take it out"


def test_every_erratum_still_has_its_fault():
    published = {
        (rule["key"], rule.get("expression"))
        for each in all_packages()
        for definition in each.definitions
        for row in definition.get("snapshot", {}).get("element", [])
        for rule in row.get("constraint", [])
    }
    assert set(errata.EXPRESSIONS) <= published, "an erratum whose expression is no longer published can go"
    extensions = {definition["url"] for each in all_packages() for definition in each.definitions}
    assert {url for url, _ in errata.CONTEXTS} <= extensions
