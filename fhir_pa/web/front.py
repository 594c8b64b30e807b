"""What the proxy in front tells of a caller: the client certificate it verified, believed only when it comes from the proxy itself."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from flask import request

from fhir_pa.auth import certificate
from fhir_pa.auth.certificate import Certificate
from fhir_pa.settings import Settings


def certificate_of_caller(settings: Settings) -> Certificate | None:
    """The certificate of this request. The header counts only from a trusted proxy, which must overwrite what callers send in it.

    Raises Unauthenticated for one that cannot be read or is signed by itself.
    """
    header = settings.client_certificate_header
    if not header or not _from_proxy(settings.trusted_proxies):
        return None
    return certificate.read(request.headers.get(header, ""))


def _from_proxy(trusted: tuple[str, ...]) -> bool:
    try:
        caller = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in trusted)
