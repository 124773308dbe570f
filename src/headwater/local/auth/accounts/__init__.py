"""Accounts: users with their identities, passwords, sessions, second factors and one-time tokens."""
