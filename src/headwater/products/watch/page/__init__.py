"""From the bytes of an answer to passages of text: markup, feeds and sitemaps, main content, boilerplate."""
