"""Work for later: what must be told after the answer has gone out, and who sees to it when a process dies."""
