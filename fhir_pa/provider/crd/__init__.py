"""The hook's request and answer, from the EHR's side."""
