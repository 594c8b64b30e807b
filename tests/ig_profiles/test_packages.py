"""Opening published packages: a .tgz, a folder, the cache; finding a definition by its canonical."""

import tarfile

import pytest

from ig_profiles.outcome import NotFound, TooLarge, Unreadable
from ig_profiles.packages import Shelf, open_package
from tests.ig_profiles.published import BASE, code_system, package, value_set, write_package

COLOURS = value_set("colours", {"system": f"{BASE}/CodeSystem/colours"})


def test_a_tgz_opens_with_its_name_version_and_definitions(tmp_path):
    opened = open_package(write_package(tmp_path / "p.tgz", COLOURS, {"resourceType": "Patient", "id": "not-a-definition"}))
    assert opened.label == "example.larkfield#1.0.0"
    assert [each["url"] for each in opened.definitions] == [COLOURS["url"]]


def test_a_folder_opens_like_the_tgz_it_came_from(tmp_path):
    path = write_package(tmp_path / "p.tgz", COLOURS, code_system("colours", "red"))
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert open_package(tmp_path / "unpacked") == open_package(path)
    assert open_package(tmp_path / "unpacked" / "package") == open_package(path)


def test_a_package_of_the_cache_opens_by_name_and_version(tmp_path):
    with tarfile.open(write_package(tmp_path / "p.tgz", COLOURS)) as archive:
        archive.extractall(tmp_path / "example.larkfield#1.0.0", filter="data")
    assert open_package("example.larkfield#1.0.0", cache=tmp_path).definitions == (COLOURS,)
    assert open_package("example.larkfield@1.0.0", cache=tmp_path).definitions == (COLOURS,)


def test_nothing_there_says_what_may_be_given(tmp_path):
    with pytest.raises(NotFound, match=r"Give a .tgz, a folder, or name#version of the cache"):
        open_package("nowhere.tgz", cache=tmp_path)


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "p.tgz"
    path.write_bytes(b"not an archive")
    with pytest.raises(Unreadable, match="Fetch the package again"):
        open_package(path)


def test_a_truncated_archive_is_refused(tmp_path):
    path = write_package(tmp_path / "p.tgz", COLOURS)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Unreadable, match="Fetch the package again"):
        open_package(path)


def test_an_archive_without_a_manifest_is_no_package(tmp_path):
    with tarfile.open(tmp_path / "p.tgz", "w:gz"):
        pass
    with pytest.raises(Unreadable, match="Give the .tgz as published"):
        open_package(tmp_path / "p.tgz")


def test_a_definition_that_is_not_json_is_named(tmp_path):
    broken = {"resourceType": "ValueSet"}
    path = write_package(tmp_path / "p.tgz", broken)
    folder = tmp_path / "unpacked"
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
    (folder / "package" / "ValueSet-0.json").write_text('{"resourceType": "ValueSet",')
    with pytest.raises(Unreadable, match=r"ValueSet-0\.json.*Fetch the package again"):
        open_package(folder)


def test_an_archive_that_would_not_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ig_profiles.packages.MAX_PACKAGE", 100)
    with pytest.raises(TooLarge, match="unpacks to more than 100 bytes"):
        open_package(write_package(tmp_path / "p.tgz", COLOURS))


def test_decimals_keep_their_digits(tmp_path):
    opened = open_package(write_package(tmp_path / "p.tgz", {**COLOURS, "resourceType": "ValueSet", "weight": 1.5}))
    assert str(opened.definitions[0]["weight"]) == "1.5"


def test_the_shelf_finds_the_version_named_else_the_preferred():
    old, new = code_system("colours", "red"), {**code_system("colours", "red", "blue"), "version": "2.0.0"}
    shelf = Shelf([package(new), package(old)])
    assert shelf.find("CodeSystem", new["url"]) is new
    assert shelf.find("CodeSystem", f"{new['url']}|1.0.0") is old
    assert shelf.find("CodeSystem", f"{new['url']}|9.0.0") is new
    assert shelf.find("ValueSet", new["url"]) is None
