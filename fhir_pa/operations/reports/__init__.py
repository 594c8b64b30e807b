"""Figures and measures, counted from what is on file."""
