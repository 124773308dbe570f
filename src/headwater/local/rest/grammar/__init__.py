"""The grammar of a request's address: hand-written parsers from text to frozen trees."""
