"""Addresses whose writers are made late: matched and written as werkzeug's own."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError, Map, Rule

from fhir_pa.web.address import Address
from tests.fhir_pa.web_parties import Payers

WRITTEN = [("/cases/<number>", {"number": "PA 1/2"}), ("/cases/<int:count>/letters", {"count": 7, "kind": "member"}), ("/", {})]


@pytest.mark.parametrize(("rule", "values"), WRITTEN, ids=[rule for rule, _ in WRITTEN])
def test_an_address_is_written_as_werkzeug_writes_it_however_often(rule, values):
    ours, theirs = (Map([kind(rule, endpoint="here")]).bind("payer.example") for kind in (Address, Rule))
    assert ours.build("here", values) == ours.build("here", values) == theirs.build("here", values)


def test_what_is_lacking_is_refused_when_the_address_is_written():
    with pytest.raises(BuildError):
        Map([Address("/cases/<number>", endpoint="here")]).bind("payer.example").build("here", {})


def test_every_route_of_the_server_can_be_written():
    app: Flask = Payers.open().http.application
    with app.test_request_context():
        written = [url_for(rule.endpoint, **dict.fromkeys(rule.arguments, "1") | (rule.defaults or {})) for rule in app.url_map.iter_rules()]
    assert len(written) > 200 and all(each.startswith("/") for each in written)
