"""Chromium, a served payer, and a clinic for each test; without Chromium or Playwright these tests say so and are skipped."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.play.payer_file import payer_file
from fhir_pa.provider.play.processes import Processes
from questionnaires.cql import DIST
from tests.browser.any_payer import any_payer
from tests.browser.both_sides import BothSides, both_sides
from tests.browser.clinic import Clinic, Places, clinic, people
from tests.browser.window import Window, Windows
from tests.stories.parties import Lent

logging.getLogger("werkzeug").setLevel(logging.WARNING)
Open = Callable[..., tuple[Clinic, Window]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium, Debian's: the shell without windows where it is installed, because it opens a page in a quarter of the time."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed (apt-get install chromium-headless-shell, or chromium)")
    if not (DIST / "fhirpath.js").is_file():
        pytest.skip("the browser's engines are not built (pip install . builds questionnaires/engine/dist)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright for Python is not installed (pip install '.[test]')")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys.new()


@pytest.fixture(scope="session")
def places() -> Places:
    return Places()


@pytest.fixture(scope="session")
def our_payer(chromium: Any, places: Places, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Our payer as a process of its own, with both generations, for all tests of the session that ask it."""
    where, folder, charts = places, tmp_path_factory.mktemp("payer"), people()
    config = Path(folder) / "fhir-pa.toml"
    config.write_text(payer_file(where.payer, where.ehr, keys, charts, datetime.now(UTC).date()))
    processes = Processes(Path(folder))
    serve = ["fhir_pa.cli", "serve", "--port", where.payer.rpartition(":")[2], "--config", str(config), "--data-directory", str(folder / "data")]
    try:
        processes.start("payer", serve, f"{where.payer}/ready")
        yield
    finally:
        processes.stop()


@pytest.fixture(scope="session")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lent]:
    """What all payers in this process share."""
    made = Lent.make(tmp_path_factory.mktemp("empty"))
    yield made
    made.facts.close()


@pytest.fixture
def serving() -> Iterator[ExitStack]:
    """What a test serves; it is there until the test's windows are closed."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def windows(chromium: Any, serving: ExitStack) -> Iterator[Windows]:
    """Opens windows; at the end, while what they talk to still answers, they are closed, and every one must have stayed quiet."""
    opened = Windows(chromium)
    yield opened
    opened.close()


@pytest.fixture
def opened(windows: Windows, serving: ExitStack, places: Places, keys: Keys, request: pytest.FixtureRequest) -> Open:
    """Opens a clinic, and in a new window the app from a patient's chart."""

    def open_(patient: str, guide: str = "2.2", *, clinic_: Clinic | None = None, payer_base: str | None = None, **more: Any) -> Any:
        signing = {name: more.pop(name) for name in ("ask", "unasked", "measures") if name in more}
        if payer_base is None:
            request.getfixturevalue("our_payer")
        here = clinic_ or serving.enter_context(clinic(places, keys, guide, payer_base, **signing))
        window = windows(**more)
        window.launch(here.places.ehr, patient)
        return here, window

    return open_


@pytest.fixture
def fresh(opened: Open, serving: ExitStack) -> Callable[..., Any]:
    """Opens the app on a form of the given items, asked by a payer of the test's own that speaks this guide."""

    def open_(*asked: Any, guide: str = "2.2", **more: Any) -> Any:
        payer = serving.enter_context(any_payer(*asked, **more))
        here, window = opened("Teodric Amble", guide, payer_base=payer.base, ask=False)
        return here, window, payer

    return open_


@pytest.fixture(scope="session")
def both(chromium: Any, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothSides]:
    """The test EHR and a payer that knows everybody in it."""
    with both_sides(Path(tmp_path_factory.mktemp("both")), keys) as sides:
        yield sides


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """Keeps a picture of a page under a name, in the folder of ``--screenshots``."""
    folder = Path(request.config.rootpath) / str(request.config.getoption("--screenshots", default="screenshots"))
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Any, name: str) -> None:
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return keep
