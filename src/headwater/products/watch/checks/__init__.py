"""A check of a source from the moment it is due to the line in its history: fetch, read, compare, record, notify."""
