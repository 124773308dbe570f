"""Postgres: connections and transactions, migrations, its clock, and rows that Python can or can't read."""
