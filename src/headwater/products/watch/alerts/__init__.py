"""Changes that matter, and the private feed of them."""
