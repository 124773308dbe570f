"""The endpoints of Auth: parse, authorise, call one function, answer."""
