"""Whom we call: providers' key sets, their FHIR servers, their notification endpoints; never an address nobody registered."""
