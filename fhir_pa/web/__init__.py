"""HTTP in and out: addresses, media types, statuses and headers; what is asked is decided by the operations."""
