"""What a provider's system asks (PAS): submit, inquire, attach, read what is on file."""
