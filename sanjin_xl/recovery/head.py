"""What a returned sheet says about itself outside the items: unit, day of filling, signers, stamps."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import day_of, serial_of
from sanjin_xl.model.days import parse_day
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.period import Period
from sanjin_xl.recovery.cell_values import EARLIEST, LATEST
from sanjin_xl.recovery.table import Table
from sanjin_xl.workbook.book import Book, Sheet, plain

Area = tuple[Sheet, range]  # a sheet and some of its rows
_CODE = re.compile(r"[0-9A-Za-z]{1,20}-\d{2,}(?:-\d{1,9}-[0-9A-Za-z]{1,4})?(?:-[A-Z2-7]{4}){4}")
_FULL = re.compile(
    r"SJ[12](?:\|[^|<>&]{0,200}){3}\|[0-9A-Za-z]{1,20}\|\d{1,9}(?:\|\d{1,9}\|[0-9A-Za-z]{1,4})?\|[A-Z2-7]{16}"
)
_HEAD_ROWS = 40
_SHEET_ROWS_WITH_STAMP = 5
_LABELS = {label.rstrip("：") for label in (words.UNIT_LABEL, words.PERIOD_LABEL, words.DATE_LABEL, words.STAMP_LABEL)}
_UNTOUCHED_DATE = re.compile(r"(?:\d{4}年)?月日|\d{4}年")


def value_after(label: str, areas: Iterable[Area]) -> object:
    """What stands behind a label in the first area where something does.

    In the same cell after the colon, or in the next filled cell to its right; "" when the label is not there, or
    nothing is behind it.
    """
    values = (_value_after(label.rstrip("：:"), *area) for area in areas)
    return next((value for value in values if value not in ("", None)), "")


def _value_after(name: str, sheet: Sheet, rows: range) -> object:
    for row in rows:
        cells = sheet.rows[row] if row < len(sheet.rows) else []
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and name[0] in cell and _plain(cell).startswith(name):
                return _plain(cell)[len(name) :].lstrip("：:") or _next_value(cells[place + 1 :])
    return ""


def _next_value(cells: list[object]) -> object:
    value = next((cell for cell in cells if cell not in ("", None)), "")
    # The next label: nothing was written behind this one.
    return "" if isinstance(value, str) and value.rstrip().endswith(("：", ":")) else value


def is_behind_label(before: Sequence[object]) -> bool:
    """Whether the last thing that stands before a cell is a label of the head, repeated above a further table."""
    label = next((cell for cell in reversed(before) if cell not in ("", None)), "")
    return isinstance(label, str) and _plain(label).rstrip("：:") in _LABELS


def is_labelled(text: str) -> bool:
    """Whether a text is a label of the head with what stands behind it: 填报期：2012年第三季度."""
    return _plain(text).startswith(tuple(f"{label}{colon}" for label in _LABELS for colon in "：:"))


def _plain(text: str) -> str:
    return re.sub(r"[\s_＿]+", "", text)


def above(table: Table) -> Area:
    """The rows above the header, where unit and day stand."""
    header, rows = table.columns.header_row, table.sheet.rows
    first = next((n for n, row in enumerate(rows) if any(cell not in ("", None) for cell in row)), 0)
    return table.sheet, range(first, min(header, first + _HEAD_ROWS) if header is not None else first + 6)


def below(table: Table) -> Area:
    """The rows below the items, where people sign."""
    return table.sheet, range(table.last_row + 1, len(table.sheet.rows))


def texts_above(table: Table) -> list[str]:
    """The texts above the header."""
    sheet, rows = above(table)
    return [cell for row in sheet.rows[rows.start : rows.stop] for cell in row if isinstance(cell, str) and cell]


def period_text(table: Table) -> str:
    """What stands behind 填报期, "" when nothing does."""
    return plain(value_after(words.PERIOD_LABEL, [above(table)])).strip()


def unit_text(tables: Iterable[Table]) -> str:
    """What stands behind 填报单位, "" when nothing does.

    A column that tells several units apart is believed before it, a column that names but one unit after it.
    """
    tables = list(tables)
    named = [one.units for one in tables if one.units]
    for own, *others in named:
        if others:
            return own
    behind_label = plain(value_after(words.UNIT_LABEL, map(above, tables))).strip()
    return behind_label or (named[0][0] if named else "")


def filled_on(tables: Iterable[Table], period: Period) -> tuple[date | None, list[Finding]]:
    """The day of filling, None when it is missing, unclear or far from the period, with the finding that says so."""
    value = value_after(words.DATE_LABEL, map(above, tables))
    if value in ("", None) or _UNTOUCHED_DATE.fullmatch(_plain(str(value))):
        return None, [finding("fill-date-missing")]
    day = read_date(value, period.year)
    if day is None:
        return None, [finding("fill-date-unclear", found=plain(value))]
    if not period.start <= day <= date(period.year + 1, 12, 31):
        return None, [finding("fill-date-implausible", found=day.isoformat())]
    return day, []


def read_date(value: object, year: int | None = None) -> date | None:
    """A date cell, an Excel serial number, or a date written out; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return day_of(value) if serial_of(EARLIEST) <= value <= serial_of(LATEST) else None
    return parse_day(str(value), year)


def signers(tables: Sequence[Table]) -> tuple[str, ...]:
    """What stands behind 填表人, 审核人, 负责人 and 联系电话, in this order."""
    areas = [*map(below, tables)]
    return tuple(plain(value_after(label, areas)) for label in words.SIGNERS)


def policy(book: Book) -> str:
    """The policy of the sheet's formulas, from the hidden sheet, for stamps that do not say it; "" where it is lost."""
    return plain(_kept(book, words.POLICY_KEY))


def is_copy(book: Book) -> bool:
    """Whether the hidden sheet says that this is a correction copy, which means something only for those of 0.1.0."""
    return _kept(book, words.REVISION_KEY) not in ("", 0)


def _kept(book: Book, key: str) -> object:
    """What the hidden sheet holds behind a key, "" where it is lost."""
    rows = (row for sheet in book.sheets for row in sheet.rows[1:_SHEET_ROWS_WITH_STAMP])
    return next((row[1] for row in rows if len(row) > 1 and row[0] == key), "")


def stamp_texts(book: Book) -> list[tuple[str, str]]:
    """Every text in a workbook that looks like a stamp, as ("full" or "code", text).

    Further down than it was issued the visible one is only looked for where there is no other.
    """
    found = [("full", stamp) for text in book.texts for stamp in _FULL.findall(text)]
    found += _stamps_in(book, range(_SHEET_ROWS_WITH_STAMP))
    return found or list(_stamps_in(book, range(_SHEET_ROWS_WITH_STAMP, _HEAD_ROWS)))


def sheet_codes(sheet: Sheet) -> list[str]:
    """The visible stamps on one sheet."""
    return [text for kind, text in _stamps_on(sheet, range(_HEAD_ROWS)) if kind == "code"]


def _stamps_in(book: Book, rows: range) -> Iterator[tuple[str, str]]:
    return (found for sheet in book.sheets for found in _stamps_on(sheet, rows))


def _stamps_on(sheet: Sheet, rows: range) -> Iterator[tuple[str, str]]:
    for row in sheet.rows[rows.start : rows.stop]:
        for cell in row:
            # Nearly no text has them, and to look for the letter is far cheaper.
            if isinstance(cell, str) and ("|" in cell or "-" in cell):
                yield from (("full", found) for found in _FULL.findall(cell))
                yield from (("code", found) for found in _CODE.findall(cell))
