"""Storage: what is kept, so that nothing that was received or decided is ever lost or overwritten."""
