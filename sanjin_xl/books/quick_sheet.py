"""A worksheet whose cells are kept as their XML, made once for equal values, and written row by row.

XlsxWriter makes a tuple of every cell and puts its XML together attribute by attribute, which is most of what a
workbook of 300,000 cells takes. The XML here is to the byte what it writes itself (tests/test_quick_sheet.py).
"""

import pickle
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from html import unescape
from itertools import zip_longest
from math import isfinite
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet
from xlsxwriter.xmlwriter import XMLwriter

from sanjin_xl.model.controls import visible

Value = str | float | date | None
Row = Sequence[str]
"""Of every cell of a row the XML behind its format."""

_MOST_CHARACTERS = 32_767  # Excel: UTF-16 units in a cell
_ROWS_A_SPAN = 16  # XlsxWriter and Excel say for so many rows at a time which columns are in use
_ROWS_A_BLOCK = 256  # so many are kept as they are
_MOST_TAILS = 4096  # equal values are looked up; those of a long sheet would be all of its numbers and texts


class QuickWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter ships no types
    """XlsxWriter's worksheet with `put` beside its own methods; what those write it writes as ever.

    A cell that was `put` is a plain tuple in XlsxWriter's table: its format, and the XML behind that. Those of a row
    that was put as a whole are made when they are needed: half a million take 100 MB.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tails: dict[Value, str] = {}
        self._forms: dict[int, Sequence[Any]] = {}  # of the rows put as a whole
        self._rows = _Rows()
        self._like: dict[tuple[Any, ...], int] = {}  # a row of every height and format

    def set_row_pixels(
        self, row: int, height: float | None = None, cell_format: Any = None, options: Mapping[str, Any] | None = None
    ) -> Any:
        """Set the height of a row, as XlsxWriter does; what it remembers of a row is kept once for rows alike."""
        done = super().set_row_pixels(row, height, cell_format, options)
        if row in self.row_info:
            like = self._like.setdefault((height, cell_format, *(options or {}).items()), row)
            self.row_info[row], self.row_sizes[row] = self.row_info[like], self.row_sizes[like]
        return done

    def put(self, row: int, column: int, value: Value, form: Any, formula: str | None = None) -> None:
        """Write a text, a number, a day or a blank, or a formula with the text or number it has now.

        A text is never taken for a formula, a number or a link.
        """
        self._check_dimensions(row, column)
        if formula is None:
            self.table[row][column] = form, self._tail(value)
        else:
            self.table[row][column] = form, self._formula_tail(formula, value)

    def put_row(
        self, row: int, values: Sequence[Any], forms: Sequence[Any], formulas: Sequence[str | None] = ()
    ) -> None:
        """Write a value in each of the first columns, or a formula with the value it has now.

        What is written into them one by one lies over it.
        """
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(values) - 1)
        if any(formulas):
            cells = list(zip_longest(values, formulas))
            tails = [self._formula_tail(one, value) if one else self._tail(value) for value, one in cells]
        else:
            tails = list(map(self._tail, values))
        self._forms[row] = forms
        self._rows.put(row, tails)
        if len(self._tails) > _MOST_TAILS:
            self._tails.clear()

    def _tail(self, value: Value) -> str:
        """The XML of a cell behind the number of its format."""
        tail = self._tails.get(value)
        if tail is None:
            tail = self._tails[value] = self._tail_of(value)
        elif value.__class__ is str:
            self.str_table.count += 1
        return tail

    def _tail_of(self, value: Value) -> str:
        match value:
            case None:
                return "/>"
            case str():
                return f' t="s"><v>{self.str_table._get_shared_string_index(plain(value))}</v></c>'
            case _:
                return f"><v>{self._number(value):.16G}</v></c>"

    def _number(self, value: float | date) -> float:
        """The number that stands in a cell; raises ValueError for what is none that a cell can hold."""
        if isinstance(value, date):
            return float(self._convert_date_time(datetime.combine(value, time())))
        if not isfinite(value):
            raise ValueError(f"no number that a cell can hold: {value}")
        return value

    def _formula_tail(self, formula: str, value: Value) -> str:
        kind = ' t="str"' if isinstance(value, str) and value else ""
        return f"{kind}><f>{_escaped(self._prepare_formula(formula))}</f><v>{self._escape_data(value)}</v></c>"

    # --- what XlsxWriter does at the end, row by row ------------------------------------------------------------------

    def _cells(self, row: int) -> dict[int, Any]:
        """The cells of a row, by column."""
        whole = zip(self._forms[row], self._rows.get(row), strict=True) if row in self._forms else ()
        return {**dict(enumerate(whole)), **self.table.get(row, {})}

    def _calculate_spans(self) -> None:
        used: dict[int, set[int]] = {}
        whole = {row: range(len(forms)) for row, forms in self._forms.items()}
        for rows in (whole, self.table, self.comments):
            for row, columns in rows.items():
                used.setdefault(row // _ROWS_A_SPAN, set()).update(columns)
        self.row_spans = {n: f"{min(columns) + 1}:{max(columns) + 1}" for n, columns in used.items() if columns}

    def _write_rows(self) -> None:
        self._calculate_spans()
        styles = _Styles()
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, info = self._cells(row), self.row_info.get(row)
            span = self.row_spans.get(row // _ROWS_A_SPAN)
            if cells:
                self._write_row(row, span, info)
                self._write_cells(row, cells, styles)
                self._xml_end_tag("row")
            elif info or row in self.comments:
                self._write_empty_row(row, span, info)
        for written in (self.table, self._forms, self._tails, self.row_info, self.row_sizes):
            written.clear()
        self._rows = _Rows()

    def _write_hyperlinks(self) -> None:
        super()._write_hyperlinks()
        self.hyperlinks.clear()

    def _write_cells(self, row: int, cells: dict[int, Any], styles: "_Styles") -> None:
        number, texts = row + 1, []
        for column, cell in sorted(cells.items()):
            if cell.__class__ is tuple:
                texts.append(f'<c r="{_LETTERS[column]}{number}{styles[cell[0]]}{cell[1]}')
            else:
                self.fh.write("".join(texts))
                texts.clear()
                self._write_cell(row, column, cell)
        self.fh.write("".join(texts))

    def _get_range_data(self, first_row: int, first_column: int, last_row: int, last_column: int) -> list[Any]:
        """What a chart remembers of its cells, as XlsxWriter has it: of a row without any cell, one None."""
        data: list[Any] = []
        for row in range(first_row, last_row + 1):
            cells = self._cells(row)
            for column in range(first_column, last_column + 1) if cells else [first_column]:
                cell: Any = cells.get(column)
                own = cell.__class__ is tuple
                data += [self._remembered(cell[1])] if own else super()._get_range_data(row, column, row, column)
        return data

    def _remembered(self, tail: str) -> str:
        """The text or number in the XML of a cell."""
        value = tail.rpartition("<v>")[2].removesuffix("</v></c>").removesuffix("/>")
        if tail.startswith(' t="s">'):
            text: str = self.str_table._get_shared_string(int(value))
            return text
        return unescape(value) if "<f>" in tail else value.lower()  # 1E-07, which XlsxWriter remembers as 1e-07


class _Rows:
    """Rows by number, of which those of one block at a time are at hand and all others compressed.

    No sheet is written before the last is filled, for styles are numbered over all of them.
    """

    def __init__(self) -> None:
        self._packed: dict[int, bytes] = {}
        self._number, self._block, self._is_new = 0, dict[int, Row](), False

    def put(self, row: int, cells: Row) -> None:
        self._block_of(row)[row], self._is_new = cells, True

    def get(self, row: int) -> Row:
        return self._block_of(row)[row]

    def _block_of(self, row: int) -> dict[int, Row]:
        number = row // _ROWS_A_BLOCK
        if number != self._number:
            if self._is_new:
                self._packed[self._number] = zlib.compress(pickle.dumps(self._block), 1)
            data = self._packed.get(number)
            block = pickle.loads(zlib.decompress(data)) if data else {}  # noqa: S301  (packed by ourselves)
            self._number, self._block, self._is_new = number, block, False
        return self._block


class _Styles(dict[Any, str]):
    """The attribute that names a format, numbered as XlsxWriter does: in the order in which cells first need it."""

    def __missing__(self, form: Any) -> str:
        text = self[form] = f'" s="{form._get_xf_index()}"' if form else '"'
        return text


class _Letters(dict[int, str]):
    """The letters of a column."""

    def __missing__(self, column: int) -> str:
        text: str = xl_col_to_name(column)
        self[column] = text
        return text


_LETTERS = _Letters()


@lru_cache(maxsize=4096)  # all workbooks of a form have the same two hundred formulas
def _escaped(formula: str) -> str:
    xml: str = XMLwriter()._escape_data(formula)
    return xml


def plain(text: str) -> str:
    """A text as a cell can hold it: without control characters, cut at Excel's limit."""
    text = visible(text)
    if 2 * len(text) <= _MOST_CHARACTERS:
        return text
    return text.encode("utf-16-le")[: 2 * _MOST_CHARACTERS].decode("utf-16-le", "ignore")
