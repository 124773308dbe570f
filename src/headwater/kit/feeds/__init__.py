"""What sites offer to programs, read and written: RSS and Atom, sitemaps, OPML."""
