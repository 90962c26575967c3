"""SheetJS (npm `xlsx`), behind many web front ends: it keeps values and formulas, drops styles, locks and footers."""

from writers import npm
from writers.program import Cells, Program

PACKAGE = "xlsx"
formats = ("xlsx", "xlsb", "xls", "ods")
_program = Program(*npm.command("sheetjs.js", PACKAGE))
_BOOK_TYPES = {"xls": "biff8"}


def unavailable() -> str | None:
    return npm.unavailable(PACKAGE)


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    return _program.run(data, _BOOK_TYPES.get(format, format), cells)
