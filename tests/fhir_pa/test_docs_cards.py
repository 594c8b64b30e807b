"""The page on what clinicians hear names every card type and switch, and its configuration can be read."""

import re
from pathlib import Path

import fhir_pa
from cds_hooks.configuration import OPTIONS
from fhir_pa.settings import read

PAGE = (Path(fhir_pa.__file__).parent / "docs" / "what-clinicians-hear.md").read_text(encoding="utf-8")


def test_every_switch_is_told_and_no_other():
    assert {option.code for option in OPTIONS} <= set(re.findall(r"`([a-z-]+)`", PAGE))
    cards = {option.code for option in OPTIONS} - {"coverage-info", "unsolicited-determ", "max-cards"}
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == cards


def test_the_configuration_on_the_page_does_what_the_page_says(tmp_path):
    config = tmp_path / "fhir-pa.toml"
    config.write_text("\n".join(re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)), encoding="utf-8")
    directory = read({"config": str(config)}, {}).directory
    assert directory.insurer.coverage_updates is True
    assert [client.dtr for client in directory.clients] == [False]
