"""Which pages say something like this: vectors of a model where there is one, else words."""
