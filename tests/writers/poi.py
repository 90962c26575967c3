"""Apache POI, behind most Java office systems: HSSF, which writes .xls.

POI converts no workbook, so the cells of ours are handed to it one by one and make a new one, as Java programs do.
Debian 12's libapache-poi-java cannot read or write .xlsx: the classes of its schemas are not in its jars.
"""

import io
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook

from sanjin_xl.messages.template import SHEET
from writers import marks
from writers.program import Cells, Formula, Mark, Program, Value

formats = ("xls",)
_SEEN = {"shape", "text box", "picture", "comment", "struck", "partly struck", "white", "partly white", "tiny"}
_FORMATS = {"hidden by format", "number hidden by format", "other mark by format", "other text by format"}
MARKS = {"xls": frozenset(_SEEN | _FORMATS | {"low row", "narrow column", "symbol font", "colour"})}
_SOURCE = Path(__file__).parent / "Poi.java"
_JARS = Path("/usr/share/java")
_NEEDED = ("poi", "commons-codec", "commons-collections4", "commons-math3")
_CLASS_PATH = os.pathsep.join(str(_JARS / f"{name}.jar") for name in _NEEDED)
_program = Program("java", "-XX:TieredStopAtLevel=1", "-cp", _CLASS_PATH, str(_SOURCE))


def unavailable() -> str | None:
    if shutil.which("javac") is None:  # to run a source file takes the compiler
        return "no Java development kit"
    missing = [name for name in _NEEDED if not (_JARS / f"{name}.jar").exists()]
    return f"no {missing[0]}.jar: Debian's libapache-poi-java" if missing else None


def resave(data: bytes, format: str) -> bytes:
    return _program.run(b"", "calculated", _cells(data))


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    """Formulas are left without a result, as by a program that does not ask POI to calculate."""
    return _program.run(b"", "as written", _cells(data) | {f"{SHEET}!{where}": cells[where] for where in cells})


def mark(data: bytes, format: str, cells: Mapping[str, str]) -> bytes:
    """The cells of the return again; behind them the marks, each with its cell."""
    marked: dict[str, Value] = {f"{SHEET}!{cell}": Mark(name) for name, cell in cells.items()}
    return _program.run(marks.picture(), "calculated", marked, _cells(data))


def _cells(data: bytes) -> dict[str, Value]:
    return {
        f"{sheet.title}!{cell.coordinate}": Formula(cell.value[1:]) if cell.data_type == "f" else cell.value
        for sheet in load_workbook(io.BytesIO(data))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
