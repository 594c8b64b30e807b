"""What the web needs from the rest of the house: the payer, and every operation it offers; handed in, so that tests can hand in fakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from fhir_pa.auth.authenticator import Ports
from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Directory
from fhir_pa.settings import Settings
from fhir_pa.web.desk.offered import EditionDiff, Operating, PolicyDesk, PolicyTrial
from fhir_pa.web.managing import Managing
from fhir_pa.web.member.offered import MemberActs, MemberPage, MemberSends
from fhir_pa.web.practice.offered import ForPractices
from questionnaires.package_request import Guide

Json = dict[str, Any]


class Payer(Protocol):
    """What the web itself uses of ``fhir_pa.wiring.Payer``; operations receive it whole."""

    @property
    def settings(self) -> Settings: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def memory(self) -> Ports: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    def readiness(self) -> Mapping[str, str | None]:
        """Each thing the server cannot do without, with what is wrong with it (None: nothing)."""


class Operation(Protocol):
    """One thing a provider's system may ask, body in and FHIR out."""

    def __call__(self, body: bytes, guide: Guide, caller: Caller, payer: Any) -> Json: ...


class Package(Protocol):
    """The forms of an order; ``identity`` is the form the address names."""

    def __call__(self, body: bytes, guide: Guide, caller: Caller, payer: Any, identity: str = "") -> Json: ...


class Expand(Protocol):
    """Value sets listed (the functions of ``operations.forms.expand``)."""

    def expand(self, asked: Mapping[str, Sequence[str]], identity: str, payer: Any) -> Json: ...
    def parameters_of(self, body: bytes, guide: str, payer: Any) -> dict[str, list[str]]: ...


class Published(Protocol):
    """What policies publish (the functions of ``operations.forms.questionnaire_read``)."""

    def read(self, kind: str, identity: str, guide: Guide, payer: Any) -> Json: ...
    def search(self, kind: str, asked: Mapping[str, Sequence[str]], guide: Guide, payer: Any) -> Json: ...


class Validate(Protocol):
    """Checking one resource; ``kind`` is the type in the address, ``profile`` the one asked for there."""

    def __call__(self, body: bytes, kind: str, profile: str | None, guide: str, caller: Caller, payer: Any) -> Json: ...


class Metadata(Protocol):
    """The CapabilityStatement of one guide's base."""

    def __call__(self, guide: Guide, payer: Any) -> Json: ...


class Cases(Protocol):
    """What a system submitted and what came of it (the functions of ``operations.requests.cases``)."""

    def read(self, kind: str, identity: str, guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def search(self, kind: str, asked: Mapping[str, Sequence[str]], guide: Guide, caller: Caller, payer: Any) -> Json: ...


class Subscribe(Protocol):
    """Subscription's interactions (the functions of ``operations.notices.subscribe``)."""

    def create(self, body: bytes, guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def read(self, identity: str, guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def update(self, identity: str, body: bytes, guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def delete(self, identity: str, guide: Guide, caller: Caller, payer: Any) -> None: ...
    def search(self, parameters: Mapping[str, list[str]], guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def status(self, identities: tuple[str, ...], guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def events(self, identity: str, asked: Mapping[str, list[str]], guide: Guide, caller: Caller, payer: Any) -> Json: ...


class Hook(Protocol):
    """The CDS services (the functions of ``operations.hooks.hook``)."""

    def discovery(self, guide: Guide, payer: Any) -> Json: ...
    def hook(self, service_id: str, body: bytes, guide: Guide, caller: Caller, payer: Any) -> Json: ...
    def feedback(self, service_id: str, body: bytes, caller: Caller, payer: Any) -> object: ...


class Review(Protocol):
    """What the payer's staff may ask (the functions of ``operations.desk.review``)."""

    def read(self, number: str, caller: Caller, payer: Any) -> Json: ...
    def decide(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def reopen(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def extend(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def ask(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def let_stand(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Worklist(Protocol):
    """What waits for a person, and in whose hands it is (the functions of ``operations.desk.worklist``)."""

    def worklist(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...
    def take(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def take_several(self, body: bytes, caller: Caller, payer: Any) -> Json: ...


class CaseScreen(Protocol):
    """All a reviewer sees of one case."""

    def __call__(self, number: str, caller: Caller, payer: Any) -> Json: ...


class Heard(Protocol):
    """What happened to a case since its page was opened (``operations.desk.heard.heard``)."""

    def __call__(self, number: str, events: int, handovers: int, caller: Caller, payer: Any) -> Json: ...


class Preview(Protocol):
    """A decision before it is signed: what everybody would hear."""

    def __call__(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Evidence(Protocol):
    """What was received for a case, one resource at a time (the functions of ``operations.desk.evidence``)."""

    def resource(self, number: str, sha256: str, caller: Caller, payer: Any) -> Json: ...
    def attachment(self, number: str, sha256: str, position: int, caller: Caller, payer: Any) -> tuple[str, bytes]: ...


class Search(Protocol):
    """Searching all that was received for a case (``operations.desk.evidence_search.search``)."""

    def __call__(self, number: str, wanted: str, caller: Caller, payer: Any) -> Json: ...


class Contact(Protocol):
    """Keeping who was told what of a case."""

    def __call__(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Stays(Protocol):
    """The stays under review (``operations.requests.stays.listed``)."""

    def __call__(self, caller: Caller, payer: Any) -> Json: ...


class Appeal(Protocol):
    """Appeals (the functions of ``operations.desk.appeal``)."""

    def file(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def act(self, number: str, appeal: int, body: bytes, caller: Caller, payer: Any) -> Json: ...
    def packet(self, number: str, appeal: int, caller: Caller, payer: Any) -> Json: ...


class Figures(Protocol):
    """What the plan publishes and watches (the functions of ``operations.reports.figures``)."""

    def public(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...
    def watched(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...


class PublishedPlan(Protocol):
    """What anybody may read of the plan (the functions of ``operations.policies.published``)."""

    def services(self, asked: Mapping[str, str], payer: Any) -> Json: ...
    def policy(self, topic: str, payer: Any) -> Json: ...
    def figures(self, year: str, asked: Mapping[str, str], payer: Any) -> Json: ...


class FallDue(Protocol):
    """What runs out (the functions of ``operations.desk.fall_due``)."""

    def alerts(self, caller: Caller, payer: Any) -> Json: ...
    def seen(self, number: str, caller: Caller, payer: Any) -> Json: ...


class Status(Protocol):
    """What is on file for a service, and what claims used of it (the functions of ``operations.practice.status``)."""

    def status(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...
    def use(self, number: str, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Letter(Protocol):
    """The written notice of a decision, with its media type."""

    def __call__(self, number: str, audience: str, form: str, caller: Caller, payer: Any) -> tuple[str, bytes]: ...


class PeerToPeer(Protocol):
    """The conversation before a denial (the functions of ``operations.desk.peer_to_peer``)."""

    def brief(self, number: str, conversation: int, caller: Caller, payer: Any) -> Json: ...
    def record(self, number: str, conversation: int, body: bytes, caller: Caller, payer: Any) -> Json: ...


class Measures(Protocol):
    """What is measured, for the payer's staff (the functions of ``operations.reports.measures``)."""

    def feedback(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...


class HookAudit(Protocol):
    """What auditors may ask of kept hook calls (the functions of ``operations.hooks.audit``)."""

    def search(self, asked: Mapping[str, str], caller: Caller, payer: Any) -> Json: ...
    def read(self, call_id: str, caller: Caller, payer: Any) -> Json: ...
    def assertion(self, assertion_id: str, caller: Caller, payer: Any) -> Json: ...
    def looks(self, caller: Caller, payer: Any) -> Json: ...


@dataclass(frozen=True)
class Offered:
    """Every operation, by its verb."""

    submit: Operation
    inquire: Operation
    questionnaire_package: Package
    next_question: Operation
    log_questionnaire_errors: Operation
    expand: Expand
    published: Published
    submit_attachment: Operation
    validate: Validate
    metadata: Metadata
    cases: Cases
    subscribe: Subscribe
    hook: Hook
    hook_audit: HookAudit
    review: Review
    worklist: Worklist
    case_screen: CaseScreen
    heard: Heard
    preview: Preview
    evidence: Evidence
    search: Search
    measures: Measures
    peer_to_peer: PeerToPeer
    appeal: Appeal
    contact: Contact
    stays: Stays
    letter: Letter
    fall_due: FallDue
    published_plan: PublishedPlan
    member_page: MemberPage
    member_acts: MemberActs
    member_send: MemberSends
    figures: Figures
    status: Status
    practice: ForPractices
    policy_desk: PolicyDesk
    policy_trial: PolicyTrial
    edition_diff: EditionDiff
    operating: Operating
    managing: Managing
