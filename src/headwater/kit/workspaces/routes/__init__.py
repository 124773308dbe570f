"""Endpoints of people and workspaces."""
