"""One module for each page of the reference, each read from the code."""
