"""The command line: `headwater`."""

import sys

# Said before anything is imported that an older Python can't even read.
if sys.version_info < (3, 11):  # noqa: UP036 - a package can be copied, or installed past its own requirement
    sys.exit("headwater: this is Python {}.{}; Headwater needs 3.11 or newer.".format(*sys.version_info))

from headwater.cli.main import main

__all__ = ["main"]
