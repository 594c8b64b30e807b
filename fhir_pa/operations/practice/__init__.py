"""What a practice's people ask about their own requests."""
