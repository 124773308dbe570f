"""Who is notified of an event, by which channel and when; and what was planned, stored."""
