"""Headwater: signals in, durable work, rows under row-level security, actions out."""

from importlib.metadata import version

__version__ = version("headwater")
