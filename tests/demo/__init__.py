"""The simulated world, driven by the clients that the product and its users have."""
