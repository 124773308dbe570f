"""Two versions of a page: which passages belong together, which differences are noise, how much the rest matters."""
