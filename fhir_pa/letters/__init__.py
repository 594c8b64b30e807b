"""Letters: the written notices, as pages and as PDF."""
