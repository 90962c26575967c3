"""SheetJS (npm `xlsx`), behind many web front ends: it keeps values and formulas, drops styles, locks and footers."""

from collections.abc import Mapping

from writers import npm
from writers.program import Cells, Program

PACKAGE = "xlsx"
formats = ("xlsx", "xlsb", "xls", "ods")
_program = Program(*npm.command("sheetjs.js", PACKAGE))
_marker = Program(*npm.command("sheetjs_marks.js", PACKAGE))
_FORMATS = ("hidden by format", "number hidden by format", "other mark by format", "other text by format")
MARKS = {"xlsx": frozenset(("comment", "thread", *_FORMATS)), "xlsb": frozenset(("comment", *_FORMATS))}
MARKS["xls"], MARKS["ods"] = frozenset(_FORMATS), frozenset()
_BOOK_TYPES = {"xls": "biff8"}


def unavailable() -> str | None:
    return npm.unavailable(PACKAGE)


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    return _program.run(data, _BOOK_TYPES.get(format, format), cells)


def mark(data: bytes, format: str, cells: Mapping[str, str]) -> bytes:
    return _marker.run(data, _BOOK_TYPES.get(format, format), cells)
