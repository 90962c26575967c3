"""openpyxl, which scripts fill workbooks with: it calculates nothing and saves formulas without any result."""

import io

from openpyxl import load_workbook

from writers.program import Cells

formats = ("xlsx", "xlsm")


def unavailable() -> str | None:
    return None


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    # As a workbook with macros it goes by another content type; there are none in it.
    book = load_workbook(io.BytesIO(data), keep_vba=format == "xlsm")
    for where, value in cells.items():
        cell = book.worksheets[0][where]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # "=1+1" would become a formula, "#REF!" an error
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
