"""One guide version, opened lazily."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ig_profiles.compile_set import compile_set
from ig_profiles.outcome import NotFound, Unreadable
from ig_profiles.packages import Shelf
from ig_profiles.registry import GUIDES, Archive, Registry, open_set
from ig_profiles.resource_types import RESOURCE_TYPES
from tests.ig_profiles.published import package, profile, value_set

PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"


def archive(*definitions, name="added"):
    return Archive(name, compile_set(name, Shelf([package(*definitions)]), lambda _: True).to_bytes())


def test_each_guide_has_its_own_profiles():
    assert open_set("2.0.1").profile(f"{PAS}profile-claim")["version"] == "2.0.1"
    assert open_set("2.2").profile(f"{PAS}profile-claim")["version"] == "2.2.1"


@pytest.mark.parametrize("guide", GUIDES)
def test_every_type_of_r4_is_there(guide):
    registry = open_set(guide)
    assert not [name for name in RESOURCE_TYPES if registry.type(name) is None]
    assert registry.type("HumanName")["kind"] == "complex-type"
    assert registry.type("positiveInt")["kind"] == "primitive-type"
    assert registry.type("Element") and registry.type("Resource") and registry.type("xhtml")


def test_a_profile_is_no_type_and_no_extension():
    registry = open_set("2.0.1")
    assert registry.type("bodyheight") is None
    assert registry.extension(f"{PAS}profile-claim") is None
    assert registry.extension(f"{PAS}extension-reviewAction")["type"] == "Extension"


@pytest.mark.parametrize("guide", GUIDES)
def test_every_table_can_be_read_and_points_only_inside_itself(guide):
    registry = open_set(guide)
    for name in registry.names():
        table = registry.profile(name)
        assert table["url"] == name
        ids = [row["id"] for row in table["elements"]]
        assert len(ids) == len({*ids})
        assert {row["ref"] for row in table["elements"] if "ref" in row} <= {*ids}
        count = len(table.get("constraints", []))
        assert all(number < count for row in table["elements"] for number in row.get("constraints", []))


@pytest.mark.parametrize("guide", GUIDES)
def test_what_the_guides_require_is_decided_wherever_it_is_published(guide):
    registry = open_set(guide)
    assert registry.value_set("http://hl7.org/fhir/ValueSet/claim-use|4.0.1").contains(None, "preauthorization") is True
    assert registry.value_set("http://hl7.org/fhir/ValueSet/claim-use|4.0.1").contains(None, "zzz") is False
    assert registry.value_set("http://hl7.org/fhir/ValueSet/mimetypes").contains(None, "application/pdf") is True
    diagnosis = registry.value_set("http://hl7.org/fhir/us/davinci-pas/ValueSet/X12278DiagnosisCodes")
    assert diagnosis.contains("http://hl7.org/fhir/sid/icd-10-cm", "J44.9") is None
    assert registry.value_set("https://valueset.x12.org/x217/005010/response/2000F/HCR/1/01/00/306") is None


def test_codes_a_page_names_are_decided_where_no_package_holds_them_and_give_way_where_one_does():
    origins = "http://hl7.org/fhir/us/davinci-dtr/ValueSet/informationOrigins"
    assert [open_set("2.2").value_set(origins).contains(None, code) for code in ("auto-client", "auto")] == [True, False]
    assert [open_set("2.0.1").value_set(origins).contains(None, code) for code in ("auto-client", "auto")] == [False, True]


def test_a_code_system_published_whole_can_be_asked():
    registry = open_set("2.0.1")
    assert "preauthorization" in registry.code_system("http://hl7.org/fhir/claim-use")
    assert registry.code_system("http://loinc.org") is None


def test_the_version_named_is_found_else_the_preferred():
    registry = open_set("2.2")
    patient = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"
    assert [registry.profile(name)["version"] for name in (patient, f"{patient}|6.1.0", f"{patient}|9.9.9")] == ["7.0.0", "6.1.0", "7.0.0"]


def test_what_is_not_published_is_none():
    registry = open_set("2.2")
    assert registry.profile("urn:nowhere") is None
    assert registry.type("Nothing") is None
    assert registry.value_set("urn:nowhere") is None


def test_hostile_names_are_not_remembered():
    registry = Registry("test", [archive(profile("p"))])
    for number in range(100):
        assert registry.profile(f"{profile('p')['url']}|{number}")["version"] == "1.0.0"
        assert registry.profile(f"urn:{number}") is None
    assert len(registry._kept) == 1


def test_an_added_guide_extends_the_set_and_replaces_nothing():
    claim = {**profile("x"), "url": f"{PAS}profile-claim", "version": "9.0.0"}
    registry = Registry("test", [*open_set("2.0.1").archives, archive(claim, profile("mine"))])
    assert registry.profile(f"{PAS}profile-claim")["version"] == "2.0.1"
    assert registry.profile(f"{PAS}profile-claim|9.0.0")["version"] == "9.0.0"
    assert registry.profile(profile("mine")["url"])["type"] == "Basic"
    assert profile("mine")["url"] in registry.names()


def test_a_file_or_a_folder_of_files_can_be_added(tmp_path):
    body = compile_set("mine", Shelf([package(profile("mine"), value_set("v"))]), lambda _: True).to_bytes()
    (tmp_path / "mine.zip").write_bytes(body)
    url = profile("mine")["url"]
    assert open_set("2.2", tmp_path).profile(url) and open_set("2.2", tmp_path / "mine.zip").profile(url)
    assert open_set("2.2").profile(url) is None


def test_a_set_is_opened_once():
    assert open_set("2.0.1") is open_set("2.0.1")


def test_threads_share_one_table():
    registry = Registry("test", open_set("2.0.1").archives)
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(registry.type, ["Claim"] * 64))
    assert len({id(table) for table in tables}) == 1


def test_an_unknown_guide_says_which_there_are():
    with pytest.raises(NotFound, match=r"The sets are 2.0.1 and 2.2; other guides come in with 'fhir-pa profiles add'"):
        open_set("3.0")


def test_a_file_of_something_else_says_how_to_make_one():
    with pytest.raises(Unreadable, match="Compile it again"):
        Archive("odd.zip", b"not a zip")
