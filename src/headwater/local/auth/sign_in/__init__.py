"""Signing in: links and codes, proof keys, second factors, tokens, and limits on guessing."""
