"""Bytes to text: which charset a body is written in, and whether it is text at all."""
