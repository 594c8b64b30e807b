"""What is counted over many cases: the yearly figures, the tracker of a practice, failures, root causes, variation."""
