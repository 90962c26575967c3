"""The clerk's window: a page on this computer alone, that does what the command line does."""
