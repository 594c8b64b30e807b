"""What is on file for a member: inquiry by example, status, units used, care that was given."""
