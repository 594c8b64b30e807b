"""One authorization as values: its items, events, decisions, talks and appeals, and which event may follow which state."""
