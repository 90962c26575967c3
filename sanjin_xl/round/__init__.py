"""The round folder: configuration, keys, inbox, register, archive and outputs."""
