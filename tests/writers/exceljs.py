"""ExcelJS (npm `exceljs`), which servers fill templates with: it calculates nothing and drops custom properties."""

from writers import npm
from writers.program import Cells, Program

PACKAGE = "exceljs"
formats = ("xlsx",)
_program = Program(*npm.command("exceljs.js", PACKAGE))


def unavailable() -> str | None:
    return npm.unavailable(PACKAGE)


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    return _program.run(data, format, cells)
