"""Where a call may go: under a registered URL prefix, and to a network address that prefix may lead to.

Guards against server-side request forgery: a caller who names an address (``fhirServer``, ``channel.endpoint``, ``jku``) must
not make the payer call its own network, a cloud's metadata service, or somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, unquote, urlsplit

from fhir_pa.configuration import LOOPBACK

_NAT64 = ip_network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class NotAllowed(Exception):
    """We will not call this address; the text says why. Nothing was sent."""


def check_url(url: str, allowed_prefixes: Iterable[str]) -> SplitResult:
    """The URL in parts, when it lies under one of the prefixes. Raises NotAllowed.

    A prefix covers its own path and what lies below it: ``https://ehr.example/fhir`` covers ``…/fhir/Patient`` but neither
    ``…/fhirother`` nor ``https://ehr.example.evil.example/fhir``.

    >>> check_url("https://ehr.example/fhir/Patient/1", ["https://ehr.example/fhir"]).hostname
    'ehr.example'
    """
    parts = _parts(url)
    if not any(_covers(_parts(prefix), parts) for prefix in allowed_prefixes):
        raise NotAllowed(f"{parts.scheme}://{parts.netloc} is not a registered address for this purpose. Register its prefix with the client.")
    return parts


def check_address(host: str, address: str, private_networks: Iterable[str] = ()) -> None:
    """Refuses to connect to this network address for this host name. Raises NotAllowed.

    Public addresses are taken. Loopback and private ones only when the registered URL itself names them, or they lie in a
    network the payer declared; link-local ones (cloud metadata) never.
    """
    found = _unwrapped(ip_address(address.split("%")[0]))
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        raise NotAllowed(f"{host} leads to {found}, which is never called.")
    if found.is_loopback:
        if host not in LOOPBACK:
            raise NotAllowed(f"{host} leads to this machine itself ({found}). Register a loopback URL if that is meant.")
        return
    if found.is_global or host == address or any(found in ip_network(network) for network in private_networks):
        return
    raise NotAllowed(f"{host} leads to the private address {found}. Add its network to private_networks if that is meant.")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotAllowed("The address cannot be read as a URL.") from None
    if parts.scheme not in _PORTS or not host:
        raise NotAllowed("The address is not an absolute http or https URL.")
    if parts.username is not None or "\\" in url or any(ord(letter) <= 32 for letter in url):
        raise NotAllowed("The address carries a user name, a backslash or a space.")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise NotAllowed(f"http://{host} would be called without TLS. Use https.")
    if any(step in (".", "..") for step in unquote(parts.path).split("/")):
        raise NotAllowed("The address climbs with '..' in its path.")
    return parts


def _covers(prefix: SplitResult, parts: SplitResult) -> bool:
    same = (prefix.scheme, prefix.hostname, prefix.port or _PORTS[prefix.scheme]) == (parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])
    base = prefix.path.rstrip("/")
    return same and (parts.path == base or parts.path.startswith(base + "/"))


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one that only wraps it, or the address itself."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside:
            return inside
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
