"""What the payer's own people do with a case: read it, decide it, talk about it, write about it."""
