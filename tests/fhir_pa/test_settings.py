"""Settings come from flags, environment, file and default, in that order; everything wrong is named at once, with how to mend it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import fhir_pa
from fhir_pa.auth.scopes import scope
from fhir_pa.configuration import Misconfigured
from fhir_pa.settings import documented, read
from fhir_pa.um.deciding.root_cause import RootCause
from tests.fhir_pa.web_parties import EC, SMALL

KEYS = json.dumps(EC.as_dict(private=False)).replace(":", " =").replace('"kty" =', "kty =")

WHOLE = f"""
[payer]
name = "Larkfield Health Plan"
identifier = {{ system = "http://hl7.org/fhir/sid/us-npi", value = "9000000007" }}
phone = "555-555-0100"
public_url = "https://pa.larkfield.example/"

[server]
port = 9001
cds_origins = ["https://ehr.oakwood.example"]

[[client]]
id = "oakwood-ehr"
name = "Oakwood Clinic EHR"
jwks = {{ keys = [ {KEYS} ] }}
scopes = ["system/Claim.write"]
cds_issuer = "https://ehr.oakwood.example/"
fhir_bases = ["https://ehr.oakwood.example/fhir"]
organizations = ["9000000007"]

[[person]]
id = "quill"
name = "Ada Quill, MD"
roles = ["physician"]
npi = "9000000007"
licence = {{ number = "MD-0142", state = "OH", until = 2028-06-30 }}

[[member]]
id = "SYN-04"
system = "http://larkfield.example/members"
name = "Ilsabet Crane"
birth_date = 1974-03-02
line_of_business = "medicare-advantage"
covered_from = 2026-01-01
"""


@pytest.fixture
def file(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "fhir-pa.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def mistakes_of(flags, environment=None):
    with pytest.raises(Misconfigured) as caught:
        read(flags, environment or {})
    return [str(mistake) for mistake in caught.value.mistakes]


def test_with_nothing_at_all_it_starts_on_loopback_and_knows_nobody():
    settings = read({}, {})
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert settings.is_sqlite
    assert settings.data_directory == Path("fhir-pa-data")
    assert settings.directory.clients == ()
    assert not settings.open


def test_a_flag_wins_over_the_environment_and_that_over_the_file(file):
    path = file("[server]\nport = 1001\nthreads = 3\nprocesses = 1\n")
    settings = read({"config": path, "port": 3003}, {"FHIR_PA_PORT": "2002", "FHIR_PA_THREADS": "4"})
    assert (settings.port, settings.threads) == (3003, 4)
    assert settings.sources == {"config": "flag", "port": "flag", "threads": "$FHIR_PA_THREADS", "processes": path}


def test_the_whole_file_is_read(file):
    settings = read({"config": file(WHOLE)}, {})
    directory = settings.directory
    client, person, member = directory.client("oakwood-ehr"), directory.person("quill"), directory.member("SYN-04")
    assert settings.public_url == "https://pa.larkfield.example"
    assert settings.cds_origins == ("https://ehr.oakwood.example",)
    assert (directory.insurer.name, directory.insurer.identifier.value) == ("Larkfield Health Plan", "9000000007")
    assert client.scopes == {scope("system/claim.cud")}
    assert directory.client_of_issuer("https://ehr.oakwood.example") == client
    assert (person.roles, person.licence.until) == (("physician",), date(2028, 6, 30))
    assert member.covered(date(2026, 1, 1))
    assert not member.covered(date(2025, 12, 31))
    assert directory.lists_members


def test_a_gold_card_is_read_and_spares_its_policies_until_its_last_day(file):
    text = '[[gold_card]]\nnpi = "9000000007"\nbecause = "97 % certified"\nuntil = 2027-03-01\ntopics = ["home_oxygen"]\n'
    directory = read({"config": file(text)}, {}).directory
    card = directory.gold_card(["1", "9000000007"], "home_oxygen", date(2027, 3, 1))
    assert card.because == "97 % certified"
    assert directory.gold_card(["9000000007"], "home_oxygen", date(2027, 3, 2)) is None
    assert directory.gold_card(["9000000007"], "surveillance_imaging", date(2027, 3, 1)) is None
    assert directory.gold_card([], "home_oxygen", date(2027, 3, 1)) is None


def test_a_plan_may_give_a_reason_code_its_root_cause(file):
    page = (Path(fhir_pa.__file__).parent / "docs" / "reason-codes.md").read_text(encoding="utf-8")
    causes = read({"config": file(page.split("```toml\n")[1].split("```")[0])}, {}).directory.root_causes
    assert causes == {"0V": "not medically necessary"}
    assert [cause for cause in RootCause if f"`{cause}`" not in page] == []


def test_a_gold_card_without_reason_or_with_a_wrong_number_is_told(file):
    mistakes = " ".join(mistakes_of({"config": file('[[gold_card]]\nnpi = "9000000008"\n')}))
    assert "because" in mistakes and "not an NPI" in mistakes


def test_a_member_is_found_without_the_system_unless_two_share_the_number(file):
    twin = WHOLE + '\n[[member]]\nid = "SYN-04"\nsystem = "http://other.example"\nline_of_business = "qhp"\n'
    assert read({"config": file(WHOLE)}, {}).directory.member("SYN-04", "urn:unknown").name == "Ilsabet Crane"
    directory = read({"config": file(twin)}, {}).directory
    assert directory.member("SYN-04") is None
    assert directory.member("SYN-04", "http://other.example").line_of_business == "qhp"


def test_what_the_processes_are_told_reads_as_the_same_settings(file):
    settings = read({"config": file(WHOLE), "threads": 2, "worker": False}, {"FHIR_PA_LOG": "json"})
    again = read({}, settings.as_environment())
    assert {each.name: getattr(again, each.name) for each in documented()} == {each.name: getattr(settings, each.name) for each in documented()}
    assert again.directory == settings.directory


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://pa:s3cret@db/pa", "postgresql+psycopg://pa:s3:cret@db/pa", "postgresql+psycopg://db/pa?user=pa&password=s3cret"]
)
def test_a_password_is_not_shown(url):
    shown = {name: (value, source) for name, value, source, _ in read({"database_url": url}, {}).shown()}
    value, source = shown["database_url"]
    assert "s3" not in value
    assert "****" in value
    assert source == "flag"


def test_every_setting_says_what_it_means():
    assert all(each.metadata["says"].endswith(".") for each in documented())


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ('[[client]]\nname = "x"\njwks_url = "https://x.example/j"', "id is missing. Add id as a text in quotes."),
        ('[client]\nid = "x"', "Write [[client]], in double brackets"),
        ('[[client]]\nid = "x"', "can never prove who it is. Add jwks"),
        ('[[client]]\nid = "x"\njwks_url = "http://x.example/j"', "plain http leaves patient data readable"),
        ('[[client]]\nid = "x"\njwks_url = "https://x.example/j"\nscopes = ["patient/Claim.read"]', 'Write e.g. "system/Claim.write"'),
        ('[[client]]\nid = "x"\njwks_url = "https://x.example/j"\nscope = ["system/*.*"]', "Did you mean 'scopes'?"),
        ('[[client]]\nid = "x"\njwks_url = "https://x.example/j"\n[[client]]\nid = "x"\njwks_url = "https://y.example/j"', "Give each its own."),
        (f'[[client]]\nid = "x"\njwks = {{ keys = [ {KEYS}, {KEYS} ] }}', "two keys with the same kid"),
        ('[[client]]\nid = "x"\njwks = { keys = [] }', "holds no keys"),
        ('[[client]]\nid = "x"\njwks = { keys = [ { kty = "oct", k = "abc", kid = "1" } ] }', "This is a private key."),
        (f'[[client]]\nid = "x"\njwks = {{ keys = [ {{ kid = "1", kty = "EC", crv = "P-256", x = "{SMALL["x"]}", y = "{SMALL["y"]}" }} ] }}', "P-384"),
        ('[[person]]\nid = "q"\nname = "Q"\nroles = ["physician"]', "a physician decides only with one"),
        ('[[person]]\nid = "q"\nname = "Q"\nroles = ["doctor"]', "Use one of: nurse, physician, clerk, auditor"),
        ('[[person]]\nid = "q"\nname = "Q"\nroles = ["nurse"]\nnpi = "9000000001"', "not an NPI"),
        ('[[member]]\nid = "m"\nline_of_business = "medicare"', "Use one of: medicare-advantage"),
        ('[[member]]\nid = "m"\nline_of_business = "qhp"\nbirth_date = "1974-03-02"', "a date without quotes"),
        ('[[member]]\nid = "m"\nline_of_business = "qhp"\ncovered_from = 2026-02-01\ncovered_until = 2026-01-01', "before covered_from"),
        ('[[member]]\nid = 7\nline_of_business = "qhp"', "Write it as a text in quotes."),
        ("[[members]]\nid = 1", "not a table this server knows"),
        ("[server]\nprot = 1", "Run 'fhir-pa settings'"),
        ("[server]\nport = 'x'", "should be a whole number"),
        ("[server]\nport = 99999", "between 1 and 65535"),
        ("[server]\nprivate_networks = ['10.2.0.0/99']", "Write networks such as"),
        ('[payer]\nname = "x"\nidentifier = { system = "s" }', "identifier value is missing"),
        ('[payer]\npublic_url = "http://pa.larkfield.example"', "https address of your proxy"),
        ('[root_causes]\n"0V" = "because"', "Use one of: not medically necessary"),
        ('[root_causes]\n"ZZ" = "not medically necessary"', "is not a setting this server knows"),
        ("[payer", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_how_to_mend_it(file, text, mend):
    assert any(mend in mistake for mistake in mistakes_of({"config": file(text)}))


def test_all_mistakes_are_named_at_once(file):
    found = mistakes_of({"config": file('[[client]]\n[[person]]\nid = "q"\n[[member]]\n[server]\nlog = "loud"')}, {"FHIR_PA_PORT": "many"})
    for place in ("[[client]]", "[[person]] q", "[[member]]", "log", "FHIR_PA_PORT"):
        assert any(place in mistake for mistake in found), f"{place} is not among {found}"


def test_a_file_that_is_not_there_is_said_so():
    assert "create the file" in mistakes_of({"config": "/nowhere/fhir-pa.toml"})[0]


@pytest.mark.parametrize(
    "flags",
    [
        {"host": "0.0.0.0"},
        {"host": "10.1.2.3"},
        {"host": "::"},
        {"public_url": "https://pa.larkfield.example"},
        {"public_url": "http://127.0.0.1.evil.example:8080"},
    ],
)
def test_open_mode_and_signing_in_without_a_token_are_refused_off_loopback(flags):
    found = mistakes_of({"open": True, **flags})
    assert any("register clients and leave --open away" in mistake for mistake in found)
    found = mistakes_of({"local_people": True, **flags})
    assert any("accounts with [oidc] and leave --local-people away" in mistake for mistake in found)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_open_mode_is_for_this_machine(host):
    assert read({"open": True, "host": host}, {}).open


@pytest.mark.parametrize(("wrong", "mending"), [({"quiet_rejected": 101}, "Use a share between 1 and 100 percent"), ({"quiet_days": 0}, "Use 1 or more")])
def test_a_rule_for_quiet_cards_that_makes_no_sense_is_named_with_the_mending(wrong, mending):
    with pytest.raises(Misconfigured, match=mending):
        read(wrong, {})
    assert read({"quiet_after": 0}, {}).quiet.after == 0, "0 switches it off"
