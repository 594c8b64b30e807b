"""Advice: one file for each kind of card; each looks at the call and its answers and says what is worth telling."""
