"""From a parsed request and the catalog to a plan: what to read, how tables are joined, what to write or call."""
