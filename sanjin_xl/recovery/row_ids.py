"""What tells which item a row is: a hidden code, a running number, a wording; and rows of which these disagree."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import nearest
from sanjin_xl.recovery.wordings import LONGEST, bare
from sanjin_xl.workbook.book import Sheet

MARK_COLUMNS = ("text", "code", "number")
_CODE = re.compile(r"#(\d{3,6})")
_WRITTEN = re.compile(r"第?[(\[【]?([0-9]{1,5})[)\]】]?[项条号]?[.、:]?")
_FEW_NUMBERS = 12  # points and months hold few different whole numbers; running numbers are all different
_ALIKE = 0.6  # of their pairs of characters, for an altered wording to be taken for an item's
_APART = 0.1  # by which it must be closer to that item than to any other
_LONGEST_POINTS = 20  # characters of what can be points
_SHORTEST = 2  # characters of a wording


def as_number(cell: object) -> int | None:
    """The whole number in a cell, written as a number or as text, as 3. or （3） or 第3项 too; None otherwise."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return int(cell) if float(cell).is_integer() else None
    found = _WRITTEN.fullmatch(normal_text(cell)) if isinstance(cell, str) and len(cell) < 20 else None
    return int(found[1]) if found else None


class ItemIds:
    """What tells the items of one form apart in a return; made once for all returns."""

    def __init__(self, form: Form) -> None:
        self.form = form
        shared = Counter(bare(item.text) for item in form.items)
        alike = {text: item.number for item in form.items if shared[text := bare(item.text)] == 1}
        plain = {normal_text(item.text): item.number for item in form.items}
        self._by_text = alike | plain | {item.text: item.number for item in form.items}
        self._worded = lru_cache(maxsize=4096)(self._by_wording)

    def told(self, name: str, cell: object) -> int | None:
        """The number of the item that a cell of a code, number or text column names, None for none of the form's."""
        if name == "number":
            number = as_number(cell)
        elif not isinstance(cell, str):
            return None
        elif name == "code":
            code = _CODE.fullmatch(cell.strip())
            number = int(code[1]) if code else None
        else:
            number = self._by_text.get(cell) or (self._worded(cell) if _SHORTEST <= len(cell) <= LONGEST else None)
        return number if number is not None and 1 <= number <= len(self.form.items) else None

    def _by_wording(self, text: str) -> int | None:
        return self._by_text.get(normal_text(text)) or self._by_text.get(bare(text))

    def count(self, name: str, cells: Iterable[object]) -> int:
        """How many items the cells of one column name, were it this one; 0 where they only look like it."""
        told = {number for cell in cells if (number := self.told(name, cell)) is not None}
        few = name == "number" and len(told) <= _FEW_NUMBERS and len(told) < len(self.form.items)
        return 0 if few else len(told)

    def alike(self, text: str) -> int | None:
        """The number of the one item whose wording an altered text clearly comes from, None for none or several."""
        pairs = _pairs(normal_text(text[:LONGEST]))
        if not pairs:
            return None
        scores = sorted(((_likeness(pairs, known), number) for number, known in self._item_pairs.items()), reverse=True)
        (best, number), (second, _) = scores[0], (*scores[1:], (0.0, 0))[0]
        return number if best >= _ALIKE and best - second >= _APART else None

    @cached_property
    def _item_pairs(self) -> Mapping[int, frozenset[str]]:
        return {item.number: _pairs(normal_text(item.text)) for item in self.form.items}


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 2] for n in range(len(text) - 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Twice what two sets share by what both hold (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if other else 0.0


# --- rows of which what is seen says another item than what is hidden -------------------------------------------

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
    """Whether a cell holds the points of an item: 1, "1.0", "１ 分"."""
    return points_in(cell) == item.points


def points_in(cell: object) -> int | None:
    """The points in a cell in hundredths, written as a number or as text, with or without 分; None for other words."""
    if isinstance(cell, float):
        return nearest(cell)
    try:
        return nearest(float(normal_text(str(cell)[:_LONGEST_POINTS]).removesuffix("分")))
    except ValueError:
        return None
