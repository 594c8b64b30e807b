"""Chain: whether the links of one authorization still hold together, and the first that does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fhir_pa.um.proving.proof import messages
from ig_profiles.reading import Json


@dataclass(frozen=True)
class KeptLink:
    """One link as it was read: where it stands, the fingerprint kept beside it, the one its text has now, and what it says.

    ``document`` is None when its text cannot be read any more.
    """

    revision: int
    sha256: str
    fingerprint: str
    document: Json | None


@dataclass(frozen=True)
class Broken:
    """The first place at which a chain does not hold, and what is wrong there."""

    number: str
    revision: int
    because: str

    def __str__(self) -> str:
        return f"{self.number}: link {self.revision} is broken. {self.because}"


def first_broken(
    number: str, stands_at: int | None, links: Sequence[KeptLink], documents: Mapping[int, str], received: Mapping[str, Json]
) -> Broken | None:
    """The first link of the chain that does not hold; None when all do.

    ``stands_at`` is the revision at which the authorization stands, ``documents`` the fingerprints of its revisions as they
    are kept now, ``received`` what rows and bytes of the messages say now, by id.
    """
    there = {link.revision: link for link in links}
    previous = ""
    for revision in range(1, max((stands_at or 0, *there, *documents), default=0) + 1):
        wrong = _wrong(number, revision, there.get(revision), previous, documents.get(revision), received)
        if not wrong and (stands_at is None or revision > stands_at):
            wrong = f"The authorization stands at revision {stands_at or 'none'}, and this one was kept all the same."
        if wrong:
            return Broken(number, revision, wrong)
        previous = there[revision].fingerprint
    return None


def _wrong(number: str, revision: int, link: KeptLink | None, previous: str, document: str | None, received: Mapping[str, Json]) -> str:
    if link is None:
        return "There is no such link: it was taken away, or the revision was kept by a fhir-pa that proved nothing yet."
    if link.fingerprint != link.sha256 or link.document is None:
        return "Its text was changed: it has another fingerprint than the one kept beside it."
    said = link.document
    if (said["authorization"], said["revision"]) != (number, revision):
        return f"It was written for revision {said['revision']} of {said['authorization']}."
    if said["previous"] != previous:
        return "It does not hold the fingerprint of the link before, which was changed together with its fingerprint, or taken away."
    if said["document"] != document:
        return f"Revision {revision} of the authorization {'was changed' if document else 'is not kept any more'}."
    for message in messages(said):
        if message != (received.get(message["id"]) or {"id": message["id"]}):
            return f"The received message {message['id']} was changed, or is not kept any more."
    return ""
