"""One return → an outcome; the returns of a unit → the one that counts."""
