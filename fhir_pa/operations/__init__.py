"""One file per thing a caller may ask, named by its verb: hear, read, decide, write, answer."""
