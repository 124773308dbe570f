"""URLs: which are fetched at all (SSRF), how a name becomes a checked address, one spelling for one page."""
