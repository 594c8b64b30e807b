"""What the payer does: PAS, utilization management, storage, security, web, command line."""
