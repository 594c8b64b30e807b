"""HAPI's FHIR validator at hand: built by Maven, run in one JVM over many resources, offline."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.packages import FOLDER

HERE = Path(__file__).parent

_EVERYWHERE = (
    "hl7.fhir.r4.core-4.0.1",
    "hl7.terminology.r4-7.0.1",
    "hl7.fhir.uv.extensions.r4-5.2.0",
    "hl7.fhir.uv.sdc-4.0.0.snapshots",
    "hl7.fhir.uv.subscriptions-backport.r4-1.1.0.snapshots",
)
PACKAGES = {  # of two definitions of one canonical the later package wins
    "2.0.1": (
        *_EVERYWHERE,
        "hl7.fhir.us.core-3.1.1",
        "hl7.fhir.us.davinci-crd-2.0.1",
        "hl7.fhir.us.davinci-dtr-2.0.1",
        "hl7.fhir.us.davinci-pas-2.0.1",
    ),
    "2.2": (
        *_EVERYWHERE,
        "hl7.fhir.us.core-6.1.0",
        "hl7.fhir.us.core-7.0.0",
        "hl7.fhir.us.davinci-cdex-2.1.0.snapshots",
        "hl7.fhir.us.davinci-crd-2.2.0",
        "hl7.fhir.us.davinci-dtr-2.2.0.snapshots",
        "hl7.fhir.us.davinci-pas-2.2.1",
    ),
}


class Absent(Exception):
    """Something the oracle needs is not on this machine; the message says what, and how to get it."""


@dataclass(frozen=True)
class Case:
    """One resource to judge: its name, the text as sent, and the profile to hold it to beside those it claims itself.

    ``base`` is the type's own definition, for HAPI, which overlooks rules within nested items (an item's items) of a profile.
    """

    name: str
    text: str
    profile: str | None = None
    base: str | None = None

    @property
    def profiles(self) -> list[str]:
        """What HAPI is to hold it to."""
        return [canonical for canonical in (self.profile, self.base) if canonical]


@dataclass(frozen=True)
class Said:
    """One thing HAPI says: severity (fatal, error, warning, information), FHIRPath expression, message id, message."""

    severity: str
    expression: str
    message_id: str | None
    message: str

    @property
    def is_error(self) -> bool:
        return self.severity in ("fatal", "error")


@dataclass(frozen=True)
class Answer:
    """All that HAPI says of one case, and the processor time it took in ms."""

    name: str
    said: tuple[Said, ...]
    ms: float


def definitions(guide: str) -> list[Path]:
    """The files that define a guide set ('2.0.1' or '2.2'). Raises Absent."""
    packages = [FOLDER / f"{name}.tgz" for name in PACKAGES[guide]]
    missing = [path.name for path in packages if not path.is_file()]
    if missing:
        raise Absent(f"{', '.join(missing)} not found in {FOLDER}. Set FHIR_PA_PACKAGES to the folder that holds the published packages.")
    return [*packages, *sorted((HERE / "definitions").glob("*.json"))]


def build() -> None:
    """Fetch HAPI from Maven Central and compile our class, when that was not done since either changed. Raises Absent."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise Absent(f"No '{program}' on the PATH. Install a JDK of version 17 or later and Maven 3.8 or later.")
    classpath = HERE / "target" / "classpath"
    if classpath.is_file() and all(origin.stat().st_mtime <= classpath.stat().st_mtime for origin in _origins()):
        return
    done = subprocess.run(["mvn", "--batch-mode", "--quiet", "compile"], cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Absent(f"Maven could not build tests/oracle (is Maven Central reachable?):\n{done.stdout[-2000:]}{done.stderr[-1000:]}")
    classpath.touch()


def ask(guide: str, cases: Iterable[Case], silent: Mapping[str, str] | None = None) -> Iterator[Answer]:
    """What HAPI says of each case, in order, as it comes. Raises Absent, and RuntimeError when the JVM ends early.

    ``silent`` has by message id the regular expression of the places where HAPI shall not say so; it then does not hold it
    against a resource either, when it judges whether a reference's target follows the right profile.
    """
    build()
    classpath = f"{HERE}/target/classes:{(HERE / 'target' / 'classpath').read_text().strip()}"
    command = ["java", "-Xmx2g", "-XX:+UseSerialGC", "-cp", classpath, "oracle.Oracle", *map(str, definitions(guide))]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as questions, tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        questions.write(json.dumps(dict(silent or {})) + "\n")
        asked = 0
        for case in cases:
            questions.write(json.dumps({"name": case.name, "text": case.text, "profiles": case.profiles}) + "\n")
            asked += 1
        questions.seek(0)
        with subprocess.Popen(command, stdin=questions, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf-8") as java:
            assert java.stdout is not None
            for line in java.stdout:
                told = json.loads(line)
                asked -= 1
                yield Answer(told["name"], tuple(Said(*each) for each in told["issues"]), told["ms"])
        if asked:
            complaints.seek(0)
            raise RuntimeError(f"HAPI ended with {asked} question(s) unanswered:\n{complaints.read()[-3000:]}")


def _origins() -> list[Path]:
    return [HERE / "pom.xml", *(HERE / "src").rglob("*.java")]
