"""Cells by address and days by number, as spreadsheets write them; rows and columns count from zero everywhere else."""

import re
from datetime import date, timedelta
from functools import lru_cache

Place = tuple[int, int]  # row and column

DAY_ZERO = date(1899, 12, 30)
"""The day Excel numbers 0. It counts a 29 February 1900 that never was, so its numbers are right from 1 March 1900."""

FIRST_SURE_DAY, LAST_DAY = 61, 2_958_465  # 1900-03-01, before which programs disagree; 9999-12-31

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@lru_cache(maxsize=65_536)  # the same few thousand cells of every return
def address(row: int, column: int, *, keep_row: bool = False, keep_column: bool = False) -> str:
    """The address of a cell, such as E6; a row or column that stays put when a formula is copied has its $: $E6."""
    return f"{'$' * keep_column}{column_letters(column)}{'$' * keep_row}{row + 1}"


def area(first: Place, last: Place, *, absolute: bool = False) -> str:
    """The address of a range, such as C7:C12, or $C$7:$C$12 for one that stays put when a formula is copied."""
    return ":".join(address(*place, keep_row=absolute, keep_column=absolute) for place in (first, last))


def on_sheet(sheet: str | None, cell: str | None) -> str | None:
    """An address with the name of its sheet, such as 续表!F10; without a sheet or an address it stays as it is."""
    return f"{sheet}!{cell}" if sheet and cell else cell


def place_of(text: str) -> Place | None:
    """The row and column of an address, None for anything else such as #REF! or a cell of another sheet."""
    found = _ADDRESS.fullmatch(text)
    return (int(found[2]) - 1, column_number(found[1])) if found else None


def day_of(serial: float) -> date:
    """The day that Excel stores as this number, whatever the time of day; raises OverflowError beyond 9999."""
    return DAY_ZERO + timedelta(days=int(serial))


def serial_of(day: date) -> int:
    """The number by which Excel stores a day."""
    return (date(day.year, day.month, day.day) - DAY_ZERO).days
