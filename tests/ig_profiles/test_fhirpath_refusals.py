"""What is refused when an expression is compiled, and that evaluation stays bounded and raises only its own errors."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ig_profiles import fhirpath
from ig_profiles.fhirpath import BadExpression, EvaluationError, UnsupportedExpression
from tests.ig_profiles.test_fhirpath_language import CHAPTERS, ENVIRONMENT

REFUSED = [
    ("", 0, "a value is expected"),
    ("name.", 5, "a value is expected"),
    ("name..given", 5, "a value or a name is expected"),
    ("(name", 5, "'[)]' is expected"),
    ("name]", 4, "an operator or the end"),
    ("'open", 0, "not closed"),
    ("name # given", 5, "begins no FHIRPath word"),
    ("'a\\d'", 2, "no escape of FHIRPath"),
    ("@2014-13-01", 0, "no date or time of the calendar"),
    ("a and", 5, "a value is expected"),
    ("name.$this", 5, "can only begin a path"),
    ("name.div", 5, "in backquotes"),
    ("1 is", 4, "the name of a type is expected"),
]
UNSUPPORTED = [
    ("name.shout()", 5, r"the function shout\(\) is not known"),
    ("name.where()", 5, r"where\(\) takes 1 arguments; here are 0"),
    ("name.first(1)", 5, "takes 0 arguments"),
    ("value is Quantityy", 6, "'Quantityy' is no type"),
    ("value.ofType(Patience)", 13, "'Patience' is no type"),
    ("value.as('string')", 9, "takes the name of a type"),
    ("name.matches('(a+)+$')", 13, "could run without end. Begin each round with a separator"),
    ("name.matches('(a|ab)*$')", 13, "begin alike"),
    ("name.matches('(?=a)b')", 13, "looks around"),
    ("name.matches('[')", 13, "no regular expression"),
    ("name.replaceMatches('(.*)*', '')", 20, "could run without end"),
]


@pytest.mark.parametrize(("text", "position", "problem"), REFUSED)
def test_what_is_no_fhirpath_is_refused_with_its_position(text, position, problem):
    with pytest.raises(BadExpression, match=problem) as refusal:
        fhirpath.compile(text)
    assert refusal.value.position == position
    assert not isinstance(refusal.value, UnsupportedExpression)


@pytest.mark.parametrize(("text", "position", "problem"), UNSUPPORTED)
def test_what_is_not_spoken_here_is_refused_when_compiled(text, position, problem):
    with pytest.raises(UnsupportedExpression, match=problem) as refusal:
        fhirpath.compile(text)
    assert refusal.value.position == position


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "1" + ")" * 5000, "-" * 5000 + "1", "a" + ".b" * 5000, "1" + " + 1" * 3000, "a" + "[0]" * 5000, "a.where(" * 3000, "'" + "x" * 30000 + "'"],
)
def test_endless_expressions_are_refused(text):
    with pytest.raises(BadExpression):
        fhirpath.compile(text)


def test_a_long_chain_of_alternatives_is_no_depth():
    assert fhirpath.compile(" or ".join(f"code = 'c{number}'" for number in range(1000))).holds({"code": "c999"}) is True
    assert fhirpath.compile("code in (" + " | ".join(f"'c{number}'" for number in range(1000)) + ")").holds({"code": "c999"}) is True


UNFIT = [
    ("name and true", {"name": ["a", "b"]}, "takes one item; here are 2"),
    ("name.single()", {"name": ["a", "b"]}, "takes one item"),
    ("name > 3", {"name": "a"}, "cannot compare text with a number"),
    ("name + 3", {"name": "a"}, "cannot work on text with a number"),
    ("name.startsWith('a')", {"name": {"family": "a"}}, "takes text, not an object"),
    ("name.matches(pattern)", {"name": "a", "pattern": "(a+)+"}, "could run without end"),
    ("name.matches('[a-z]+x')", {"name": "a" * 100_000}, "too long for this pattern"),
    ("name.select($this.toInteger() + 1 day)", {"name": "1"}, "cannot work on"),
    ("name.aggregate($total & $total & $this, 'xxxxxxxxxx')", {"name": ["a"] * 30}, "builds a text of more than"),
    ("name.allTrue()", {"name": ["a"]}, "takes booleans"),
]


@pytest.mark.parametrize(("text", "node", "problem"), UNFIT)
def test_unfit_data_is_told_without_its_content(text, node, problem):
    with pytest.raises(EvaluationError, match=problem):
        fhirpath.compile(text).evaluate(node)


def test_walks_over_walks_are_cut_off():
    tree = {"a": [{"b": [{"c": number} for number in range(30)]} for _ in range(30)]}
    with pytest.raises(EvaluationError, match="visits more than"):
        fhirpath.compile("descendants().select(descendants().where($this.exists()).count())").evaluate({"a": [tree] * 300})


@pytest.mark.parametrize("pattern", [r"^(\\w+\\s?)*$", "(a*)*b", "(a|a)+b", "(a+)*b", "((a)*)*b", "(.*,)*x", "(x+x+)+y", "a?" * 30 + "a" * 30])
def test_patterns_that_could_run_away_are_not_taken(pattern):
    with pytest.raises(UnsupportedExpression):
        fhirpath.compile(f"name.matches('{pattern}')")


ONE_READING = ["^[A-Z]([A-Za-z0-9_]){1,254}$", "^[1-9]\\\\d*\\\\.[1-9]\\\\d*$", "[a-z]+(-[a-z]+)*", "^\\\\d{5}(-\\\\d{4})?$", "^(ab|cd)+$"]


@pytest.mark.parametrize("pattern", ONE_READING)
def test_patterns_with_one_reading_are_taken(pattern):
    assert fhirpath.compile(f"name.matches('{pattern}')").holds({"name": "a" * 1000}) in {True, False}


TEXTS = [text for cases in CHAPTERS.values() for text, _ in cases]
LOOKALIKES = st.sampled_from(["2012", "2012-01-01", "2012-01-01T10:00:00Z", "#a", "kg", "Patient"])
ATOMS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), LOOKALIKES)
WORDS = "resourceType name _name given value valueQuantity extension url contact start end rank code birthDate _birthDate id unit system contained"
NAMES = st.sampled_from(WORDS.split())
JSON = st.recursive(ATOMS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)), max_leaves=20)


@settings(max_examples=300, deadline=None)
@given(node=JSON, text=st.sampled_from(TEXTS))
def test_any_json_gives_items_or_an_evaluation_error(node, text):
    expression = fhirpath.compile(text)
    for ask in (expression.evaluate, expression.holds):
        with suppress(EvaluationError):
            ask(node, environment=ENVIRONMENT)


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="ab.()[]'`%$@|&=!<>+-*/ 1é\\{},", max_size=30) | st.lists(st.sampled_from(TEXTS), min_size=2, max_size=3).map(" | ".join))
def test_any_text_compiles_or_is_refused(text):
    with suppress(BadExpression, EvaluationError):
        fhirpath.compile(text).evaluate({"resourceType": "Patient", "a": ["b"]}, environment=ENVIRONMENT)
