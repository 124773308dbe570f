"""What every room stands on: settings, database, authentication, errors, telemetry and the clock. No business word."""
