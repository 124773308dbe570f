"""From a plan to the text of a statement. Names are quoted, values are parameters, and nothing else of a request is used."""
