"""What the clinician hears: CRD, a CDS Hooks call asks, coverage information and cards answer."""
