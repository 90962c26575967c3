"""Rows of which what is seen says another item than what is hidden: which of the two the answers went with."""

from collections.abc import Mapping
from math import isclose

from sanjin_xl.model.form import Form, Item
from sanjin_xl.workbook.book import Sheet

Marks = dict[str, int]  # what each mark of a row says it is
Disputed = Mapping[int, tuple[int, int]]  # row → the item by what is seen, the item by code or turn

_TELLING, _SURE_PERCENT = 3, 90  # rows whose points can tell, and how many of them must agree


def disputed_rows(marks: Mapping[int, Marks]) -> Disputed:
    """Rows of which wording or number name another item than the code, or than their turn where no code is left.

    Either rows were sorted with their answers and the hidden codes stayed, or what is seen was sorted by itself.
    """
    seen = {row: item for row in sorted(marks) if (item := _seen(marks[row]))}
    if any("code" in mark for mark in marks.values()):
        stayed = {row: marks[row].get("code", item) for row, item in seen.items()}
    else:
        stayed = dict(zip(seen, sorted(seen.values()), strict=True))
    return {row: (item, stayed[row]) for row, item in seen.items() if item != stayed[row]}


def _seen(marks: Marks) -> int | None:
    """The item by the wording, else the number; by the number if that agrees with the code: wordings are edited."""
    number = marks.get("number")
    return number if number == marks.get("code") else marks.get("text", number)


def points_went_along(form: Form, sheet: Sheet, place: int | None, disputed: Disputed) -> bool | None:
    """Whether the points, between wordings and answers, went along with what is seen; None if they do not tell."""
    went, stayed, telling = 0, 0, 0
    for row, numbers in disputed.items():
        seen, hidden = map(form.item, numbers)
        if seen.points != hidden.points:
            telling += 1
            went += are_points(sheet.at(row, place), seen)
            stayed += are_points(sheet.at(row, place), hidden)
    if telling < _TELLING or max(went, stayed) * 100 < telling * _SURE_PERCENT:
        return None
    return went > stayed


def are_points(cell: object, item: Item) -> bool:
    """Whether a cell holds the points of an item."""
    try:
        return isclose(float(str(cell)) * 100, item.points, abs_tol=0.5)
    except ValueError:
        return False
