"""Population: what claims show over many members: readmissions, long stays, over- and under-use, antibiotics without reason (domain F53, F99).

Every number keeps the claims behind it. Without a feed of claims nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import mean

from fhir_pa.um.on_file.rendered import Rendered
from ig_profiles.names import RXNORM, code_system

WITHIN = timedelta(days=30)  # of a discharge: a stay that begins then is a readmission
SIGMAS = 3
FEWEST = 5  # members treated, below which a provider is not compared
# RxNorm ingredients: amoxicillin, azithromycin, cephalexin, ciprofloxacin, clarithromycin, doxycycline, levofloxacin, penicillin V.
ANTIBIOTICS = frozenset({"723", "18631", "2231", "2551", "21212", "3640", "82122", "7984"})
# ICD-10-CM: common cold, viral sore throat and bronchitis, influenza, viral infection; the beginnings of their codes.
VIRAL = ("J00", "J02.8", "J06", "J09", "J10", "J11", "J20.3", "J20.4", "J20.5", "J20.6", "J20.7", "J20.8", "B34")


@dataclass(frozen=True)
class Counted:
    """So many of so many, the claims behind both; ``name`` is the service or the provider, ``says`` what to look at."""

    name: str
    are: tuple[str, ...]
    of: tuple[str, ...]
    says: str = ""

    @property
    def percent(self) -> float | None:
        """The share in percent; None when there is nothing to count."""
        return round(100 * len(self.are) / len(self.of), 1) if self.of else None


@dataclass(frozen=True)
class Stays:
    """Hospital stays of one service: how long on average, what its policy expects (None: it does not say), those that were longer."""

    service: str
    mean_days: float
    goal_days: int | None
    longer: Counted


@dataclass(frozen=True)
class Use:
    """One provider's use of one service for each hundred members treated, against what its peers' use makes likely."""

    service: str
    npi: str
    rate: float
    lower: float
    upper: float
    claims: tuple[str, ...]
    members: int

    @property
    def is_over(self) -> bool:
        """Whether it lies above the limit."""
        return self.rate > self.upper

    @property
    def is_under(self) -> bool:
        """Whether it lies below the limit."""
        return self.rate < self.lower


@dataclass(frozen=True)
class Report:
    """The five, over these days."""

    first: date
    last: date
    readmissions: tuple[Counted, ...]
    stays: tuple[Stays, ...]
    over: tuple[Use, ...]
    under: tuple[Use, ...]
    antibiotics: tuple[Counted, ...]


def report(lines: Iterable[Rendered], first: date, last: date, goal: Callable[[Rendered], int | None]) -> Report:
    """The five over the claims of these days; ``goal`` says how long a policy expects a stay to be."""
    listed = sorted((line for line in lines if first <= line.on <= last), key=lambda line: (line.on, line.name))
    uses = _uses(listed)
    return Report(
        first,
        last,
        readmissions=_readmissions(listed),
        stays=_stays(listed, goal),
        over=tuple(use for use in uses if use.is_over),
        under=tuple(use for use in uses if use.is_under),
        antibiotics=_antibiotics(listed),
    )


def _readmissions(lines: list[Rendered]) -> tuple[Counted, ...]:
    """By the service of the first stay: discharges after which the member was in hospital again within thirty days."""
    stays = [line for line in lines if line.is_hospital_stay]
    found: dict[str, list[tuple[str, bool]]] = {}
    for index in stays:
        if index.ended:
            again = any(
                other.member == index.member and other.claim != index.claim and timedelta(0) <= other.on - index.until <= WITHIN and other.on > index.on
                for other in stays
            )
            found.setdefault(index.code.code, []).append((index.name, again))
    rows = (
        Counted(code, tuple(name for name, again in each if again), tuple(name for name, _ in each), "in hospital again within 30 days")
        for code, each in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-len(row.are), row.name)))


def _stays(lines: list[Rendered], goal: Callable[[Rendered], int | None]) -> tuple[Stays, ...]:
    found: dict[str, list[Rendered]] = {}
    for line in lines:
        if line.is_hospital_stay:
            found.setdefault(line.code.code, []).append(line)
    rows = []
    for code, each in sorted(found.items()):
        expected = goal(each[-1])
        longer = tuple(line.name for line in each if expected is not None and len(line.days) > expected)
        counted = Counted(code, longer, tuple(line.name for line in each), "longer than the policy expects")
        rows.append(Stays(code, round(mean(len(line.days) for line in each), 1), expected, counted))
    return tuple(rows)


def _uses(lines: list[Rendered]) -> tuple[Use, ...]:
    """Each provider's rate of each service that two or more give, with limits from the rate of all of them (a u-chart)."""
    treated: dict[str, set[str]] = {}
    given: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        treated.setdefault(line.npi, set()).add(f"{line.member.system}|{line.member.value}")
        given.setdefault(line.code.code, {}).setdefault(line.npi, []).append(line.name)
    found: list[Use] = []
    for code, by in sorted(given.items()):
        if len(by) > 1:
            found += _compared(code, by, treated)
    return tuple(found)


def _compared(code: str, by: Mapping[str, list[str]], treated: Mapping[str, set[str]]) -> list[Use]:
    everywhere = sum(map(len, by.values())) / sum(len(treated[npi]) for npi in by)
    rows = []
    for npi, claims in sorted(by.items()):
        members = len(treated[npi])
        if members >= FEWEST:
            wide = SIGMAS * sqrt(everywhere / members)
            lower, upper = (round(100 * max(0.0, limit), 1) for limit in (everywhere - wide, everywhere + wide))
            rows.append(Use(code, npi, round(100 * len(claims) / members, 1), lower, upper, tuple(claims), members))
    return rows


def _antibiotics(lines: list[Rendered]) -> tuple[Counted, ...]:
    """By provider: antibiotics given on a claim whose every diagnosis is viral, of all antibiotics given."""
    found: dict[str, list[Rendered]] = {}
    for line in lines:
        if code_system(line.code.system) == RXNORM and line.code.code in ANTIBIOTICS:
            found.setdefault(line.npi, []).append(line)
    rows = (
        Counted(npi, tuple(line.name for line in each if _is_viral(line)), tuple(line.name for line in each), "an antibiotic, and every diagnosis viral")
        for npi, each in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-len(row.are), row.name)))


def _is_viral(line: Rendered) -> bool:
    return bool(line.diagnoses) and all(each.code.startswith(VIRAL) for each in line.diagnoses)
