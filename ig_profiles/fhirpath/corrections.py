"""Published constraints whose text does not say what it means, and the text that does.

A profile table asks here before it compiles a constraint, so that a slip in a guide refuses nobody's request.
"""

from __future__ import annotations

_DOC = "extension.where(url = 'doc-purpose').exists() implies extension.where(url = 'doc-purpose')"

CORRECTIONS = {
    # que-12 of R4: behaviour is needed for more than one condition, not for more than two (the text of the rule; mended in R4B).
    "enableWhen.count() > 2 implies enableBehavior.exists()": "enableWhen.count() > 1 implies enableBehavior.exists()",
    # tim-9 of R4: 'when' may repeat, and 'in' takes one item.
    "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))": (
        "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())"
    ),
    # pd-1, us-core-13 of US Core 3.1.1: elements that repeat are no conditions.
    "telecom or endpoint": "telecom.exists() or endpoint.exists()",
    "practitioner or organization or healthcareService or location": (
        "practitioner.exists() or organization.exists() or healthcareService.exists() or location.exists()"
    ),
    # crd-ci-q2, crd-ci-q4 of CRD 2.0.1 and 2.2: likewise.
    "extension.where(url = 'covered' and value != 'not-covered') implies extension.where(url = 'pa-needed').exists()": (
        "extension.where(url = 'covered' and value != 'not-covered').exists() implies extension.where(url = 'pa-needed').exists()"
    ),
    f"extension.where(url = 'pa-needed' and value = 'satisfied') and {_DOC}.all(value != 'PA')": (
        f"extension.where(url = 'pa-needed' and value = 'satisfied').exists() and {_DOC}.all(value != 'PA')"
    ),
    f"extension.where(url = 'pa-needed' and (value = 'satisfied' or value = 'noauth' or value = 'not-covered')) and {_DOC}.all(value != 'withpa')": (
        f"extension.where(url = 'pa-needed' and (value = 'satisfied' or value = 'noauth' or value = 'not-covered')).exists() and {_DOC}.all(value != 'withpa')"
    ),
}


def corrected(expression: str) -> str:
    """The text to compile for a published constraint: nearly always the published one.

    >>> corrected("telecom or endpoint")
    'telecom.exists() or endpoint.exists()'
    >>> corrected("name.exists()")
    'name.exists()'
    """
    return CORRECTIONS.get(expression, expression)
