"""The test EHR's SMART authorization server: launches, consent, codes and signed tokens (SMART App Launch 2.2)."""
