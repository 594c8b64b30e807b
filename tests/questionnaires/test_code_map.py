"""The plan's ConceptMap: what is certain is translated, the sender's own codes count, and a faulty map is told with its mending."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import fhir_pa
from ig_profiles.names import HCPCS, ICD10CM, SNOMED
from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Coding
from questionnaires.code_map import CodeMap, read
from questionnaires.policy import RequestedService

PAGE = (Path(fhir_pa.__file__).parent / "docs" / "billing-codes.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
CONCENTRATOR, SEVERAL, COPD = (Coding(SNOMED, code) for code in ("361721008", "19861002", "13645005"))


def plan() -> CodeMap:
    return read(json.loads(EXAMPLE))


def one(*targets: dict[str, str]) -> CodeMap:
    return read({"resourceType": "ConceptMap", "group": [{"source": SNOMED, "target": HCPCS, "element": [{"code": "1", "target": list(targets)}]}]})


def test_the_example_on_the_page_translates_a_service_and_its_diagnosis() -> None:
    billed = plan().of(RequestedService((CONCENTRATOR,), (COPD,)))
    assert billed.codes == (CONCENTRATOR, Coding(HCPCS, "E1390")) and billed.diagnoses == (COPD, Coding(ICD10CM, "J44.9"))


def test_a_chart_is_read_with_the_translations_beside_what_was_written() -> None:
    written = {"resourceType": "Condition", "code": {"coding": [{"system": SNOMED, "code": COPD.code}], "text": "COPD"}, "note": [{"text": "n"}]}
    read_as = plan().in_resource(written)
    assert [each["code"] for each in read_as["code"]["coding"]] == [COPD.code, "J44.9"] and len(written["code"]["coding"]) == 1  # type: ignore[index, call-overload]
    plain = {"resourceType": "Patient", "name": [{"family": "Amble"}]}
    assert plan().in_resource(plain) is plain


def test_what_may_be_billed_in_two_ways_is_left_to_the_sender() -> None:
    assert plan().translated([SEVERAL]) == (SEVERAL,)


def test_the_senders_own_billing_code_counts_under_whatever_name_of_its_system() -> None:
    own = Coding("urn:oid:2.16.840.1.113883.6.285", "E1391")
    assert plan().translated([CONCENTRATOR, own]) == (CONCENTRATOR, own)
    assert plan().diagnoses([COPD, Coding(ICD10CM, "I10")]) == (COPD, Coding(ICD10CM, "J44.9"), Coding(ICD10CM, "I10")), "another diagnosis is another"


@pytest.mark.parametrize("equivalence", ["equivalent", "equal", "wider"])
def test_a_target_that_means_at_least_as_much_is_certain(equivalence: str) -> None:
    assert one({"code": "A1", "equivalence": equivalence}).translated([Coding(SNOMED, "1")])[1:] == (Coding(HCPCS, "A1"),)


@pytest.mark.parametrize("equivalence", ["narrower", "inexact", "relatedto", "unmatched", ""])
def test_whatever_is_less_than_certain_translates_nothing_and_the_map_says_so(equivalence: str) -> None:
    with pytest.raises(Unprocessable, match="one target that is equivalent or wider"):
        one({"code": "A1", "equivalence": equivalence})


@pytest.mark.parametrize("nothing", [None, [], "map", {}, {"resourceType": "ValueSet"}])
def test_what_is_no_map_is_refused(nothing: object) -> None:
    with pytest.raises(Unprocessable, match="Give a FHIR R4 ConceptMap as JSON"):
        read(nothing)


@pytest.mark.parametrize("group", [None, "x", [1], {"source": SNOMED}, {"source": SNOMED, "target": HCPCS, "element": [{"target": [None]}]}])
def test_a_map_of_odd_shape_is_refused_and_breaks_nothing(group: object) -> None:
    with pytest.raises(Unprocessable, match="translates nothing"):
        read({"resourceType": "ConceptMap", "group": group})
