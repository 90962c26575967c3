"""LibreOffice, driven as in the other tests; it calculates anew what was filled in."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import office
import rounds

from sanjin_xl.messages.template import SHEET
from writers import marks
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


Act = Callable[[office.Office, int, str], object]


def _draw(what: str, text: str = "") -> Act:
    return lambda running, book, cell: running.draw(book, SHEET, cell, what, text, _picture())


def _look(part: str = "", **looks: object) -> Act:
    return lambda running, book, cell: running.restyle(book, SHEET, cell, looks, part)


def _write(value: str | float, part: str = "", **looks: object) -> Act:
    def act(running: office.Office, book: int, cell: str) -> None:
        running.write(book, SHEET, {cell: value})
        running.restyle(book, SHEET, cell, looks, part)

    return act


@cache
def _picture() -> Path:
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    path = Path(folder, "picture.png")
    path.write_bytes(marks.picture())
    return path


_WHITE: Mapping[str, Any] = {"CharColor": 0xFFFFFF}
_STRUCK: Mapping[str, Any] = {"CharStrikeout": 1}
_SYMBOLS: Mapping[str, Any] = {"CharFontName": "Wingdings 2", "CharFontNameAsian": "Wingdings 2"}
_ACTS: Mapping[str, Act] = {
    "shape": _draw("shape", "有"),
    "text box": _draw("text", "有，已建台帐"),
    "picture": _draw("picture"),
    "ticked box": _draw("ticked"),
    "unticked box": _draw("unticked"),
    "comment": lambda running, book, cell: running.comment(book, SHEET, cell, "只做了一半"),
    "struck": _look(**_STRUCK),
    "partly struck": _look(marks.PARTS["partly struck"], **_STRUCK),
    "white": _look(**_WHITE),
    "partly white": _look(marks.PARTS["partly white"], **_WHITE),
    "tiny": _look(CharHeight=1.0, CharHeightAsian=1.0),
    "hidden by format": _look(format=";;;"),
    "number hidden by format": _write(1, format=";;;"),
    "low row": _look(height=20),
    "symbol font": _write(marks.TICK, **_SYMBOLS),
    "symbol font in part": _write(marks.TICK, marks.TICK, **_SYMBOLS),
    "other mark by format": _write(0, format='"√";"√";"√"'),
    "other text by format": _look(format='@"（撤回）"'),
    "colour": _look(CellBackColor=0x92D050),
    **{mark: _write(marks.WORDS) for mark in marks.WORDS_ONLY},
    "words below": _write(marks.BELOW),
    marks.NARROW: _look(width=50),
}
MARKS = dict.fromkeys(formats, frozenset(_ACTS))


def mark(data: bytes, format: str, cells: Mapping[str, str]) -> bytes:
    """Without the locks, which say whether a shape may be put there and not how it is saved."""
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "source.xlsx"), Path(name, f"target.{format}")
        source.write_bytes(data)
        running = _office()
        with running.opened(source) as book:
            for sheet in running.sheets(book):
                running.unprotect(book, rounds.PASSWORD, sheet["name"])
            for what, cell in cells.items():
                _ACTS[what](running, book, cell)
            running.save(book, target, format)
        return target.read_bytes()


def _plain(value: Value) -> str | float:
    return serial(value) if isinstance(value, date) else value
