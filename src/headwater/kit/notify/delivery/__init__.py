"""Deliveries: sent at most once by mail or webhook, recorded, retried, gathered into digests, swept."""
