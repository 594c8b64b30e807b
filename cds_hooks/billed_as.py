"""Billed as: the ways an order may be billed, where they end differently: one answer for each, over codes of its own (crd.md §1.7.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cds_hooks.granting import billing_codes
from ig_profiles.reading import Coding
from questionnaires.benefits import BilledAs
from questionnaires.policy import Edition


def ways(edition: Edition, ordered: tuple[Coding, ...]) -> tuple[Edition, ...]:
    """The edition as it speaks about each way of billing, its ``services`` being that way's codes and no other's.

    An order that names billing codes is answered for those; one in clinical words alone, for every code the edition knows.
    """
    rows, named = edition.benefits.billed_as, billing_codes(ordered)
    if not rows:
        return (edition,)
    own = tuple(code for code in billing_codes(edition.services) if not any(_among(code, row.services) for row in rows))
    usual = tuple(_narrowed(own, named))
    found = [_under(edition, row, codes) for row in rows if (codes := tuple(_narrowed(row.services, named)))]
    if usual:
        found.insert(0, replace(edition, services=usual, benefits=replace(edition.benefits, billed_as=())))
    return tuple(found) or (edition,)


def _narrowed(codes: Iterable[Coding], named: tuple[Coding, ...]) -> Iterator[Coding]:
    """Those of the codes the order names, as it writes them; all of them when it names none."""
    for code in codes:
        as_ordered = next((theirs for theirs in named if code.same_as(theirs)), None)
        if as_ordered is not None or not named:
            yield as_ordered or code


def _under(edition: Edition, row: BilledAs, codes: tuple[Coding, ...]) -> Edition:
    benefits = replace(edition.benefits, limit=row.limit or edition.benefits.limit, billed_as=())
    return replace(
        edition,
        services=codes,
        covered=row.covered,
        criteria=edition.criteria if row.covered else (),  # nothing clinical is asked of what is no benefit
        authorization=row.authorization or edition.authorization,
        because=row.because or edition.because,
        benefits=benefits,
    )


def _among(code: Coding, codes: Iterable[Coding]) -> bool:
    return any(code.same_as(each) for each in codes)
