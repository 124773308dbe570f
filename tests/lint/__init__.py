"""The rules of the house that no ready-made linter knows. `python -m tests.lint` prints a line a finding."""
