"""Which cells of a sheet do not look as their values read: by their style, by the runs of their text, by their size."""

import re
from collections.abc import Collection, Iterator

from sanjin_xl.model.cellref import place_of
from sanjin_xl.workbook.book import Book, Hidden, Look, Rows, flat_cells, plain
from sanjin_xl.workbook.cell_style import Style, look_of
from sanjin_xl.workbook.cells import Cells, Shared
from sanjin_xl.workbook.fonts import Font
from sanjin_xl.workbook.styles import Theme, with_property
from sanjin_xl.workbook.symbols import drawn, symbol_font
from sanjin_xl.workbook.xml import Run

NO_LOOK = Look()


def looks_of(
    hidden: Hidden, cells: Cells, rows: Rows, shared: Shared, flat_columns: Collection[int]
) -> dict[str, Look]:
    """The looks of the cells of a sheet by address; what fonts of symbols draw takes the place of what is written."""
    found: dict[str, Look] = {}
    for cell, style in cells.styles.items():
        found[cell] = _of_style(cell, shared.looks[style], rows)
    if shared.runs or cells.runs:
        for cell, runs in _with_runs(hidden.xml, cells, shared):
            found[cell] = _of_runs(cell, runs, rows, found.get(cell, NO_LOOK), shared.theme)
    for cell in flat_cells(rows, cells.flat_rows, flat_columns, hidden.merges):
        found[cell] = found.get(cell, NO_LOOK)._replace(unseen=True)
    return {cell: look for cell, look in found.items() if look != NO_LOOK}


def with_pictures(book: Book) -> Book:
    """The book in which what fonts of symbols draw takes the place of what is written, as in an .xlsx already."""
    for sheet in book.sheets:
        for cell, look in sheet.hidden.looks.items():
            font, value = symbol_font(look.font), _value(cell, sheet.rows)
            if font and value not in ("", None) and not isinstance(value, bool):
                _put(cell, drawn(plain(value), font), sheet.rows)
    return book


def _with_runs(xml: bytes, cells: Cells, shared: Shared) -> Iterator[tuple[str, tuple[Run, ...]]]:
    if cells.runs is not None:
        yield from cells.runs.items()
        return
    listed = b"|".join(b"%d" % number for number in shared.runs)
    formula = rb"(?:<f[^<>]*>(?:[^<]*</f>)?)?"
    pattern = rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^<>]* t="s"[^<>]*>' + formula + rb"<v[^<>]*>(" + listed + rb")</v>"
    yield from ((cell.decode(), shared.runs[int(number)]) for cell, number in re.findall(pattern, xml))


def _of_style(cell: str, style: Style, rows: Rows) -> Look:
    """How a cell of a style looks; a blank one can only be coloured."""
    value = _value(cell, rows)
    if value in ("", None):
        return Look(fill=style.colour)
    written = plain(value)
    if style.font.symbols and not isinstance(value, bool):
        _put(cell, drawn(written, style.font.symbols), rows)
    return look_of(style, value, written, [(written, style.font)])


def _of_runs(cell: str, runs: tuple[Run, ...], rows: Rows, look: Look, theme: Theme) -> Look:
    """How a cell with a text of several runs looks; each has a font of its own, or that of the cell."""
    fonts = [(text, _font(properties, theme) if properties else None) for text, properties in runs]
    struck = "".join(text for text, font in fonts if (font.struck if font else look.struck))
    symbols = {font.symbols for _, font in fonts if font} - {""}
    if symbols:
        shown = (drawn(text, font.symbols) if font and font.symbols else text for text, font in fonts)
        _put(cell, "".join(shown), rows)
    return look._replace(
        struck=struck.strip(),
        unseen=look.unseen or any(font and text.strip() and font.is_unseen(look.fill) for text, font in fonts),
        font=look.font or "、".join(sorted(symbols)),
    )


def _font(properties: tuple[tuple[str, dict[str, str]], ...], theme: Theme) -> Font:
    font = Font()
    for name, attributes in properties:
        font = with_property(font, name, attributes, theme)
    return font


def _value(cell: str, rows: Rows) -> object:
    row, column = place_of(cell) or (-1, -1)
    return rows[row][column] if 0 <= row < len(rows) and column < len(rows[row]) else ""


def _put(cell: str, text: str, rows: Rows) -> None:
    row, column = place_of(cell) or (-1, -1)
    if 0 <= row < len(rows) and column < len(rows[row]):
        rows[row][column] = text
