"""The official JavaScript clients, installed at the first test that wants them."""
