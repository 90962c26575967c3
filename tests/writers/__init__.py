"""Programs that save a filled workbook anew, as a county's own program might, and what comes of it.

Each client is a module: `formats`; `unavailable()`, why it cannot be used here, or None; `resave(data, format)`, our
filled workbook opened and saved; and for most `fill(data, format, cells)`, a blank issued one opened, the answers put
into its open cells, saved. `trial` tries all of them, `python -m writers` (with PYTHONPATH=tests) prints the table of
docs/writers.md.
"""
