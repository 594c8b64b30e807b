"""Anybody may read what needs authorization, by which criteria, and the yearly figures; each page has its JSON twin (F08, F10, F15)."""

from __future__ import annotations

import re

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.parties import Plan, System


def page(plan: Plan, path: str) -> str:
    answer = plan.http().get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/html" and "script-src" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text and " style=" not in answer.text
    return answer.text


def data(plan: Plan, path: str) -> Json:
    answer = plan.http().get(path)
    assert answer.status_code == 200 and answer.mimetype == "application/json", answer.text
    return dict(json.parse(answer.data))


def test_every_policy_in_force_is_listed_with_its_codes_and_leads_to_its_page(plan: Plan) -> None:
    listed = data(plan, "/plan/services.json")["policies"]
    told = page(plan, "/plan")
    assert {"home_oxygen", "lumbar_mri", "comfort_items"} <= {each["topic"] for each in listed}
    for each in listed:
        assert f'href="/plan/policies/{each["topic"]}"' in told
        assert each["title"] in page(plan, f"/plan/policies/{each['topic']}")
    assert "Not covered by the plan" in told and "CPT 72148" in told


def test_the_kind_of_a_code_is_told_in_words_people_use(plan: Plan) -> None:
    told = page(plan, "/plan?q=inpatient")
    assert "Revenue code 0120" in told and "DRG 871" in told and "RevenueCodes" not in told
    assert "Código de ingresos 0120" in page(plan, "/plan?q=inpatient&lang=es")


@pytest.mark.parametrize("sought", ["oxygen", "E1390", "prior approval for oxygen", "precertification OXYGEN"])
def test_a_service_is_found_by_name_or_code_under_whatever_name_for_authorization(plan: Plan, sought: str) -> None:
    found = data(plan, f"/plan/services.json?q={sought}")["policies"]
    assert [each["topic"] for each in found if each["topic"] == "home_oxygen"] == ["home_oxygen"]


def test_what_nobody_finds_is_told_with_what_to_do_and_never_as_markup(plan: Plan) -> None:
    told = page(plan, "/plan?q=<script>alert(1)</script>")
    assert "A service that no policy names is looked at by a nurse" in told and "&lt;script&gt;" in told


def test_a_policy_shows_every_criterion_with_its_reason_source_and_what_is_accepted(plan: Plan) -> None:
    told, twin = page(plan, "/plan/policies/lumbar_mri"), data(plan, "/plan/policies/lumbar_mri.json")
    (edition,) = twin["editions"]
    for criterion in edition["criteria"]:
        assert criterion["title"] in told and criterion["because"] in told and criterion["source"] in told
    assert "Software may approve when all of it is shown. It never says no" in told
    assert "symptoms since lies 42 days or more before the service" in told
    assert edition["signed_by"] in told and edition["fingerprint"]


def test_an_unknown_policy_and_a_year_that_is_none_say_where_to_look(plan: Plan) -> None:
    assert "All are listed at /plan" in plan.http().get("/plan/policies/unicorns").text
    assert "is no year" in plan.http().get("/plan/figures/soon").text


def test_the_yearly_figures_show_counts_and_never_a_case(plan: Plan) -> None:
    submit(System(plan, CLIENT_ID, "2.2"), oxygen(System(plan, CLIENT_ID, "2.2"), SHORT_OF_OXYGEN))
    told, twin = page(plan, "/plan/figures/2026?line=medicare-advantage"), data(plan, "/plan/figures/2026.json?line=medicare-advantage")
    approved = twin["shares"][0]
    assert (approved["percent"], approved["count"], approved["out_of"]) == (100.0, 1, 1) and "cases" not in approved
    assert "less than a minute" in told and "0.0 hours" not in told
    assert "100.0 %" in told and "1 of 1" in told and "Medicare Advantage" in told
    assert not re.search(r"PA[0-9A-Z]{11}", told + json.dump(twin).decode())


def test_every_yearly_figure_is_told_with_what_it_counts(plan: Plan) -> None:
    told, twin = page(plan, "/plan/figures/2026"), data(plan, "/plan/figures/2026.json")
    for each in (*twin["shares"], *twin["times"]):
        assert each["definition"] in told, each["measure"]
    assert "those in which it was won, wholly or in part" in told


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/plan", ["Qué necesita autorización previa", "Oxígeno en casa", "El plan no lo cubre"]),
        ("/plan/policies/lumbar_mri", ["Resonancia magnética de la columna lumbar", "Lo que hay que mostrar", "Los síntomas duran seis semanas"]),
        ("/plan/figures/2026?line=medicaid", ["Autorización previa en 2026", "Solicitudes normales aprobadas", "negadas en la primera decisión", "ninguna"]),
    ],
)
def test_every_page_is_told_in_spanish_too(plan: Plan, path: str, says: list[str]) -> None:
    http = plan.http()
    asked = http.get(path, headers={"Accept-Language": "es-US,es;q=0.9"})
    assert '<html lang="es">' in asked.text and all(each in asked.text for each in says)
    assert {"Cookie", "Accept-Language"} <= set(asked.vary.as_set(preserve_casing=True))
    assert '<html lang="en">' in http.get(f"{path}{'&' if '?' in path else '?'}lang=en").text


def test_what_nobody_translated_is_marked_as_english_and_the_page_says_so(plan: Plan) -> None:
    told = plan.http().get("/plan/policies/power_wheelchair?lang=es").text
    assert "Silla de ruedas eléctrica" in told and '<span lang="en">A scooter does not serve</span>' in told and "todavía nadie las tradujo" in told


def test_a_service_is_found_by_its_spanish_name(plan: Plan) -> None:
    found = data(plan, "/plan/services.json?q=oxígeno")["policies"]
    assert [each["topic"] for each in found] == ["home_oxygen"] and found[0]["translations"]["es"]["Home oxygen"] == "Oxígeno en casa"
