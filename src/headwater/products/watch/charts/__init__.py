"""Checks and alerts over time."""
