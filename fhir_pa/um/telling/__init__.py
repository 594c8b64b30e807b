"""What members and practices are told of a case, and what must have been told."""
