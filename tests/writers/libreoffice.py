"""LibreOffice, driven as in the other tests; it calculates anew what was filled in."""

import atexit
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import office

from sanjin_xl.messages.template import SHEET
from writers.program import Cells, Value, serial

formats = ("xlsx", "xls", "ods")


def unavailable() -> str | None:
    return office.unavailable()


@cache
def _office() -> office.Office:
    running = office.Office()
    atexit.register(running.quit)
    return running


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "source.xlsx"), Path(name, f"target.{format}")
        source.write_bytes(data)
        with _office().opened(source) as book:
            if cells:
                _office().write(book, SHEET, {where: _plain(value) for where, value in cells.items()})
            # A sheet locked by a SHA-512 hash has no place in the old formats; LibreOffice would ask for the password.
            _office().save(book, target, format, unasked=format != "xlsx")
        return target.read_bytes()


def _plain(value: Value) -> str | float:
    return serial(value) if isinstance(value, date) else value
