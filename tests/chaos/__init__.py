"""Random kills and faults under load, judged by a ledger: each change is told once, never twice, never not at all."""
