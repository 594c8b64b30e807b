"""The store: open it once for each process, and do each thing in one transaction that is kept whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

import sqlalchemy as sa

from fhir_pa.storage.alerts import AlertReading
from fhir_pa.storage.assertions import AssertionReading, AssertionWriting
from fhir_pa.storage.authorizations import AuthorizationWriting
from fhir_pa.storage.beside import BesideReading
from fhir_pa.storage.cards import CardReading, CardWriting
from fhir_pa.storage.claims import ClaimReading, ClaimWriting
from fhir_pa.storage.courses import CourseReading
from fhir_pa.storage.crd_metrics import CrdMetricReading, CrdMetricWriting
from fhir_pa.storage.database import open_database
from fhir_pa.storage.dtr_metrics import DtrMetricReading, DtrMetricWriting
from fhir_pa.storage.follow_ups import FollowUpReading, FollowUpWriting
from fhir_pa.storage.form_errors import FormErrorReading, FormErrorWriting
from fhir_pa.storage.ground import Clock
from fhir_pa.storage.hook_log import HookReading, HookWriting
from fhir_pa.storage.judgements import JudgementReading
from fhir_pa.storage.looks import LookReading, LookWriting
from fhir_pa.storage.migrate import up_to_date
from fhir_pa.storage.notices import NoticeReading, NoticeWriting
from fhir_pa.storage.once import OnceReading, OnceWriting
from fhir_pa.storage.one_writer import OneWriter
from fhir_pa.storage.operating import OperatingReading
from fhir_pa.storage.points import PointReading
from fhir_pa.storage.practice import PracticeReading
from fhir_pa.storage.prefetch_gaps import GapReading, GapWriting
from fhir_pa.storage.queries import QueryReading, QueryWriting
from fhir_pa.storage.queue import DurableQueue
from fhir_pa.storage.received import ReceivedReading, ReceivedWriting
from fhir_pa.storage.second_readings import SecondReadingReading, SecondReadingWriting
from fhir_pa.storage.turnaround import TurnaroundReading
from fhir_pa.storage.weighing import WeighingWriting
from fhir_pa.storage.workers import WorkerWriting
from fhir_pa.storage.worklist import WorklistReading
from ig_profiles.outcome import Unavailable, Unprocessable


class Reading(
    AlertReading,
    WorklistReading,
    JudgementReading,
    CourseReading,
    PracticeReading,
    PointReading,
    BesideReading,
    ReceivedReading,
    NoticeReading,
    OperatingReading,
    GapReading,
    AssertionReading,
    HookReading,
    LookReading,
    OnceReading,
    TurnaroundReading,
    CrdMetricReading,
    DtrMetricReading,
    CardReading,
    ClaimReading,
    FollowUpReading,
    SecondReadingReading,
    FormErrorReading,
    QueryReading,
):
    """Everything that may be asked of the store."""


class Transaction(
    ReceivedWriting,
    AuthorizationWriting,
    NoticeWriting,
    AssertionWriting,
    HookWriting,
    LookWriting,
    OnceWriting,
    WeighingWriting,
    WorkerWriting,
    CrdMetricWriting,
    DtrMetricWriting,
    GapWriting,
    FormErrorWriting,
    CardWriting,
    ClaimWriting,
    FollowUpWriting,
    SecondReadingWriting,
    Reading,
    QueryWriting,
):
    """Everything that may be asked and kept, in one transaction."""


class Store:
    """An open database. Threads may share it; processes each open their own."""

    def __init__(self, engine: sa.Engine, data_dir: Path, clock: Clock) -> None:
        self.engine = engine
        self.data_dir = data_dir
        self.clock = clock
        self.queue = DurableQueue(engine)

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file that one process writes."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, outlives: Literal["the machine", "the process"] = "the machine") -> Iterator[Transaction]:
        """One database transaction: kept when the block ends, gone when it raises.

        On SQLite one at a time; on PostgreSQL many. Do nothing slow inside. What it keeps outlives a sudden end of the
        machine; where it need outlive only that of the process (kill -9), SQLite does not wait for the disk (decision 0009).
        Raises Unavailable when the database cannot be reached or is too busy.
        """
        with _reachable(), self._connection(outlives) as connection, connection.begin():
            if self.is_embedded:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield Transaction(connection, self.clock, self.queue)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A view for questions only; it waits for no writer."""
        with _reachable(), self.engine.connect() as connection:
            if self.is_embedded:
                connection.exec_driver_sql("BEGIN DEFERRED")
            else:
                connection.execution_options(postgresql_readonly=True)
            yield Reading(connection, self.clock, self.queue)

    @contextmanager
    def _connection(self, outlives: str) -> Iterator[sa.Connection]:
        with self.engine.connect() as connection:
            if not self.is_embedded or outlives == "the machine":
                yield connection
                return
            with cast(OneWriter, connection.connection.driver_connection).left_to_the_system():
                yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.queue.close()
        self.engine.dispose()


def open_store(database_url: str = "", data_dir: Path = Path("fhir-pa-data"), clock: Clock = lambda: datetime.now(UTC)) -> Store:
    """Open the database, with its tables brought up to date; an empty URL means SQLite in the data directory.

    Raises Unprocessable when the URL cannot be used, Unavailable when the database cannot be reached.
    """
    engine = open_database(database_url, data_dir)
    with _reachable():
        up_to_date(engine)
        store = Store(engine, data_dir, clock)
        store.queue.register()
        return store


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        raise Unavailable("The database cannot be reached, or is busy. Nothing was kept; try again in a moment.") from error
    except sa.exc.DataError as error:
        raise Unprocessable("A text holds a character that cannot be kept, such as NUL. Send text without control characters.") from error
