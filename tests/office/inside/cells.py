"""Addresses, ranges and their contents, by the office's own API (runs inside the driver)."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from com.sun.star.beans import PropertyValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Place = tuple[int, int]  # column and row, both from 0


def properties(**values: object) -> tuple[Any, ...]:
    """Return a UNO property sequence."""
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def address(column: int, row: int) -> str:
    """Return "B7" for column 1, row 6."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters + str(row + 1)


def position(sheet: Any, where: str) -> Place:
    """Return (column, row), both from 0, of the first cell of an address."""
    area = sheet.getCellRangeByName(where).RangeAddress
    return area.StartColumn, area.StartRow


def area_positions(area: Any) -> Iterator[Place]:
    """Yield each (column, row) of a CellRangeAddress."""
    for row in range(area.StartRow, area.EndRow + 1):
        for column in range(area.StartColumn, area.EndColumn + 1):
            yield column, row


def open_positions(block: Any) -> set[Place]:
    """Return the set of (column, row) in a range that the sheet's protection leaves open.

    Cells are asked for by groups of equal format: one cell at a time costs a millisecond each.
    """
    if not block.Spreadsheet.isProtected():
        return set(area_positions(block.RangeAddress))
    groups = block.getUniqueCellFormatRanges()
    return {
        place
        for ranges in (groups.getByIndex(number) for number in range(groups.Count))
        if not ranges.CellProtection.IsLocked
        for area in ranges.RangeAddresses
        for place in area_positions(area)
    }


def bounding_block(sheet: Any, places: Iterable[Place]) -> Any:
    """Return the smallest range that holds all (column, row) places."""
    columns = [column for column, _ in places]
    rows = [row for _, row in places]
    return sheet.getCellRangeByPosition(min(columns), min(rows), max(columns), max(rows))


def vertical_runs(values: Mapping[Place, Any]) -> Iterator[tuple[Place, list[Any]]]:
    """Yield ((column, first row), [values]) for each unbroken run of cells in a column."""
    numbered = enumerate(sorted(values))
    for _, run in groupby(numbered, key=lambda entry: (entry[1][0], entry[1][1] - entry[0])):
        places = [place for _, place in run]
        yield places[0], [values[place] for place in places]


def contents(block: Any) -> dict[str, dict[str, Any]]:
    """Return {address: {"type", "value", "formula"}} of a range, in reading order.

    Type: empty, number, text or error; an error's value is what the cell shows, such as "#DIV/0!".
    """
    area = block.RangeAddress
    values, formulas = block.getDataArray(), block.getFormulaArray()
    places = ((column, row, column - area.StartColumn, row - area.StartRow) for column, row in area_positions(area))
    return {
        address(column, row): _content(values[y][x], formulas[y][x], partial(block.getCellByPosition, x, y))
        for column, row, x, y in places
    }


def _content(value: Any, formula: str, cell: Callable[[], Any]) -> dict[str, Any]:
    # The formula of a plain text is the text itself, even where it begins with "=".
    calculated = formula if formula.startswith("=") and formula != value else None
    if value is None:
        return {"type": "error", "value": cell().String, "formula": calculated}
    if isinstance(value, float):
        return {"type": "number", "value": value, "formula": calculated}
    if value == "" and calculated is None:
        return {"type": "empty", "value": None, "formula": None}
    return {"type": "text", "value": value, "formula": calculated}


def validation(cell: Any) -> dict[str, Any]:
    """Return the validity rule of a cell as plain values; type "any" where there is none."""
    rule = cell.Validation
    return {
        "type": rule.Type.value.lower(),
        "operator": rule.getOperator().value.lower(),
        "formula1": rule.getFormula1(),
        "formula2": rule.getFormula2(),
        "blank_allowed": rule.IgnoreBlankCells,
        "list_visible": rule.ShowList != 0,
        "error_shown": rule.ShowErrorMessage,
        "error_style": rule.ErrorAlertStyle.value.lower(),
        "error_title": rule.ErrorTitle,
        "error_message": rule.ErrorMessage,
        "input_shown": rule.ShowInputMessage,
        "input_title": rule.InputTitle,
        "input_message": rule.InputMessage,
    }
