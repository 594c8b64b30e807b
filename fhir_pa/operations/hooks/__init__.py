"""What an EHR asks at order entry (CRD), from the call to what is kept of its answer."""
