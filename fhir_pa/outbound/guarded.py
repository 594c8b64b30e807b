"""Call another machine and come back: registered addresses only, checked where they lead, in bounded time and size.

The address is resolved once, checked, and that same address is connected to, so a name cannot lead elsewhere between check and
call. Redirects are not followed; proxies and .netrc of the environment are not used.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.poolmanager import PoolManager

from fhir_pa.outbound.addresses import NotAllowed, check_address, check_url


class NotReached(Exception):
    """The other side did not answer properly; trying again later may help. The text holds no patient data."""


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, seconds between bytes, seconds in all, and the longest body read."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 15.0
    max_bytes: int = 5 * 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """What the other side answered, whatever its status (never a redirect)."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def fetch(
    url: str,
    allowed_prefixes: Iterable[str],
    headers: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    private_networks: tuple[str, ...] = (),
) -> Reply:
    """GET. Raises NotAllowed before anything is sent, or NotReached."""
    return _send("GET", url, None, allowed_prefixes, headers, limits, private_networks)


def post(
    url: str,
    body: bytes,
    allowed_prefixes: Iterable[str],
    headers: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    private_networks: tuple[str, ...] = (),
) -> Reply:
    """POST; give the Content-Type among ``headers``. Raises NotAllowed before anything is sent, or NotReached."""
    return _send("POST", url, body, allowed_prefixes, headers, limits, private_networks)


def _send(
    method: str,
    url: str,
    body: bytes | None,
    allowed_prefixes: Iterable[str],
    headers: Mapping[str, str] | None,
    limits: Limits,
    private_networks: tuple[str, ...],
) -> Reply:
    parts = check_url(url, allowed_prefixes)
    place = f"{parts.scheme}://{parts.netloc}"
    until = time.monotonic() + limits.total
    try:
        with _session(private_networks).request(
            method, url, data=body, headers=dict(headers or {}), timeout=(limits.connect, limits.read), allow_redirects=False, stream=True
        ) as answer:
            if answer.is_redirect:
                raise NotReached(f"{place} answers with a redirect, which is not followed. Register the address it leads to.")
            return Reply(answer.status_code, _body(answer, limits, until, place), dict(answer.headers))
    except (requests.RequestException, HTTPError, OSError) as error:
        refused = _refusal_within(error)
        if refused:
            raise refused from None
        raise NotReached(f"{place} could not be reached ({type(error).__name__}).") from None


def _body(answer: requests.Response, limits: Limits, until: float, place: str) -> bytes:
    read = bytearray()
    for piece in answer.iter_content(64 * 1024):
        read += piece
        if len(read) > limits.max_bytes:
            raise NotReached(f"{place} answers with more than {limits.max_bytes:,} bytes.")
        if time.monotonic() > until:
            raise NotReached(f"{place} did not finish its answer within {limits.total:g} seconds.")
    return bytes(read)


def _refusal_within(error: BaseException | None) -> NotAllowed | None:
    """Our own refusal, which urllib3 and requests wrap in theirs."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, _Refused):
            return NotAllowed(str(error.why))
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        error = getattr(error, "reason", None) or inner or error.__cause__ or error.__context__
        error = error if isinstance(error, BaseException) else None
    return None


class _Refused(NewConnectionError):
    def __init__(self, connection: HTTPConnection, why: NotAllowed) -> None:
        self.why = why
        super().__init__(connection, str(why))


def _connect(connection: Any, private_networks: tuple[str, ...]) -> socket.socket:
    """Resolve, check every address, connect to the first that answers."""
    host = connection.host.strip("[]")
    try:
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NewConnectionError(connection, f"{host} cannot be resolved") from error
    addresses = [entry[4] for entry in found]
    try:
        for address in addresses:
            check_address(host, str(address[0]), private_networks)
    except NotAllowed as why:
        raise _Refused(connection, why) from None
    timeout = connection.timeout if isinstance(connection.timeout, int | float) else None
    problem: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((str(address[0]), int(address[1])), timeout)
        except OSError as error:
            problem = error
    if isinstance(problem, TimeoutError):
        raise ConnectTimeoutError(connection, f"{host} did not answer in time") from problem
    raise NewConnectionError(connection, f"{host} refused the connection") from problem


@lru_cache(maxsize=8)
def _session(private_networks: tuple[str, ...]) -> requests.Session:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, private_networks)

    class Secured(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, private_networks)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    class Guarded(HTTPAdapter):
        def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
            self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **more)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecuredPool}

    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "fhir-pa"
    session.headers["Accept"] = "application/fhir+json, application/json"
    for scheme in ("http://", "https://"):
        session.mount(scheme, Guarded(pool_maxsize=16))
    return session
