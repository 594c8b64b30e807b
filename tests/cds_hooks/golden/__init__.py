"""Golden pairs: calls as an EHR sends them, and the whole answers of a served payer, kept as files for people to read.

Start with README.md in this folder. ``python -m tests.cds_hooks.golden`` writes the files anew, on purpose; what changed is
then reviewed by a person, line by line, before it is committed.
"""
