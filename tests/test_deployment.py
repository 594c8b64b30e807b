"""The deployment that comes with the server speaks TLS to the world and nothing else; and the server itself calls nobody without."""

from __future__ import annotations

import re

import pytest

from fhir_pa.outbound.addresses import NotAllowed, check_url
from fhir_pa.settings import Misconfigured, read
from tests.conformance.ledger import ROOT

COMPOSE = (ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8")
CADDY = "\n".join(line for line in (ROOT / "docker" / "Caddyfile").read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#"))


def services() -> dict[str, str]:
    """Each service of the compose file with its own lines."""
    block = COMPOSE.split("\nservices:\n", 1)[1].split("\nnetworks:\n", 1)[0]
    parts = re.split(r"^  (\w+):\n", block, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.requirement("cds-hooks-2.0:2", "cds-hooks-2.0:168", "crd-2.0.1:89", "crd-2.2:sec-2", "hrex-1.2:sec-9")
def test_one_port_is_open_to_the_world_and_it_speaks_tls_of_today_alone() -> None:
    opened = {name: re.findall(r'ports: \["([^"]+)"\]', lines) for name, lines in services().items() if "ports:" in lines}
    assert opened == {"proxy": ["443:443"]}
    (protocols,) = re.findall(r"^\s*protocols (.+)$", CADDY, re.MULTILINE)
    assert protocols.split() == ["tls1.2", "tls1.3"]
    assert "http://" not in CADDY and "auto_https off" not in CADDY
    assert re.search(r"reverse_proxy \{\s*dynamic a server 8080", CADDY), "everything behind it is on the inner network"


@pytest.mark.requirement("cds-hooks-2.0:2", "crd-2.0.1:89", "crd-2.2:sec-2")
@pytest.mark.parametrize("address", ["http://ehr.oakwood.example/fhir", "http://10.0.0.7/fhir", "ftp://ehr.oakwood.example"])
def test_the_server_itself_calls_nobody_without_tls(address: str) -> None:
    with pytest.raises(NotAllowed):
        check_url(address, [address])


@pytest.mark.requirement("cds-hooks-2.0:2")
def test_a_public_address_without_tls_is_a_mistake_of_configuration() -> None:
    with pytest.raises(Misconfigured, match="https"):
        read({"public_url": "http://pa.larkfield.example"}, {})
    assert read({"public_url": "https://pa.larkfield.example"}, {}).public_url == "https://pa.larkfield.example"


def test_nobody_is_let_in_unasked_on_any_address_but_loopback() -> None:
    with pytest.raises(Misconfigured, match="Listen on 127.0.0.1, or register clients"):
        read({"open": True, "host": "0.0.0.0"}, {})
