"""Every setting of the server, each with its meaning and where its value came from: flag, FHIR_PA_* variable, file, default."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cds_hooks.quiet import Rule
from fhir_pa.auth import registration
from fhir_pa.auth.directory import Directory
from fhir_pa.configuration import LOOPBACK, Misconfigured, Mistake, Mistakes, url_problem

LogFormat = Literal["words", "json"]
Validation = Literal["tolerant", "strict"]
_PASSWORD = re.compile(r"(?<=:)[^:/@][^@]*(?=@)|(?<=password=)[^&]*")


_LISTS = ("client", "person", "practice", "practice_person", "member", "representative", "gold_card", "provider", "app", "delegate")


def _setting(says: str, default: Any) -> Any:
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True)
class Settings:
    """Read once at the start by ``read``; nothing changes it afterwards."""

    config: Path | None = _setting(
        f"The TOML file with [payer], {', '.join(f'[[{each}]]' for each in _LISTS)}, [oidc], [member_oidc], [root_causes], [server].", None
    )
    host: str = _setting("The address to listen on. Anything but loopback belongs behind a proxy with TLS.", "127.0.0.1")
    port: int = _setting("The port to listen on.", 8080)
    public_url: str = _setting("This server as the world knows it: token audiences, links and fullUrls are built from it.", "")
    data_directory: Path = _setting("Where the embedded database lives.", Path("fhir-pa-data"))
    database_url: str = _setting("The database: empty for SQLite in the data directory, or postgresql+psycopg://user:password@host/name.", "")
    policies: Path | None = _setting("A folder of the payer's own policies; empty for the ones that come with the server.", None)
    code_map: Path | None = _setting("A FHIR ConceptMap (JSON) from clinical codes to the codes they are billed by; empty for none.", None)
    profiles: Path | None = _setting("A folder of further profiles, made by 'fhir-pa profiles add'; empty for those that come with the server.", None)
    processes: int = _setting("Server processes, as many as there are cores. With SQLite they write in turn, and one of them does the background work.", 1)
    threads: int = _setting("Requests each process works on at once.", 8)
    worker: bool = _setting("Whether the server also does the background work; if not, run 'fhir-pa worker' beside it.", True)
    open: bool = _setting("Let anybody on this machine in as a provider's system, without a token. Loopback only.", False)
    local_people: bool = _setting("Let anybody on this machine sign in to the pages as anybody on file, without a token. Loopback only.", False)
    validation: Validation = _setting("Whether requests that break a profile are refused (strict), or served with warnings (tolerant).", "tolerant")
    log: LogFormat = _setting("How log lines are written: in words, or as JSON objects.", "words")
    max_body_bytes: int = _setting("The longest request body taken, in bytes.", 10 * 1024 * 1024)
    exchange_seconds: int = _setting("How long a submission may take; what is not weighed by then is pended, and weighed on in the background.", 10)
    time_zone: str = _setting("The plan's time zone, e.g. America/New_York: its days begin and end there.", "UTC")
    peer_to_peer_hours: int = _setting("How long, 24 to 72, the treating clinician may call before a clinical denial is signed; 0 offers no call.", 72)
    ehr_query_milliseconds: int = _setting("How long one query at a provider's EHR may take while a hook is answered.", 1200)
    ehr_milliseconds: int = _setting("How long all queries of one hook call together may take.", 2500)
    ehr_rest_seconds: int = _setting("How long an EHR that let three queries in a row time out is not asked, before it is tried again.", 30)
    warm_seconds: int = _setting("How long order-sign may use what order-select or encounter-start read of the chart; 0 to read it again each time.", 120)
    warm_at_encounter: bool = _setting("Whether encounter-start reads ahead what most policies look for in a chart, where the call gives leave.", False)
    replay_seconds: int = _setting("How long the same bytes sent again by the same client get the answer already given.", 60)
    cds_strict_replay: bool = _setting("Refuse a CDS Hooks token used twice even when the body differs.", False)
    cds_origins: tuple[str, ...] = _setting("Origins whose browser pages may call the CDS services (CORS).", ())
    quiet_after: int = _setting("After how many cards that clinicians of a system responded to a type of card may fall quiet; 0 for never.", 20)
    quiet_rejected: int = _setting("What share of these, in percent, they must have turned down for that.", 90)
    quiet_days: int = _setting("For how many days such a card is left out before it is given again.", 30)
    private_networks: tuple[str, ...] = _setting("Private networks, such as 10.2.0.0/16, in which providers' addresses may lie.", ())
    client_certificate_header: str = _setting("The header in which the proxy hands on a verified client certificate (RFC 9440); empty without mutual TLS.", "")
    trusted_proxies: tuple[str, ...] = _setting("Addresses or networks of the proxies whose client_certificate_header is believed.", ())
    requests_per_second: int = _setting("Calls a second each client may make of each server process; 0 for no limit.", 0)
    burst: int = _setting("Calls a client may make at once before requests_per_second holds.", 100)
    directory: Directory = field(default=Directory(), repr=False)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is in use, which is for one process."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def quiet(self) -> Rule:
        """When a type of card falls quiet."""
        return Rule(self.quiet_after, self.quiet_rejected, self.quiet_days)

    def shown(self) -> list[tuple[str, str, str, str]]:
        """Name, value (secrets masked), source and meaning of every setting, in order."""
        return [(each.name, self._shown(each.name), self.sources.get(each.name, "default"), each.metadata["says"]) for each in documented()]

    def as_environment(self) -> dict[str, str]:
        """What was set, as FHIR_PA_* variables, for the server's own processes."""
        return {f"FHIR_PA_{name.upper()}": _written(getattr(self, name)) for name in self.sources}

    def _shown(self, name: str) -> str:
        value = _written(getattr(self, name))
        return _PASSWORD.sub("****", value) if name == "database_url" else value


def documented() -> list[Field[Any]]:
    """The settings a person can set."""
    return [each for each in fields(Settings) if "says" in each.metadata]


def read(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The settings in effect: a flag wins over a FHIR_PA_* variable, that over the file, that over the default.

    Flags that are None count as not given. Raises Misconfigured with everything wrong in any of them.
    """
    mistakes = Mistakes()
    chosen: dict[str, Any] = {}
    sources: dict[str, str] = {}
    path = flags.get("config") or environment.get("FHIR_PA_CONFIG")
    tables = _file(Path(path), mistakes) if path else {}
    where = str(path) if path else "configuration"
    in_file = dict(_dict(tables.get("server")))
    if "public_url" in _dict(tables.get("payer")):
        in_file["public_url"] = tables["payer"]["public_url"]
    types = get_type_hints(Settings)
    for each in documented():
        name, variable = each.name, f"FHIR_PA_{each.name.upper()}"
        for source, values, key in (("flag", flags, name), (f"${variable}", environment, variable), (where, in_file, name)):
            value = values.get(key)
            if value is None or value == "" or value == ():
                continue
            read_value = _typed(value, types[name])
            if read_value is None:
                mistakes.add(f"{source} {name}", f"is {value!r}, but should be {_shape(types[name])}.", each.metadata["says"])
            else:
                chosen[name], sources[name] = read_value, source
            break
    for name in in_file.keys() - {each.name for each in documented()}:
        mistakes.add(f"{where} [server] {name}", "is not a setting this server knows.", "Run 'fhir-pa settings' to see them all.")
    for name in tables.keys() - {"payer", *_LISTS, "oidc", "member_oidc", "root_causes", "server"}:
        mend = f"Use [payer], {', '.join(f'[[{each}]]' for each in _LISTS)}, [oidc], [member_oidc], [root_causes] or [server]."
        mistakes.add(f"{where} [{name}]", "is not a table this server knows.", mend)
    directory = registration.read(tables, where, mistakes)
    settings = Settings(**chosen, directory=directory, sources=sources)
    settings = replace(settings, public_url=(settings.public_url or _own_url(settings)).rstrip("/"))
    _sensible(settings, mistakes)
    mistakes.stop_if_any()
    return settings


def _file(path: Path, mistakes: Mistakes) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        mistakes.add(str(path), f"cannot be read ({error.strerror}).", "Correct --config or FHIR_PA_CONFIG, or create the file.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.add(str(path), f"is not TOML: {error}.", "Correct that line; TOML puts texts in quotes and dates without.")
    return {}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _sensible(settings: Settings, mistakes: Mistakes) -> None:
    problem = url_problem(settings.public_url)
    elsewhere = settings.host not in LOOPBACK or problem or urlsplit(settings.public_url).hostname not in LOOPBACK
    instead_of = {"open": "register clients and leave --open away", "local_people": "give people accounts with [oidc] and leave --local-people away"}
    for name, instead in instead_of.items():
        if getattr(settings, name) and elsewhere:
            what = f"would let anybody in while listening on {settings.host} as {settings.public_url}."
            mistakes.add(name, what, f"Listen on 127.0.0.1, or {instead}.")
    if not 1 <= settings.port <= 65535:
        mistakes.add("port", f"is {settings.port}.", "Use a number between 1 and 65535.")
    ehr = ("ehr_query_milliseconds", "ehr_milliseconds", "ehr_rest_seconds")
    for name in ("processes", "threads", "max_body_bytes", "burst", "exchange_seconds", "quiet_days", *ehr):
        if getattr(settings, name) < 1:
            mistakes.add(name, f"is {getattr(settings, name)}.", "Use 1 or more.")
    if not _is_zone(settings.time_zone):
        mistakes.add("time_zone", f"is {settings.time_zone!r}, which is no time zone.", "Use a name such as America/New_York.")
    if settings.peer_to_peer_hours and not 24 <= settings.peer_to_peer_hours <= 72:
        mistakes.add("peer_to_peer_hours", f"is {settings.peer_to_peer_hours}.", "Use 24 to 72, or 0 to offer no conversation.")
    if not 1 <= settings.quiet_rejected <= 100:
        mistakes.add("quiet_rejected", f"is {settings.quiet_rejected}.", "Use a share between 1 and 100 percent.")
    for name in ("private_networks", "trusted_proxies"):
        for network in getattr(settings, name):
            try:
                ipaddress.ip_network(network)
            except ValueError as error:
                mistakes.add(name, f"cannot be read: {error}.", "Write networks such as 10.2.0.0/16.")
    _mutual_tls(settings, mistakes)
    if problem and "public_url" in settings.sources:
        mistakes.add("public_url", f"is {settings.public_url!r}: {problem}", "Write the https address of your proxy.")


def _mutual_tls(settings: Settings, mistakes: Mistakes) -> None:
    if settings.client_certificate_header and not settings.trusted_proxies:
        what = "is set, but no proxy is trusted to fill it, so every client certificate would be passed over."
        mistakes.add("client_certificate_header", what, "Name the proxy's address in trusted_proxies.")
    for client in settings.directory.clients:
        if client.certificate_uri and not settings.client_certificate_header:
            what = "can never be shown: the server is told of no client certificate."
            mistakes.add(f"[[client]] {client.id} certificate_uri", what, "Set client_certificate_header and trusted_proxies.")


def _own_url(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _typed(value: Any, kind: Any) -> Any:
    """The value as the setting's type, from TOML's types or from text; None when it is not of that type."""
    if kind is int:
        return value if isinstance(value, int) and not isinstance(value, bool) else int(value) if isinstance(value, str) and value.isdigit() else None
    if kind is bool:
        return value if isinstance(value, bool) else {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(str(value).lower())
    if kind == tuple[str, ...]:
        words = value.split(",") if isinstance(value, str) else value
        return tuple(str(word).strip() for word in words) if isinstance(words, list | tuple) else None
    if kind in (LogFormat, Validation):
        return value if value in get_args(kind) else None
    if kind is str:
        return value if isinstance(value, str) else None
    return Path(value) if isinstance(value, str | Path) else None


def _shape(kind: Any) -> str:
    shapes: dict[Any, str] = {int: "a whole number", bool: "true or false", str: "a text"}
    words = " or ".join(f"'{word}'" for word in get_args(kind)) if kind in (LogFormat, Validation) else ""
    return words or shapes.get(kind, "a path or list of texts")


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


__all__ = ["Misconfigured", "Mistake", "Settings", "documented", "read"]
