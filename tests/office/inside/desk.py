"""The open workbooks and what can be asked of them (runs inside the driver)."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cells import address, bounding_block, contents, open_positions, position, properties, validation, vertical_runs
from com.sun.star.uno import Exception as UnoException
from keyboard import Keyboard
from marks import comment, draw, restyle
from measure import merged_heights, printed_pages, row_heights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "csv": "Text - txt - csv (StarCalc)",
    "pdf": "calc_pdf_Export",
}
CSV_OPTIONS = "44,34,76,1,,0,false,true,false,false,false"


class RefusedError(Exception):
    """Locked cells of a protected sheet were to be written."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__("locked: " + ", ".join(addresses))
        self.addresses = addresses


class Desk:
    """The open documents by handle; each public method is an operation, documented in the client."""

    def __init__(self, context: Any, folder: Path) -> None:
        self._context = context
        self._desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self._keyboard = Keyboard(context)
        self._folder = folder
        self._numbers = count(1)
        self._documents: dict[int, Any] = {}

    def open(self, path: str, password: str | None = None) -> int:
        # A private copy: the test may delete its file, and no lock file appears beside it.
        handle = next(self._numbers)
        self._place(handle).mkdir()
        copy = Path(shutil.copy(path, str(self._place(handle))))
        self._documents[handle] = self._load(copy.as_uri(), **({"Password": password} if password else {}))
        return handle

    def close(self, handle: int) -> None:
        document = self._documents.pop(handle)
        self._keyboard.leave(document)
        document.close(True)
        shutil.rmtree(str(self._place(handle)), ignore_errors=True)

    def save(self, handle: int, path: str | Path, format: str, sheet: str | None = None, unasked: bool = False) -> None:
        document, target = self._documents[handle], Path(path).absolute()
        names = list(document.Sheets.ElementNames)
        sheet = sheet or names[0]
        # Comma, quote, UTF-8; the last token is the sheet's number from 1, and puts its name into the file's.
        options = {"FilterOptions": f"{CSV_OPTIONS},{names.index(sheet) + 1}"} if format == "csv" else {}
        where = target.as_uri(), properties(FilterName=FILTERS[format], **options)
        if unasked:
            with self._never_shown(handle) as copy:
                copy.storeToURL(*where)
        else:
            self._keyboard.attend(document, partial(document.storeToURL, *where))
        if format == "csv":
            target.with_name(f"{target.stem}-{sheet}{target.suffix}").replace(target)

    def sheets(self, handle: int) -> list[dict[str, Any]]:
        return [
            {"name": sheet.Name, "visible": sheet.IsVisible, "protected": sheet.isProtected()}
            for sheet in self._documents[handle].Sheets
        ]

    def protected(self, handle: int) -> bool:
        return bool(self._documents[handle].isProtected())

    def unprotect(self, handle: int, password: str, sheet: str | None = None) -> bool:
        target = self._sheet(handle, sheet) if sheet else self._documents[handle]
        try:
            target.unprotect(password)
        except UnoException:
            return False
        return not target.isProtected()

    def locked(self, handle: int, sheet: str, where: str) -> bool:
        cell = self._cell(handle, sheet, where)
        return bool(cell.Spreadsheet.isProtected() and cell.CellProtection.IsLocked)

    def open_cells(self, handle: int, sheet: str, where: str) -> list[str]:
        places = open_positions(self._sheet(handle, sheet).getCellRangeByName(where))
        return [address(*place) for place in sorted(places, key=lambda place: place[::-1])]

    def write(self, handle: int, sheet: str, cells: Mapping[str, str | float | None]) -> None:
        target = self._sheet(handle, sheet)
        values = {position(target, where): value for where, value in cells.items()}
        # The API itself writes through the protection, cell by cell without a word.
        closed = sorted(set(values) - open_positions(bounding_block(target, values))) if values else []
        if closed:
            raise RefusedError([address(*place) for place in closed])
        for (column, row), run in vertical_runs(values):
            block = target.getCellRangeByPosition(column, row, column, row + len(run) - 1)
            block.setDataArray(tuple(("" if value is None else value,) for value in run))

    def type_text(self, handle: int, sheet: str, where: str, text: str, insist: bool = False) -> dict[str, Any]:
        return self._keyboard.type_text(self._documents[handle], self._cell(handle, sheet, where), text, insist)

    def read(self, handle: int, sheet: str, where: str) -> dict[str, dict[str, Any]]:
        self._documents[handle].calculate()
        return contents(self._sheet(handle, sheet).getCellRangeByName(where))

    def shown(self, handle: int, sheet: str, where: str) -> str:
        return str(self._cell(handle, sheet, where).String)

    def recalculate(self, handle: int) -> None:
        self._documents[handle].calculateAll()

    def validation(self, handle: int, sheet: str, where: str) -> dict[str, Any]:
        return validation(self._cell(handle, sheet, where))

    def row_heights(self, handle: int, sheet: str, where: str) -> list[dict[str, Any]]:
        return row_heights(self._documents[handle], self._sheet(handle, sheet).getCellRangeByName(where))

    def merged_heights(self, handle: int, sheet: str, where: str) -> list[dict[str, Any]]:
        with self._loaded("private:factory/scalc") as scratch:
            return merged_heights(self._sheet(handle, sheet).getCellRangeByName(where), scratch.Sheets.getByIndex(0))

    def pages(self, handle: int) -> list[dict[str, str]]:
        return printed_pages(self._documents[handle])

    def draw(self, handle: int, sheet: str, where: str, what: str, text: str = "", picture: str = "") -> None:
        cell, url = self._cell(handle, sheet, where), Path(picture).absolute().as_uri()
        draw(self._context, self._documents[handle], cell, what, text, url)

    def comment(self, handle: int, sheet: str, where: str, text: str) -> None:
        comment(self._cell(handle, sheet, where), text)

    def restyle(self, handle: int, sheet: str, where: str, looks: Mapping[str, Any], part: str = "") -> None:
        restyle(self._documents[handle], self._cell(handle, sheet, where), looks, part)

    def is_alive(self) -> bool:
        try:
            self._desktop.getFrames()
        except UnoException:
            return False
        return True

    def terminate(self) -> None:
        # Closed one by one first: the office would ask about each changed document.
        for handle in list(self._documents):
            self.close(handle)
        self._desktop.terminate()

    def _load(self, url: str, **options: object) -> Any:
        document = self._desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=True, **options))
        if document is None or not hasattr(document, "Sheets"):
            raise OSError("LibreOffice does not open it as a workbook: " + url.rpartition("/")[2])
        return document

    @contextmanager
    def _loaded(self, url: str) -> Iterator[Any]:
        document = self._load(url)
        try:
            yield document
        finally:
            document.close(True)

    def _never_shown(self, handle: int) -> AbstractContextManager[Any]:
        """Return a second document with the same content; hiding one that was shown does not stop the questions."""
        path = self._place(handle) / "unseen.xlsx"
        self.save(handle, path, "xlsx")
        return self._loaded(path.as_uri())

    def _place(self, handle: int) -> Path:
        return self._folder / str(handle)

    def _sheet(self, handle: int, name: str) -> Any:
        return self._documents[handle].Sheets.getByName(name)

    def _cell(self, handle: int, sheet: str, where: str) -> Any:
        return self._sheet(handle, sheet).getCellRangeByName(where).getCellByPosition(0, 0)
