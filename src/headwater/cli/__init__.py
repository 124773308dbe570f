"""The command line: `headwater`."""

from headwater.cli.main import main

__all__ = ["main"]
