"""Mutual TLS: who is registered with a certificate is let in under it alone, and a token is good only under the certificate it was issued to.

RFC 8705; HRex 1.2 §security. The handshake is real in the last tests: a proxy that ends TLS in front of a server process.
"""

from __future__ import annotations

import json
import re
import ssl
from base64 import urlsafe_b64decode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography import x509

from fhir_pa.settings import Misconfigured, read
from tests.conformance.ledger import ROOT as ROOT_FOLDER
from tests.fhir_pa.certificates import LOOPBACK, authority, issued, self_signed, uri
from tests.fhir_pa.proxy import call, ending_tls
from tests.fhir_pa.signing_parties import SERVICE, serving
from tests.fhir_pa.web_parties import OAKWOOD, Payers, assertion, hook_token

HOLDER = "https://ehr.oakwood.example"
ROOT = authority()
OURS, RENEWED = issued(ROOT, uri(HOLDER)), issued(ROOT, uri(HOLDER))
THEIRS = issued(ROOT, uri("https://ehr.fernhill.example"))
BY_NAME = issued(ROOT, x509.DNSName("ehr.oakwood.example"), x509.RFC822Name("it@oakwood.example"), x509.IPAddress(LOOPBACK[1].value))
SUBMIT = "/v2.0/fhir/Claim/$submit"
FHIR = {"Content-Type": "application/fhir+json"}
PROXY = {"client_certificate_header": "Client-Cert", "trusted_proxies": ("127.0.0.0/8",)}


def opened(registered=True, **changed):
    return Payers.open(client=replace(OAKWOOD, certificate_uri=HOLDER) if registered else OAKWOOD, **{**PROXY, **changed})


def under(certificate):
    """The header the proxy sets for a call under this certificate; none without one."""
    return {"Client-Cert": certificate.rfc_9440()} if certificate else {}


def asked(party, certificate, by_key=True, **changed):
    """The token endpoint's answer to a call under this certificate."""
    proof = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion": assertion()} if by_key else {}
    form = {"grant_type": "client_credentials", "scope": "system/Claim.write", **proof, **changed}
    return party.http.post("/oauth/token", data=form, headers=under(certificate))


def submitted(party, token, certificate):
    return party.http.post(SUBMIT, data=b"{}", headers={**FHIR, "Authorization": f"Bearer {token}", **under(certificate)})


@pytest.mark.requirement("hrex-1.2:sec-12", "hrex-1.2:sec-16")
def test_a_token_asked_for_under_a_certificate_is_bound_to_it_and_useless_under_any_other():
    party = opened()
    token = asked(party, OURS).get_json()["access_token"]
    claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert urlsafe_b64decode(claims["cnf"]["x5t#S256"] + "=") == sha256(OURS.der).digest()
    assert submitted(party, token, OURS).status_code == 200
    for other in (None, THEIRS, RENEWED):
        answer = submitted(party, token, other)
        assert answer.status_code == 401
        assert "another client certificate" in answer.get_json()["issue"][0]["details"]["text"]
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.requirement("hrex-1.2:sec-12")
def test_any_client_that_shows_a_certificate_has_its_token_bound_to_it():
    party = opened(registered=False)
    token = asked(party, THEIRS).get_json()["access_token"]
    assert submitted(party, token, THEIRS).status_code == 200
    assert submitted(party, token, None).status_code == submitted(party, token, OURS).status_code == 401
    free = asked(party, None).get_json()["access_token"]
    assert submitted(party, free, None).status_code == 200, "without mutual TLS nothing is bound"


@pytest.mark.requirement("hrex-1.2:sec-13", "hrex-1.2:sec-15")
@pytest.mark.parametrize("by_key", [True, False], ids=["private_key_jwt", "tls_client_auth"])
@pytest.mark.parametrize(("certificate", "status"), [(OURS, 200), (RENEWED, 200), (THEIRS, 401), (BY_NAME, 401), (None, None)])
def test_whoever_is_registered_with_a_certificate_gets_a_token_under_one_that_names_it_by_uri(certificate, status, by_key):
    answer = asked(opened(), certificate, by_key, client_id=OAKWOOD.id)
    assert answer.status_code == (status or (401 if by_key else 400))
    if answer.status_code == 401:
        assert answer.get_json()["error"] == "invalid_client"


def test_a_client_registered_without_a_certificate_cannot_come_in_by_one_alone():
    answer = asked(opened(registered=False), OURS, by_key=False, client_id=OAKWOOD.id)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_token_from_before_the_certificate_was_registered_ends_with_the_registration():
    before, after = opened(registered=False), opened()
    after.payer.memory.secrets = before.payer.memory.secrets
    token = asked(before, None).get_json()["access_token"]
    answer = submitted(after, token, OURS)
    assert answer.status_code == 401 and "bound to no certificate" in answer.get_json()["issue"][0]["details"]["text"]


@pytest.mark.parametrize(("certificate", "status"), [(OURS, 200), (THEIRS, 401), (None, 401)])
def test_a_hook_is_heard_under_the_registered_certificate_alone(certificate, status):
    headers = {**hook_token(SERVICE), "Content-Type": "application/json", **under(certificate)}
    assert opened().http.post(SERVICE, data=b"{}", headers=headers).status_code == status


@pytest.mark.requirement("hrex-1.2:sec-14")
def test_a_certificate_that_signs_itself_is_refused_even_where_the_proxy_let_it_pass():
    alone = self_signed(uri(HOLDER))
    answer = asked(opened(), alone)
    assert answer.status_code == 401 and "signed by itself" in answer.get_json()["issue"][0]["details"]["text"]


def test_a_certificate_is_taken_in_each_way_proxies_write_it():
    party = opened()
    for written in (OURS.rfc_9440(), OURS.rfc_9440().strip(":"), OURS.escaped()):
        headers = {**hook_token(SERVICE), "Content-Type": "application/json", "Client-Cert": written}
        assert party.http.post(SERVICE, data=b"{}", headers=headers).status_code == 200, written[:30]


@pytest.mark.parametrize("written", ["garbage", ":AAAA:", ":" + "A" * 30_000 + ":", "%2D%2D", "-----BEGIN CERTIFICATE-----"])
def test_what_is_no_certificate_is_refused(written):
    headers = {**hook_token(SERVICE), "Content-Type": "application/json", "Client-Cert": written}
    assert opened().http.post(SERVICE, data=b"{}", headers=headers).status_code == 401


def test_an_empty_header_is_no_certificate():
    headers = {**hook_token(SERVICE), "Content-Type": "application/json", "Client-Cert": "::"}
    assert opened(registered=False).http.post(SERVICE, data=b"{}", headers=headers).status_code == 200


def test_a_header_from_anywhere_but_the_proxy_is_passed_over():
    for changed in ({"trusted_proxies": ("10.2.0.7",)}, {"client_certificate_header": ""}):
        answer = asked(opened(**changed), OURS)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_the_configuration_announces_mutual_tls_where_it_is_offered():
    said = opened().http.get("/.well-known/smart-configuration").get_json()
    assert said["tls_client_certificate_bound_access_tokens"] is True and "tls_client_auth" in said["token_endpoint_auth_methods_supported"]
    said = Payers.open().http.get("/.well-known/smart-configuration").get_json()
    assert said["tls_client_certificate_bound_access_tokens"] is False and said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ('[server]\nclient_certificate_header = "Client-Cert"', "Name the proxy's address in trusted_proxies."),
        ('[server]\ntrusted_proxies = ["the proxy"]', "Write networks such as 10.2.0.0/16."),
        ('[[client]]\nid = "a"\ncertificate_uri = "https://a.example"', "Set client_certificate_header and trusted_proxies."),
        ('[server]\nclient_certificate_header = "C"\ntrusted_proxies = ["::1"]\n[[client]]\nid = "a"\ncertificate_uri = "a.example"', "Write the URI"),
    ],
)
def test_a_configuration_that_could_not_work_is_named(tmp_path, written, mend):
    config = tmp_path / "fhir-pa.toml"
    config.write_text(written)
    with pytest.raises(Misconfigured, match=mend):
        read({"config": str(config)}, {})


def test_the_example_of_the_page_is_a_configuration_that_works(tmp_path):
    page = (ROOT_FOLDER / "fhir_pa" / "docs" / "let-callers-in.md").read_text("utf-8")
    (example,) = (each for each in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "certificate_uri" in each)
    config = tmp_path / "fhir-pa.toml"
    config.write_text(example)
    settings = read({"config": str(config)}, {})
    assert (settings.directory.clients[0].certificate_uri, settings.client_certificate_header) == (HOLDER, "Client-Cert")
    compose = (ROOT_FOLDER / "docker" / "compose.yaml").read_text("utf-8")
    assert f"ipv4_address: {settings.trusted_proxies[0]}" in compose and f"FHIR_PA_TRUSTED_PROXIES: {settings.trusted_proxies[0]}" in compose


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """A proxy that ends TLS, in front of a server process that trusts it and knows the clinic by its certificate."""
    folder = tmp_path_factory.mktemp("tls")
    told = {"FHIR_PA_CLIENT_CERTIFICATE_HEADER": "Client-Cert", "FHIR_PA_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(folder, told, certificate_uri=HOLDER) as payer, ending_tls(folder, ROOT, issued(ROOT, *LOOPBACK), payer.port) as port:
        yield folder, payer, port


@pytest.mark.requirement("hrex-1.2:sec-10", "hrex-1.2:sec-13", "hrex-1.2:sec-16")
@pytest.mark.parametrize(("certificate", "status"), [(OURS, 200), (THEIRS, 401), (None, 401)])
def test_over_a_real_handshake_a_hook_is_heard_under_the_registered_certificate_alone(front, certificate, status):
    folder, payer, port = front
    headers = {"Authorization": f"Bearer {payer.token()}", "Content-Type": "application/json"}
    assert call(folder, port, ROOT, certificate, SERVICE, headers) == status


def test_a_header_forged_by_the_caller_does_not_get_past_the_proxy(front):
    folder, payer, port = front
    headers = {"Authorization": f"Bearer {payer.token()}", "Content-Type": "application/json", **under(OURS)}
    assert call(folder, port, ROOT, None, SERVICE, headers) == call(folder, port, ROOT, THEIRS, SERVICE, headers) == 401


@pytest.mark.requirement("hrex-1.2:sec-14")
def test_the_handshake_itself_refuses_a_certificate_nobody_vouches_for(front):
    folder, payer, port = front
    for stranger in (self_signed(uri(HOLDER)), issued(authority("Another Root"), uri(HOLDER))):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            call(folder, port, ROOT, stranger, SERVICE, {"Authorization": f"Bearer {payer.token()}", "Content-Type": "application/json"})
