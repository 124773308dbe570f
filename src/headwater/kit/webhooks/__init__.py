"""Signed webhooks: the signatures of Standard Webhooks, secrets at rest, sending and what an answer means."""
