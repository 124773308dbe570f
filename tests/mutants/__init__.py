"""Asks whether the tests would notice: makes one small fault at a time in a copy of the checkout and runs its room.

No part of the test run, for it takes a minute or more for each fault. `python -m tests.mutants --help`.
"""
