"""What changed between two versions, laid out for reading."""
