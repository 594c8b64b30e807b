"""The page of one episode at the desk: every review of a course of care, whichever case it is in."""

from __future__ import annotations

from flask import Blueprint, g

from fhir_pa.web.desk.twins import twin
from fhir_pa.web.offered import Offered, Payer


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the address to the desk."""
    twin(base, payer, "/cases/<number>/episode", "episode", "worklist", lambda number: offered.managing.episode(number, g.caller, payer))
