"""Connections to Postgres on which a request travels in one round trip, and its errors as answers."""
