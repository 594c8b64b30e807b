"""Documents that come attached to a request, read for what a reviewer looks for in them."""
