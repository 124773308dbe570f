"""Watch's part of the demo: what is watched there, a month of history, and what happens then."""
