"""Certificates for the tests of mutual TLS: an authority of our own, what it issues, and what signs itself."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

MANY_YEARS = timedelta(days=3650)


@dataclass(frozen=True)
class Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def rfc_9440(self) -> str:
        """As a proxy hands it on in Client-Cert."""
        return f":{b64encode(self.der).decode()}:"

    def escaped(self) -> str:
        """As other proxies do: PEM, percent-encoded."""
        return quote(self.pem.decode())


def authority(name: str = "Synthetic Trust Root") -> Issued:
    """A certification authority; it signs itself, as roots do."""
    key = ec.generate_private_key(ec.SECP384R1())
    return Issued(_build(name, name, key, key, [], x509.BasicConstraints(ca=True, path_length=0)), key)


def issued(by: Issued, *names: x509.GeneralName, holder: str = "holder") -> Issued:
    """A certificate the authority issued to a holder with these other names."""
    key = ec.generate_private_key(ec.SECP384R1())
    issuer = by.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    return Issued(_build(holder, str(issuer), key, by.key, list(names), x509.BasicConstraints(ca=False, path_length=None)), key)


def self_signed(*names: x509.GeneralName) -> Issued:
    """A certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP384R1())
    return Issued(_build("holder", "holder", key, key, list(names), x509.BasicConstraints(ca=False, path_length=None)), key)


def uri(name: str) -> x509.GeneralName:
    """A holder's name of type URI."""
    return x509.UniformResourceIdentifier(name)


LOOPBACK = (x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")))


def _build(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName], basic: x509.BasicConstraints
) -> x509.Certificate:
    today = datetime.now(UTC) - timedelta(days=1)
    building = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + MANY_YEARS)
        .add_extension(basic, critical=True)
    )
    if names:
        building = building.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return building.sign(by, hashes.SHA384())
