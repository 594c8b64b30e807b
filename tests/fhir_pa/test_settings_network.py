"""The network and the apps in the configuration file: read as the page shows them, every mistake told with its mending."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import fhir_pa
from cds_hooks.apps import App
from cds_hooks.network import Address, Provider
from fhir_pa.auth.directory import Directory
from fhir_pa.configuration import Misconfigured
from fhir_pa.settings import read

PAGE = (Path(fhir_pa.__file__).parent / "docs" / "network-and-apps.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
LEAST = '[[provider]]\nnpi = "9000000007"\nname = "Birch"\n'


def directory(tmp_path: Path, text: str) -> Directory:
    file = tmp_path / "fhir-pa.toml"
    file.write_text(text, encoding="utf-8")
    return read({"config": str(file)}, {}).directory


def test_the_example_on_the_page_is_read_whole(tmp_path: Path) -> None:
    listed = directory(tmp_path, EXAMPLE)
    address = Address("1 Birch Way", "Dayton", "OH", "45402", Decimal("39.76"), Decimal("-84.19"))
    codes = ("E1390", "E0431")
    birch = Provider("9000000007", "Birch Home Oxygen", "organization", address, "555-555-0160", ("home_oxygen",), codes, 1, date(2026, 11, 24))
    assert listed.network.providers == (birch,)
    because = "It shows which visits are left, and when the next review is due."
    planner = App("Visit planner", "https://apps.larkfield.example/launch", because, ("outpatient_therapy",), ("order-sign", "order-dispatch"))
    assert listed.apps == (planner,)


def test_a_number_and_a_name_are_enough(tmp_path: Path) -> None:
    assert directory(tmp_path, LEAST).network.providers == (Provider("9000000007", "Birch"),)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('[[provider]]\nnpi = "9000000008"\nname = "Birch"', "is not an NPI: ten digits, the last one a check digit."),
        ('[[provider]]\nnpi = "9000000007"', "name is missing."),
        (LEAST + LEAST, "stands twice with the npi '9000000007'. Give each its own."),
        (LEAST + 'kind = "clinic"', "Use one of: organization, practitioner."),
        (LEAST + "tier = 0", "Write a whole number from 1 on, without quotes: tier = 1."),
        (LEAST + 'next_available = "soon"', "next_available"),
        (LEAST + 'address = { state = "Ohio" }', 'Write the two letters of the state: "OH".'),
        (LEAST + "address = { latitude = 39.76 }", "has one coordinate alone. Give latitude and longitude, or a postal_code."),
        (LEAST + "address = { latitude = 99, longitude = 0 }", "Write degrees without quotes, from -90 to 90: latitude = 39.76."),
        (LEAST + 'adress = { city = "Dayton" }', "Did you mean 'address'?"),
        ('[[app]]\nname = "Planner"\nurl = "http://apps.example/launch"\nbecause = "b"', "plain http leaves patient data readable on the way."),
        ('[[app]]\nname = "Planner"\nurl = "https://apps.example/launch"', "because is missing."),
        ('[[app]]\nname = "P"\nurl = "https://apps.example/l"\nbecause = "b"\nhooks = ["patient-view"]', "Use one of: order-sign, order-select"),
    ],
)
def test_a_mistake_is_told_with_its_mending(written: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as mistakes:
        directory(tmp_path, written + "\n")
    assert told in str(mistakes.value)
