"""What members ask about their own requests."""
