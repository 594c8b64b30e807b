"""Keep the filled form in the chart: as it is in progress, and finished, signed where the form asks for it.

Who wrote it, when, and whose chart it is are said by the server that knows, never by the page.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime

from joserfc import jwt

from fhir_pa.provider.clinician.chart import OpenChart
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.elements import reference
from fhir_pa.provider.keys import ALGORITHM, Keys
from ig_profiles.fingerprint import fingerprint
from ig_profiles.names import RESPONSE_SIGNATURE, SIGNATURE_REQUIRED
from ig_profiles.reading import Json, extensions, many, text

AUTHORS_SIGNATURE = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1", "display": "Author's Signature"}
STATUSES = ("in-progress", "completed", "stopped")


def keep(chart: OpenChart, form: Json, at: datetime) -> Json:
    """The form as the chart now keeps it: created the first time, afterwards replaced at the version it was read. Raises Trouble."""
    if form.get("resourceType") != "QuestionnaireResponse" or form.get("status") not in STATUSES:
        raise Trouble(400, "app", "This is no form that can be kept.", f"Expected a QuestionnaireResponse that is one of {', '.join(STATUSES)}.")
    version = text(form, "meta", "versionId")
    meta = {key: value for key, value in form.get("meta", {}).items() if key == "profile"}
    known = {**form, "meta": meta, "subject": reference(chart.patient), "author": reference(chart.clinician), "authored": at.isoformat(timespec="seconds")}
    if version is None:
        return chart.create({key: value for key, value in known.items() if key != "id"})
    kept: Json = chart.update(known, version).body
    return kept


def signed(chart: OpenChart, form: Json, questionnaire: Json, keys: Keys, at: datetime) -> Json:
    """The form with a signature of the clinician wherever the questionnaire requires one: on the whole, or on an item.

    The signature is a JWS over the SHA-256 of the form without signatures (sigFormat application/jose), made when the
    clinician says so; its key is this app's, its ``who`` the clinician (SDC §signature, R221).
    """
    plain = unsigned(form)
    wanted = extensions(questionnaire, SIGNATURE_REQUIRED)
    seal = _seal(chart, plain, keys, at)
    whole = {**plain, "extension": [*many(plain, "extension"), *(seal(each) for each in wanted)]}
    asked = {str(item["linkId"]): extensions(item, SIGNATURE_REQUIRED) for item in _items(questionnaire) if extensions(item, SIGNATURE_REQUIRED)}

    def over(item: Json) -> Json:
        below = {"item": [over(each) for each in item["item"]]} if "item" in item else {}
        seals = [seal(each) for each in asked.get(str(item.get("linkId")), [])]
        return {**item, **below, **({"extension": [*many(item, "extension"), *seals]} if seals else {})}

    return {**whole, "item": [over(item) for item in many(whole, "item")]} if "item" in whole else whole


def wants_signature(questionnaire: Json) -> bool:
    """Whether the whole form or any item of it must be signed."""
    return any(extensions(node, SIGNATURE_REQUIRED) for node in (questionnaire, *_items(questionnaire)))


def unsigned(form: Json) -> Json:
    """The form without signatures; a change makes them void."""

    def without(node: Json) -> Json:
        kept = {key: value for key, value in node.items() if key not in ("extension", "item")}
        left = [each for each in many(node, "extension") if each.get("url") != RESPONSE_SIGNATURE]
        below = {"item": [without(each) for each in node["item"]]} if "item" in node else {}
        return {**kept, **({"extension": left} if left else {}), **below}

    return without(form)


def _seal(chart: OpenChart, plain: Json, keys: Keys, at: datetime) -> Callable[[Json], Json]:
    """What signs this form for whoever the form asks to sign it."""
    digest = fingerprint({key: value for key, value in plain.items() if key not in ("meta", "authored", "author")})
    who = reference(chart.clinician)
    claims = {"sub": who["reference"], "sha256": digest, "iat": int(at.timestamp())}
    jws = jwt.encode({"alg": ALGORITHM, "kid": keys.app.kid}, claims, keys.app, algorithms=[ALGORITHM])

    def seal(required: Json) -> Json:
        asked = many(required, "valueCodeableConcept", "coding") or [AUTHORS_SIGNATURE]
        signature = {"type": asked, "when": at.isoformat(timespec="milliseconds"), "who": who}
        written = {"targetFormat": "application/fhir+json", "sigFormat": "application/jose", "data": base64.b64encode(jws.encode()).decode()}
        return {"url": RESPONSE_SIGNATURE, "valueSignature": {**signature, **written}}

    return seal


def _items(node: Json) -> list[Json]:
    return [each for item in many(node, "item") for each in (item, *_items(item))]
