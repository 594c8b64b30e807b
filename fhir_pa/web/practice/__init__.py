"""The pages of a practice's people, and the one question their systems may ask besides FHIR."""
