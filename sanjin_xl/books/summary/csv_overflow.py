"""What is too long for a sheet, as CSV files beside the workbook: written row by row, opened by Excel as they are."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, islice

_BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
_ROWS_A_PIECE = 1_000
# What Excel would take for a formula when it opens the file: a respondent's text is never one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside the workbook: its name, the headings of its columns, and its rows, made when they are asked for."""

    name: str
    headings: Sequence[str]
    rows: Callable[[], Iterable[Sequence[object]]]

    def pieces(self) -> Iterator[bytes]:
        """The file in pieces of some rows: UTF-8 with a byte order mark, lines ending as Excel's do."""
        yield _BOM.encode()
        rows = chain([self.headings], self.rows())
        while some := list(islice(rows, _ROWS_A_PIECE)):
            target = io.StringIO()
            csv.writer(target).writerows([csv_text(cell) for cell in row] for row in some)
            yield target.getvalue().encode("utf-8", "replace")


def share(rate: float) -> str:
    """A rate as the sheets show it: 0.7543 → 75.4%."""
    return f"{rate:.1%}"


@lru_cache(maxsize=10_000)
def _two_decimals(number: float) -> str:
    return f"{number:.2f}"


def csv_text(cell: object) -> str:
    """A value as text: points with two decimals, dates as 2012-10-15; a text like a formula behind an apostrophe."""
    if isinstance(cell, str):
        return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell
    if cell is None:
        return ""
    if isinstance(cell, float):
        return _two_decimals(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)
