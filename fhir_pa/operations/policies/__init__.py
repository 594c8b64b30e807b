"""What policy owners, and everybody, may see of the policies."""
