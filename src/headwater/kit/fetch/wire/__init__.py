"""One request and its answer: header fields, cookies, redirects, bodies under caps, decompression."""
