"""The app knows its payers as they make themselves known: by the identifier and the base of their endpoint discovery."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from fhir_pa.provider.charts.practice import PAYER_NPI
from fhir_pa.provider.clinician.payers import Payer, is_discovered, supported, supported_list
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.names import NPI
from ig_profiles.reading import text
from tests.browser.clinic import Places
from tests.browser.window import PATIENCE


@pytest.mark.requirement("dtr-2.2:prof-2", "dtr-2.2:spec-105")
@pytest.mark.parametrize(("guide", "base"), [("2.0.1", "v2.0/fhir"), ("2.2", "v2.2/fhir")])
def test_the_ids_of_the_list_are_those_of_endpoint_discovery(our_payer: Any, places: Places, keys: Keys, guide: str, base: str) -> None:
    found = requests.get(f"{places.payer}/.well-known/davinci-configuration", timeout=PATIENCE).json()
    payer = Payer("larkfield", "Larkfield Health Plan", (f"{NPI}|{PAYER_NPI}",), guide, PasClient(f"{places.payer}/{base}", CLIENT_ID, keys))
    assert is_discovered(payer, found)
    assert supported((payer,))["payers"][0]["id"] == found["identifier"]["value"]
    assert text(supported_list((payer,), "2026-11-22"), "contained", "identifier", "value") == found["identifier"]["value"]
    assert not is_discovered(payer, {**found, "identifier": {"system": NPI, "value": "9000000099"}})
