"""One module a screen: what it shows, made of results and nothing else, and its routes."""
