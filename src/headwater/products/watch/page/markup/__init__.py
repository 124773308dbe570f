"""HTML to blocks of text: what an element is, what its names say, where the main content stands."""
