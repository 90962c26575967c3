"""Bytes → Book: a returned file as sheets of values and facts; nothing here knows of any form."""
