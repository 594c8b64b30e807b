"""What may be asked of fhir-pa from a terminal, one file for each kind of asker."""
