"""What a sentence says: numbers, dates, names, states, and words that mean the same."""
