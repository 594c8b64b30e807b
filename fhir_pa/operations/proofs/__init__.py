"""Replaying what was decided, and walking the chain of its proofs."""
