"""The Excel round trip around the 2012 “三进” form: issue, ingest, score, rank."""

__version__ = "0.1.0"
