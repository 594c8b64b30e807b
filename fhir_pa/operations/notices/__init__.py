"""Subscriptions, and what is told to them until it is heard."""
