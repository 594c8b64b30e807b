"""What can be wrong with an expression: in its text (compile time) or with the data it meets (evaluation).

    ValueError
    ├── BadExpression            the text is not FHIRPath: where, and what was expected
    │   └── UnsupportedExpression    FHIRPath, but outside the language this compiler knows
    └── EvaluationError          the data does not fit: two items where one is expected, text where a number is
        └── Undecidable          an outside answer is missing: a value set that cannot be enumerated, a type nobody told
"""

from __future__ import annotations


class BadExpression(ValueError):
    """The text is not FHIRPath. ``position`` counts characters from 0.

    >>> str(BadExpression("name.", 5, "a name is missing here"))
    'a name is missing here, at character 6 of: name.⟨here⟩'
    """

    def __init__(self, expression: str, position: int, problem: str) -> None:
        self.expression, self.position, self.problem = expression, position, problem
        around = expression[max(0, position - 60) : position] + "⟨here⟩" + expression[position : position + 60]
        super().__init__(f"{problem}, at character {position + 1} of: {around}")


class UnsupportedExpression(BadExpression):
    """FHIRPath that this compiler does not speak, for example a function it does not know."""


class EvaluationError(ValueError):
    """The expression cannot be evaluated on this data; the only error that evaluation raises."""


class Undecidable(EvaluationError):
    """Neither true nor false can be said, because an answer from outside is missing. ``holds`` says None instead."""
