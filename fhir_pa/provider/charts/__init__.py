"""Synthetic people and what is written about them."""
