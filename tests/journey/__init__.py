"""One journey through the whole system, the same in each way to run it."""
