"""``python -m fhir_pa``: the command line, where the ``fhir-pa`` script is not on the path."""

from __future__ import annotations

from fhir_pa.cli import main

if __name__ == "__main__":
    main(prog_name="fhir-pa")
