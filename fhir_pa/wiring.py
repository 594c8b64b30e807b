"""Wiring: everything a payer is made of, joined once at the start and handed to every operation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from fhir_pa.auth.directory import Directory
from fhir_pa.brief import Brief
from fhir_pa.outbound.breaker import Breaker, Rule
from fhir_pa.settings import Settings
from fhir_pa.storage.store import Store, open_store
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal, Unprocessable
from ig_profiles.reading import Json
from ig_profiles.registry import Registry, open_set
from questionnaires import code_map
from questionnaires.code_map import CodeMap
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answers
from questionnaires.library import Shelf, open_shelf
from questionnaires.translated_facts import TranslatedFacts

CHART_BYTES = 32 * 1024 * 1024
FACT_SETS = 512
OUTLINES = 10_000  # of cases, some kilobytes each
YEARS = 64
GENERATIONS = {"2.0.1": "v2.0", "2.2": "v2.2"}


@dataclass(frozen=True)
class Memory:
    """What authentication asks of the store: tokens seen once, and the payer's own secrets, shared by all processes."""

    store: Store

    def remember_once(self, kind: str, key: str, until: datetime) -> bool:
        """Keep the key until then; False when it was already kept."""
        with self.store.transaction("the process") as tx:
            return tx.remember_once(kind, key, until)

    def was_seen(self, kind: str, key: str) -> bool:
        """Whether the key is kept."""
        with self.store.reading() as tx:
            return tx.was_seen(kind, key)

    def secret(self, name: str) -> str | None:
        """The secret kept under this name, or None."""
        with self.store.reading() as tx:
            kept = tx.secret(name)
        return kept.decode() if kept is not None else None

    def keep_secret(self, name: str, value: str) -> str:
        """Keep it, unless one is kept under this name already; the one that counts."""
        with self.store.transaction() as tx:
            return tx.keep_secret(name, value.encode()).decode()


@dataclass(frozen=True)
class Lately:
    """What this process alone remembers, briefly and nowhere else: which EHRs stall, what was read of a chart,
    which facts were found in it, the public figures, and the outlines of cases by revision.

    A chart is kept as bytes under whoever may read it; facts under a digest of the policy's wording and of what they rest on.
    """

    stalls: Breaker = field(default_factory=Breaker)
    charts: Brief[Hashable, Mapping[str, bytes]] = field(default_factory=lambda: Brief(CHART_BYTES))
    facts: Brief[str, Answers] = field(default_factory=lambda: Brief(FACT_SETS))
    figures: Brief[Hashable, Json] = field(default_factory=lambda: Brief(YEARS))
    outlines: Brief[tuple[str, int], Authorization] = field(default_factory=lambda: Brief(OUTLINES))


@dataclass(frozen=True)
class Payer:
    """One payer, running: its settings, its files of people and members, its store, its policies and the fact engine."""

    settings: Settings
    store: Store
    shelf: Shelf
    facts: FactEngine
    clock: Callable[[], datetime]
    code_map: CodeMap = CodeMap()
    lately: Lately = field(default_factory=Lately, compare=False)

    @property
    def directory(self) -> Directory:
        """The systems, people and members the payer knows."""
        return self.settings.directory

    @property
    def memory(self) -> Memory:
        """The store as authentication sees it."""
        return Memory(self.store)

    @property
    def public_url(self) -> str:
        """This server as the world knows it, without a trailing slash."""
        return self.settings.public_url

    def fhir_base(self, guide: str) -> str:
        """The FHIR base of one guide generation."""
        return f"{self.public_url}/{GENERATIONS[guide]}/fhir"

    def definitions(self, guide: str) -> Registry:
        """What HL7 published for this generation, and what the payer added."""
        return open_set(guide, *([self.settings.profiles] if self.settings.profiles else []))

    def warm_up(self) -> None:
        """Do now what the first clinician would wait for: start the fact engine with every policy, open the definitions."""
        for volume in self.shelf.volumes():
            if volume.elm is not None:
                self.facts.facts(volume.elm, [], self.clock(), volume.edition.facts)
        for guide in GENERATIONS:
            self.definitions(guide)

    def readiness(self) -> Mapping[str, str | None]:
        """Each thing the server cannot do without, with what is wrong with it (None: nothing)."""
        return {"database": self._database_trouble(), "policies": None if self.shelf.editions() else "No policy is on the shelf."}

    def _database_trouble(self) -> str | None:
        try:
            with self.store.reading() as tx:
                tx.secret("readiness")
        except Refusal as refusal:
            return str(refusal)
        return None

    def close(self) -> None:
        """Let go of the database and of the fact engine."""
        self.facts.close()
        self.store.close()


def local_clock(zone: str) -> Callable[[], datetime]:
    """A clock that tells moments in this time zone, each with its offset alone: an hour added is an hour, whatever the season."""
    local = ZoneInfo(zone)

    def now() -> datetime:
        moment = datetime.now(local)
        return moment.astimezone(timezone(moment.utcoffset() or timedelta(0)))

    return now


def open_payer(settings: Settings, clock: Callable[[], datetime] | None = None) -> Payer:
    """The payer these settings describe, its database brought up to date and its policies read.

    Its clock tells moments in the plan's time zone, so that every day written down is a day there.
    Raises Refusal when the database cannot be reached, or a policy or the code map cannot be read.
    """
    shelf = open_shelf(*([settings.policies] if settings.policies else []))
    clock = clock or local_clock(settings.time_zone)
    store = open_store(settings.database_url, settings.data_directory, clock)
    billed = billing_codes(settings)
    return Payer(settings, store, shelf, TranslatedFacts(billed), clock, billed, Lately(Breaker(Rule(seconds=settings.ehr_rest_seconds))))


def billing_codes(settings: Settings) -> CodeMap:
    """The plan's code map, empty when it has none. Raises Refusal when the file cannot be read as one."""
    if settings.code_map is None:
        return CodeMap()
    try:
        return code_map.read(parse(settings.code_map.read_bytes()))
    except OSError as error:
        raise Unprocessable(f"The code map {settings.code_map} cannot be read: {error.strerror}. Correct the path (code_map).") from None
