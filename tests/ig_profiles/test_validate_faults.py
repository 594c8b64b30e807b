"""Every sown fault is found, with the right message at the right place; the examples themselves are sound."""

from __future__ import annotations

import pytest

from ig_profiles.registry import open_set
from ig_profiles.validation.compiler import Compiler
from ig_profiles.validator import validate
from tests.ig_profiles.seeded_faults import FAULTS, Fault


def named(fault: Fault) -> str:
    return fault.name.replace(" ", "_")


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_a_sown_fault_is_found_where_it_is(fault):
    resource = fault.made()
    issues = validate(resource, open_set("2.0.1"), fault.profile, strict=True)
    expression = ".".join(filter(None, (resource["resourceType"], fault.where)))
    there = [issue for issue in issues if issue.message_id == fault.message and issue.expression == expression]
    assert there, f"{fault.message} at {expression} is not among {[(issue.message_id, issue.expression, issue.text) for issue in issues]}"
    assert there[0].severity == fault.severity
    assert len(there[0].text.rstrip(".").split(". ")) > 1 or fault.severity == "information", f"'{there[0].text}' does not say how to mend"


@pytest.mark.parametrize("base", sorted({fault.base for fault in FAULTS}))
def test_before_the_fault_the_example_is_sound(base):
    fault = next(fault for fault in FAULTS if fault.base == base)
    sound = Fault("none", base, lambda resource: None, "", "")
    assert [issue for issue in validate(sound.made(), open_set("2.0.1"), fault.profile, strict=True) if issue.severity == "error"] == []


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_checking_only_the_difference_between_profiles_finds_the_same(fault, monkeypatch):
    resource = fault.made()

    def found():
        issues = validate(resource, open_set("2.0.1"), fault.profile, strict=True)
        return {(issue.message_id, issue.expression, issue.constraint) for issue in issues}

    shorter = found()
    monkeypatch.setattr(Compiler, "difference_check", lambda *_: None)
    assert shorter == found()


def test_there_are_many_different_faults():
    assert len(FAULTS) >= 80
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len({fault.message for fault in FAULTS}) >= 35
