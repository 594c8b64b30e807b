"""The pages of the payer's own people."""
