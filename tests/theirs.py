"""A worksheet with the methods of ours, each by XlsxWriter's own: what ours is held against."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any

from xlsxwriter.worksheet import Worksheet

from sanjin_xl.books.quick_sheet import Value, plain


class Theirs(Worksheet):  # type: ignore[misc]  # XlsxWriter ships no types
    """The same calls by XlsxWriter's own methods."""

    def put(self, row: int, column: int, value: Value, form: Any, formula: str | None = None) -> None:
        if formula:
            self.write_formula(row, column, formula, form, value)
            return
        match value:
            case None:
                self.write_blank(row, column, None, form)
            case str():
                self.write_string(row, column, plain(value), form)
            case date():
                self.write_datetime(row, column, datetime.combine(value, time()), form)
            case _:
                self.write_number(row, column, value, form)

    def put_row(
        self, row: int, values: Sequence[Value], forms: Sequence[Any], formulas: Sequence[str | None] = ()
    ) -> None:
        for column, (value, form, formula) in enumerate(zip_longest(values, forms, formulas)):
            self.put(row, column, value, form, formula)
