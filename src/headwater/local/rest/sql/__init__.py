"""From a plan to the text of a statement: names are quoted, values parameters, nothing else of a request is used."""
