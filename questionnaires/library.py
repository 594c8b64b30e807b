"""Open the shelf of policies; say which edition is in force, and say clearly what is unreadable.

A shelf is a folder of policy folders; each policy folder is named after its topic and holds

    policy.toml          topic, title, owner, source; [[edition]]: version, dates, who signed, services, criteria
    questionnaire.json   the FHIR Questionnaire the clinician fills (left out when nothing need be asked)
    facts.cql            how each answer is found in FHIR data; its defines are named as the form's link ids
    facts.elm.json       the same, compiled by ``fhir-pa policies build``
    value-sets/*.json    FHIR ValueSets the form chooses from, when choices are shared or many
    cases.toml           stories the policy's owner signs, see ``cases.py``
    es.po                what members read of it, in Spanish (gettext; left out when nobody translated it)

In short, an edition in policy.toml::

    [[edition]]
    version = "2026.1"
    in_force_from = 2026-01-01                        # in_force_until = … is the last day
    lines_of_business = ["medicare-advantage"]        # leave out for every line
    signed_by = "Ada Quill, MD, 2025-12-01"
    authorization = "needed"                          # or "not needed"
    documentation = ["clinical"]                      # who can answer: clinical, admin, patient
    because = "Home oxygen is covered when …"         # what provider and member read
    refer_to = "nurse"                                # or "physician": who looks when software cannot certify
    services = { HCPCS = ["E1390"], CPT = [] }        # leave out for every service
    specialties = { "207RP1001X" = "Lung medicine" }  # whose physicians know such cases: the worklist is narrowed by it
    indicated = ["C34", "C79.31"]                     # ICD-10-CM it is meant for: against one of these only such a physician decides
    sensitive = true                                  # shown to others than the submitter by number only; else leave out
    form = "adaptive"                                 # the form asks step by step; else leave out
    remembers = ["known_variant"]                     # answers that stay true: offered again for the same member
    certifies = { days = 365 }                        # quantity = 2, unit = "each" are the most it certifies
    certifies_less = [{ when = ["group_2"], days = 90 }]   # when one of these criteria is met
    schedules = [{ services = ["70553"], every_days = 183, early_days = 19, quantity = 4, days = 730 }]   # a series, certified together

    share = { in_network = 10, out_of_network = 40 } # network, shares, limits, billing codes: authoring/benefits.py

    [[edition.criteria]]
    id = "hypoxemia"
    title = "Oxygen in the blood is low"
    because = "…"                                     # read when it is not met
    any = [                                           # all, any, first, or count with needed = 2
      { fact = "pao2", at_most = 55 },                # is, one_of, at_most, at_least, below, above,
      { fact = "spo2", at_most = 88 },                # within_days, at_least_days_ago, answered,
                                                      # or of two facts: see fhir_pa/docs/add-a-policy.md
    ]                                                 # services = ["E0431"]: only for these; accepts = ["…"]: what would settle it
                                                      # document = "18748-4": the LOINC code of the document that shows it

    [[edition.alternatives]]                          # offered while ordering, in the place of what is ordered
    offer = { HCPCS = "E1392", display = "…" }        # required = true: the plan pays for it first; services, unless, saves, order
    because = "…"                                     # [[edition.companions]] are offered besides: order, within_days

A payer's own folder is opened after the built-in one; a policy there replaces the built-in policy of the same topic.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json
from questionnaires.adaptive_form import adaptive_canonical, adaptive_url
from questionnaires.authoring.agreement import disagreements, drift
from questionnaires.authoring.mistakes import Mistake
from questionnaires.authoring.neighbours import ANYTHING_ELSE, namesakes, overlaps, silence
from questionnaires.authoring.wording import Wording, read_policy
from questionnaires.elm import elm_name, library_name
from questionnaires.form import Question, canonical, questions
from questionnaires.policy import Edition, RequestedService
from questionnaires.translations import Words, read_translations, sayings
from questionnaires.value_sets import ValueSets

BUILT_IN = Path(__file__).parent / "policies"
_EVERY = ""  # stands for every service among codes


@dataclass(frozen=True)
class Volume:
    """One edition with its form, its facts (CQL and ELM), the folder it was read from, and its ``words`` in other languages."""

    edition: Edition
    questionnaire: Json | None
    cql: str | None
    elm: Json | None
    folder: Path
    facts: str = "facts.cql"
    value_sets: tuple[Json, ...] = ()
    words: Words = field(default_factory=dict)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """What the form asks, by link id."""
        return questions(self.questionnaire) if self.questionnaire else {}


class Shelf:
    """Every edition a payer has, in force or not, and the value sets their forms choose from (``value_sets``)."""

    def __init__(self, volumes: Iterable[Volume]) -> None:
        self._volumes = tuple(sorted(volumes, key=lambda volume: (volume.edition.topic, volume.edition.in_force_from)))
        self._asking: dict[str, Volume] = {}
        self._by_code: defaultdict[str, list[Edition]] = defaultdict(list)
        for volume in sorted(self._volumes, key=lambda each: each.edition.in_force_from):
            for code in {coding.code for coding in volume.edition.services} or {_EVERY}:
                self._by_code[code].append(volume.edition)
            if volume.questionnaire is not None:
                for name in _names(volume.questionnaire):
                    self._asking[name] = volume
        self.value_sets = ValueSets(each for volume in self._volumes for each in volume.value_sets)

    def editions(self) -> tuple[Edition, ...]:
        """Every edition, by topic and date."""
        return tuple(volume.edition for volume in self._volumes)

    def volumes(self) -> tuple[Volume, ...]:
        """Every edition with its form and facts, by topic and date."""
        return self._volumes

    def in_force(self, service: RequestedService, on: date) -> Edition:
        """The one edition that is the payer's rule for this service on this day: the most specific, else ``anything_else``.

        Raises NotFound when the day lies before every edition.
        """
        perhaps = [edition for code in (*(coding.code for coding in service.codes), _EVERY) for edition in self._by_code.get(code, ())]
        speaking = [edition for edition in perhaps if edition.speaks_about(service, on)]
        if not speaking:
            raise NotFound(f"No policy was in force on {on}. Ask about a later day, or date an edition of '{ANYTHING_ELSE}' back.")
        return max(speaking, key=lambda edition: (bool(edition.services), bool(edition.lines_of_business), -_position(edition, service)))

    def edition(self, topic: str, version: str) -> Edition:
        """The edition by its name. Raises NotFound."""
        return self.volume(topic, version).edition

    def volume(self, topic: str, version: str | None = None) -> Volume:
        """The edition with its form and facts; without a version the newest of the topic. Raises NotFound."""
        found = [volume for volume in self._volumes if volume.edition.topic == topic and version in (None, volume.edition.version)]
        if not found:
            wanted = f"{topic} {version or ''}".strip()
            raise NotFound(f"No policy edition '{wanted}' is on the shelf. It holds {', '.join(edition.name for edition in self.editions())}.")
        return found[-1]

    def questionnaire(self, canonical: str) -> Json | None:
        """The form by its canonical, ``url|version``, or the newest by ``url`` alone."""
        volume = self._asking.get(canonical)
        return volume.questionnaire if volume else None

    def asking(self, canonical: str) -> Volume | None:
        """The newest volume whose form this is, be it named as the standard or as the adaptive one, or None."""
        return self._asking.get(canonical)

    def cql(self, topic: str, version: str | None = None) -> str | None:
        """The CQL of a policy's facts."""
        return self.volume(topic, version).cql

    def elm(self, topic: str, version: str | None = None) -> Json | None:
        """The ELM of a policy's facts."""
        return self.volume(topic, version).elm


def open_shelf(*folders: Path, built_in: bool = True) -> Shelf:
    """The built-in policies and the payer's own.

    Raises Unprocessable with every mistake in every file at once; its issues' expressions name the files.
    """
    volumes, mistakes = read_shelf(*folders, built_in=built_in)
    if mistakes:
        raise Unprocessable(*(Issue(str(mistake), "invalid", expression=mistake.file, diagnostics=mistake.key or None) for mistake in mistakes))
    return Shelf(volumes)


def read_shelf(*folders: Path, built_in: bool = True) -> tuple[list[Volume], list[Mistake]]:
    """All that can be read, and every mistake."""
    found: dict[str, Path] = {}
    mistakes: list[Mistake] = []
    for shelf in ([BUILT_IN] if built_in else []) + list(folders):
        if not shelf.is_dir():
            mistakes.append(Mistake(str(shelf), "", "is not a folder.", "Name the folder that holds the policy folders."))
            continue
        found |= {path.parent.name: path.parent for path in sorted(shelf.glob("*/policy.toml"))}
        for child in sorted(shelf.iterdir()):
            if child.is_dir() and child.name not in found and not child.name.startswith((".", "_")):
                mistakes.append(Mistake(child.name, "", "holds no policy.toml.", "Write one, or take the folder away."))
    volumes: list[Volume] = []
    for folder in found.values():
        read, wrong = read_folder(folder)
        volumes += read
        mistakes += wrong
    editions = [volume.edition for volume in volumes]
    mistakes += overlaps(editions)
    if not any(mistake.file.startswith(f"{ANYTHING_ELSE}/") for mistake in mistakes):
        mistakes += silence(editions)
    published = [("form", canonical(each.questionnaire), each.edition.topic, each.questionnaire) for each in volumes if each.questionnaire]
    published += [("library", "|".join(library_name(each.elm)), each.edition.topic, each.elm) for each in volumes if each.elm]
    return volumes, mistakes + list(namesakes(published))


def read_folder(folder: Path) -> tuple[list[Volume], list[Mistake]]:
    """One policy folder: its editions with their forms and facts, and every mistake."""
    mistakes: list[Mistake] = []
    policy = _read(folder, "policy.toml", tomllib.loads, mistakes)
    if policy is None:
        return [], mistakes
    wordings, wrong = read_policy(policy, f"{folder.name}/policy.toml")
    mistakes += wrong
    volumes = []
    value_sets = tuple(each for path in sorted(folder.glob("value-sets/*.json")) if (each := _read(folder, f"value-sets/{path.name}", _json, mistakes)))
    for wording in wordings:
        form = _read(folder, wording.form, _json, mistakes)
        cql = _read(folder, wording.facts, str, mistakes)
        elm = _read(folder, elm_name(wording.facts), _json, mistakes)
        mistakes += drift(folder.name, wording.facts, cql, elm)
        mistakes += disagreements(folder.name, wording, form, elm, ValueSets(value_sets))
        named = None if form is None else adaptive_canonical(form) if wording.edition.form == "adaptive" else canonical(form)
        edition = replace(wording.edition, questionnaire=named, fingerprint=_fingerprint(wording, policy, form, cql, value_sets))
        if wording.complete:
            volumes.append(Volume(edition, form, cql, elm, folder, wording.facts, value_sets))
    astray = mistakes if len(volumes) == len(wordings) else []  # what a policy says is known only where all of it can be read
    words = read_translations(folder, (each for volume in volumes for each in sayings(volume.edition, volume.questionnaire)), astray)
    volumes = [replace(volume, words=words) for volume in volumes]
    return volumes, list(dict.fromkeys(mistakes))


def _read(folder: Path, name: str, parse: Callable[[str], Any], mistakes: list[Mistake]) -> Any:
    """The file's content; None when it is not there, or is a mistake."""
    path, file = folder / name, f"{folder.name}/{name}"
    if not path.is_file():
        return None
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        mistakes.append(Mistake(file, "", "is not UTF-8 text.", "Save it as UTF-8."))
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        kind = "JSON" if name.endswith(".json") else "TOML"
        mistakes.append(Mistake(file, "", f"is not {kind}: {error}.", "Mend that place; an editor that knows the format shows it."))
    return None


def _json(content: str) -> Json | None:
    value = json.loads(content, parse_float=Decimal)
    if not isinstance(value, dict):
        raise json.JSONDecodeError("not an object in braces", content, 0)
    return value


def _fingerprint(wording: Wording, policy: Any, form: Json | None, cql: str | None, value_sets: tuple[Json, ...]) -> str:
    """SHA-256 over the wording (head and this edition), its form, value sets and facts, independent of layout and key order."""
    head = {key: value for key, value in policy.items() if key != "edition"}
    content: dict[str, Any] = {"policy": head, "edition": wording.written, "questionnaire": form, "facts": cql.replace("\r\n", "\n") if cql else None}
    content |= {"value_sets": value_sets} if value_sets else {}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False).encode()).hexdigest()


def _names(questionnaire: Json) -> tuple[str, ...]:
    """Every canonical a form is asked for by: as it is and as an adaptive one, with and without version."""
    return canonical(questionnaire), questionnaire["url"], adaptive_canonical(questionnaire), adaptive_url(questionnaire)


def _position(edition: Edition, service: RequestedService) -> int:
    """Where in the service's codes this edition's code stands: the first code is what was asked."""
    return next((at for at, code in enumerate(service.codes) if any(mine.same_as(code) for mine in edition.services)), len(service.codes))
