"""Ready requests for whoever tests a payer: every situation of the guides, with what must come back, in both generations."""
