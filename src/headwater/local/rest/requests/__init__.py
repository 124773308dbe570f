"""Requests as the engine understands them: parameters, preferences, ranges, media types, bodies."""
