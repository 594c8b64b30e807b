"""The functions of FHIRPath and of FHIR, one file per family; ``registry.FUNCTIONS`` knows them by name."""
