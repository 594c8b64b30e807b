"""What a provider sends about an authorization, and how it reads the answer."""
