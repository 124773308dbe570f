"""Telling people what happened: who wants to know and how, and what became of every message."""
