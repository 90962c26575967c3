"""ExcelJS (npm `exceljs`), which servers fill templates with: it calculates nothing and drops custom properties."""

from base64 import b64encode
from collections.abc import Mapping

from writers import marks, npm
from writers.program import Cells, Program

PACKAGE = "exceljs"
formats = ("xlsx",)
_program = Program(*npm.command("exceljs.js", PACKAGE))
_marker = Program(*npm.command("exceljs_marks.js", PACKAGE))
_LACKING = {"shape", "text box", "ticked box", "unticked box", "thread"}  # it draws pictures only
MARKS = {"xlsx": frozenset((*marks.EXPECTED, marks.NARROW)) - marks.WORDS_ONLY - _LACKING}


def unavailable() -> str | None:
    return npm.unavailable(PACKAGE)


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    return _program.run(data, format, cells)


def mark(data: bytes, format: str, cells: Mapping[str, str]) -> bytes:
    return _marker.run(data, b64encode(marks.picture()).decode(), cells)
