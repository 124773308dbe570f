"""The routes of Storage: parse, ask, answer."""
