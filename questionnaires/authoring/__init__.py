"""Read what policy owners write, and name every mistake in it: where, what, and how to mend it."""
