"""Politeness to hosts: robots.txt, pacing, and how many requests at once."""
