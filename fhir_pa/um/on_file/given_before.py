"""Given before: what claims tell of one member, the services now asked for first, each with the authorization it rests on (F33)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.on_file.rendered import InForce, Rendered, matched
from fhir_pa.um.on_file.status import Standing, Status
from ig_profiles.reading import Coding

NOT_ASKED_FOR = Status(Standing.NOT_NEEDED, "The plan asked for no authorization of this service on that day.")


@dataclass(frozen=True)
class Given:
    """One line of a claim: what was on file for it, and under which number of the case; ``number`` is empty when nothing was."""

    rendered: Rendered
    status: Status
    number: str
    same_service: bool


def given_before(lines: Iterable[Rendered], cases: Iterable[Authorization], asked: Iterable[Coding], in_force: InForce) -> tuple[Given, ...]:
    """These lines of one member against the member's cases: the services ``asked`` for first, the newest of each first."""
    listed, on_file, wanted = list(lines), tuple(cases), tuple(asked)
    held = {each.rendered.name: each.status for each in matched(listed, lambda _: on_file, in_force)}
    called = {name: case.number for case in on_file for name in (case.number, case.reference)}

    def one(line: Rendered) -> Given:
        status = held.get(line.name, NOT_ASKED_FOR)
        return Given(line, status, called.get(status.number, ""), any(line.code.same_as(each) for each in wanted))

    return tuple(sorted(map(one, listed), key=lambda each: (not each.same_service, -each.rendered.on.toordinal(), each.rendered.claim, each.rendered.line)))
