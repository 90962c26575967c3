"""Which item each row of a returned sheet is: by hidden code, 序号, text and order, in agreement or by majority.

A row has up to four votes. Three rows after somebody has sorted what is seen, while the hidden code stayed:

    row   序号   text     code   turn        taken for
     6     3    “丙”     #001    1          3: number and text against code and turn; the text is believed
     7     1    “甲”     #002    2          1
     8     2    “乙”     #003    3          2

Whether the answers went along with what is seen cannot be told from the votes. The points beside them tell: 丙 is
worth 2 and 甲 is worth 1, so if row 6 shows 2 points, its answers are those of item 3 (`points_went_along`).

A row without any vote is taken by its turn, if as many rows as items lie between header and total, or if it lies
between two known rows that are just as far apart as their items (`_by_gaps`):

    row 6: item 1    row 7: nothing    row 8: item 3        row 7 is item 2
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.form import Form
from sanjin_xl.recovery.columns import Columns
from sanjin_xl.recovery.formula_references import Places
from sanjin_xl.recovery.row_ids import (
    MARK_COLUMNS,
    Disputed,
    ItemIds,
    Marks,
    are_points,
    as_number,
    disputed_rows,
    points_in,
    points_went_along,
)
from sanjin_xl.recovery.subtotals import adds_up
from sanjin_xl.workbook.book import Sheet

# Of two marks that disagree the wording is believed before the code, the code before the number: the wording stands
# beside the answers and no one retypes it; a hidden code stays behind when what is seen is sorted; numbers are redrawn.
_FAITH = ("text", "code", "number")
_WIDE = 20  # columns in which the label of the total may stand
_SHORT = 4  # characters; a shorter text is no wording
_MOST_ALTERED = 3  # times the items: rows whose wording is compared with every item's


@dataclass(frozen=True, slots=True)
class Placed:
    """What a row was taken for: the marks that say so, those that say otherwise, and whether the order says so too."""

    item: int
    marks: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    in_order: bool = False

    @property
    def support(self) -> int:
        return len(self.marks) + self.in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The row of each item found (from zero) in the order of the items, and further rows of the same item.

    `placed`: what every row was taken for; `marks`: what it says it is. `torn`: rows whose answers may be another's;
    `decided`: rows that say two things and of which the points have told. `moved`: the cells of an item whose
    answers stand elsewhere than in its row, None for one that is gone. The issued sheet has none of these.
    """

    of_item: Mapping[int, int]
    copies: Mapping[int, list[int]] = field(default_factory=dict)
    placed: Mapping[int, Placed] = field(default_factory=dict)
    marks: Mapping[int, Marks] = field(default_factory=dict)
    torn: frozenset[int] = frozenset()
    decided: frozenset[int] = frozenset()
    moved: Mapping[int, Places] = field(default_factory=dict)

    def marked(self) -> set[int]:
        """The items that are more than a turn: a mark, or the points, say so; all of them in the issued sheet."""
        by_turn = {row for row, one in self.placed.items() if not one.marks and row not in self.decided}
        return {number for number, row in self.of_item.items() if row not in by_turn}


def find_rows(ids: ItemIds, sheet: Sheet, columns: Columns) -> Rows:
    """Find the row of every item; items that cannot be found are missing from `of_item`."""
    form = ids.form
    marks = _counted_on(form, _without_counts(_marks(ids, sheet, columns)))
    adding = _adding(sheet, columns, marks)
    marks = {row: mark for row, mark in marks.items() if row not in adding}
    total = _total_row(form, sheet, columns)
    block = _block(form, columns, total, marks, adding)
    order = {row: number for number, row in enumerate(block or (), start=1)}
    _read_altered(ids, sheet, columns.place("text"), marks, order)
    disputed = disputed_rows(marks)
    along = points_went_along(form, sheet, columns.place("points"), disputed)
    placed = _settled(marks, order, range(columns.first_row, total or 0))
    if along is not None:
        for row, (seen, stayed) in disputed.items():
            placed[row] = _taken_for(seen if along else stayed, marks[row], order.get(row))
    unmarked = _by_order(order, placed) or _by_gaps(form, columns.header_row, total, placed)
    placed |= {row: one for row, one in unmarked.items() if row not in adding and not _says_else(sheet, columns, row)}
    of_item, copies = _best_and_further(placed)
    unsettled, decided = (disputed, {}) if along is None else ({}, disputed)
    return Rows(
        of_item=of_item,
        copies=copies,
        placed=placed,
        marks=marks,
        torn=_either_row({**unsettled, **_outvoted(form, sheet, columns, marks, placed)}, of_item),
        decided=frozenset(decided),
    )


def _says_else(sheet: Sheet, columns: Columns, row: int) -> bool:
    """Whether a row without a mark is no item's, whatever its turn: it has another text, or words where 序号 and points
    stand, such as 上项已于9月落实.
    """
    number, points = (sheet.at(row, columns.place(name)) for name in ("number", "points"))
    if sheet.text_at(row, columns.place("text")).strip():
        return True
    return (_is_text(number) and as_number(number) is None) or (_is_text(points) and points_in(points) is None)


def _is_text(cell: object) -> bool:
    return isinstance(cell, str) and bool(cell.strip())


def _outvoted(
    form: Form, sheet: Sheet, columns: Columns, marks: Mapping[int, Marks], placed: Mapping[int, Placed]
) -> dict[int, tuple[int, int]]:
    """Rows that were taken for one item while number and points, which stand nearest the answers, both say another."""
    found = {}
    for row, one in placed.items():
        number = marks.get(row, {}).get("number", one.item)
        points = sheet.at(row, columns.place("points"))
        if are_points(points, form.item(number)) and not are_points(points, form.item(one.item)):
            found[row] = one.item, number
    return found


def _either_row(disputed: Disputed, of_item: Mapping[int, int]) -> frozenset[int]:
    """Rows in dispute, and those of the items they may be instead: a copy has been read in the place of one."""
    either = {item for numbers in disputed.values() for item in numbers}
    return frozenset(disputed) | {row for item, row in of_item.items() if item in either}


def _marks(ids: ItemIds, sheet: Sheet, columns: Columns) -> dict[int, Marks]:
    """What the marks of each row say it is; rows without any are missing."""
    places = [(mark, place) for mark in MARK_COLUMNS if (place := columns.place(mark)) is not None]
    found: dict[int, Marks] = {}
    for row in range(columns.first_row, len(sheet.rows)):
        cells = sheet.rows[row]
        marks = {c: n for c, p in places if p < len(cells) and (n := ids.told(c, cells[p])) is not None}
        if marks:
            found[row] = marks
    return found


def _without_counts(marks: dict[int, Marks]) -> dict[int, Marks]:
    """The marks without numbers that merely count the rows of a sheet or of each of its categories: 1, 2, 3 beside the
    items 9, 10, 11.
    """
    both = [(mark["text"], mark["number"]) for mark in marks.values() if "text" in mark and "number" in mark]
    steps = [item - number for item, number in both]
    begun = all(
        number == 1 for (_, number), one, other in zip(both[1:], steps, steps[1:], strict=False) if one != other
    )
    if len(both) < 2 or set(steps) == {0} or not begun:
        return marks
    return {row: {name: item for name, item in mark.items() if name != "number"} for row, mark in marks.items()}


def _counted_on(form: Form, marks: dict[int, Marks]) -> dict[int, Marks]:
    """The marks of a sheet that tells its items by numbers alone, counted anew in each category: 1, 2 … 8, 1, 2 … 13.

    Taken for the items only where each category has just as many rows as the form.
    """
    if len(marks) != len(form.items) or any(mark.keys() != {"number"} for mark in marks.values()):
        return marks
    anew = [n for category in form.categories for n in range(1, len(category.items) + 1)]
    if [marks[row]["number"] for row in sorted(marks)] != anew:
        return marks
    return {row: {"number": item.number} for row, item in zip(sorted(marks), form.items, strict=True)}


def _adding(sheet: Sheet, columns: Columns, marks: Mapping[int, Marks]) -> set[int]:
    """The rows that add up others; what stands in their column of numbers is a count, and theirs is no turn."""
    rows = range(columns.first_row, len(sheet.rows))
    return {row for row in rows if marks.get(row, {}).keys() <= {"number"} and adds_up(sheet.rows[row])}


def _total_row(form: Form, sheet: Sheet, columns: Columns) -> int | None:
    label = normal_text(form.headings.total)
    for row in range(columns.first_row + 1, len(sheet.rows)):
        for cell in sheet.rows[row][:_WIDE]:
            if isinstance(cell, str) and label[0] in cell[:9] and normal_text(cell[:60]) == label:
                return row
    return None


def _block(
    form: Form, columns: Columns, total: int | None, marks: Mapping[int, Marks], adding: set[int]
) -> Sequence[int] | None:
    """The rows from the header down to the total if they are as many as the items, None if not.

    Rows that add up others count for nothing.
    A missing header or total is made up for by the first or last row that has a mark.
    """
    if not marks and (columns.header_row is None or total is None):
        return None
    start = min(marks) if columns.header_row is None else columns.header_row + 1
    end = max(marks) + 1 if total is None else total
    rows = [row for row in range(start, end) if row not in adding]
    return rows if len(rows) == len(form.items) else None


def _read_altered(
    ids: ItemIds, sheet: Sheet, place: int | None, marks: dict[int, Marks], order: Mapping[int, int]
) -> None:
    """Read altered wordings in rows that need one more mark; drop numbers that stand beside a stranger's text.

    Remarks below a table are numbered too.
    """
    told = sum("text" in mark for mark in marks.values()) * 2 >= len(ids.form.items)
    reach = sorted({*marks, *order, *range(min(marks, default=0), max(marks, default=0))})
    unsure = [row for row in reach if _needs_wording(marks.get(row, {}))]
    for row in unsure[: _MOST_ALTERED * len(ids.form.items)]:
        text = sheet.text_at(row, place)
        if len(text) < _SHORT:
            continue
        mark, number = marks.get(row, {}), ids.alike(text)
        if number is not None:
            marks[row] = {**mark, "text": number}
        elif told and set(mark) == {"number"} and row not in order:
            del marks[row]


def _needs_wording(marks: Marks) -> bool:
    return "text" not in marks and (len(marks) < 2 or len(set(marks.values())) > 1)


def _settled(marks: Mapping[int, Marks], order: Mapping[int, int], between: range) -> dict[int, Placed]:
    """Take every row that has a mark for an item; `between`: the rows from the header to the total, where it has one.

    What a row with two votes has is not given to one with a single vote that may be something else. Its turn alone
    makes it nothing that another row says it is: as many rows were copied as deleted, and the turns between are off.
    """
    voted = {row: _vote(mark, order.get(row)) for row, mark in marks.items()}
    placed = {row: one for row, one in voted.items() if one.support > 1}
    held = frozenset(one.item for one in placed.values())
    inside = between or range(min(placed, default=0), max(placed, default=0))
    claimed = frozenset(item for mark in marks.values() for item in mark.values())
    for row, mark in marks.items():
        if row not in placed:
            turn = order.get(row)
            one = _vote(mark, turn, held if turn in mark.values() else held | (claimed & {turn}))
            # A mere number above or below the table is that of a remark.
            if row in order or row in inside or one.item not in held or one.marks != {"number"}:
                placed[row] = one
    return placed


def _vote(marks: Marks, ordered: int | None, held: frozenset[int] = frozenset()) -> Placed:
    """The item most marks name; in a tie the order decides, then the mark that is believed most."""
    candidates = {*marks.values()} if ordered is None else {*marks.values(), ordered}
    if len(candidates) == 1:
        return _taken_for(candidates.pop(), marks, ordered)

    def weight(item: int) -> tuple[int, bool, int]:
        says_so = [mark for mark, number in marks.items() if number == item]
        return len(says_so), item == ordered, -min(map(_FAITH.index, says_so), default=len(_FAITH))

    return _taken_for(max(sorted(candidates - held or candidates), key=weight), marks, ordered)


def _taken_for(item: int, marks: Marks, ordered: int | None) -> Placed:
    says_so = frozenset(mark for mark, number in marks.items() if number == item)
    return Placed(item, says_so, frozenset(marks) - says_so, item == ordered)


def _by_order(order: Mapping[int, int], placed: Mapping[int, Placed]) -> dict[int, Placed]:
    """Rows without any mark, where no row was added or taken away: by their turn, a last one by elimination."""
    taken = {one.item for one in placed.values()}
    found = {row: Placed(item, in_order=True) for row, item in order.items() if row not in placed and item not in taken}
    rows = [row for row in order if row not in placed and row not in found]
    items = [item for item in order.values() if item not in taken and item not in {one.item for one in found.values()}]
    return found | ({rows[0]: Placed(items[0])} if len(rows) == len(items) == 1 else {})


def _by_gaps(form: Form, header: int | None, total: int | None, placed: Mapping[int, Placed]) -> dict[int, Placed]:
    """Runs of rows without any mark between two rows that are just as many items apart."""
    known = [(row, placed[row].item) for row in sorted(placed)]
    start = [] if header is None else [(header, 0)]
    end = [] if total is None else [(total, len(form.items) + 1)]
    taken = {item for _, item in known}
    found: dict[int, Placed] = {}
    for (above, before), (below, after) in pairwise([*start, *known, *end]):
        items = range(before + 1, after)
        if below - above == after - before and taken.isdisjoint(items):
            found |= {row: Placed(item) for row, item in zip(range(above + 1, below), items, strict=True)}
    return found


def _best_and_further(placed: Mapping[int, Placed]) -> tuple[dict[int, int], dict[int, list[int]]]:
    """The best supported row of each item, the first of equals, and all further ones."""
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row in sorted(placed, key=lambda row: (-placed[row].support, row)):
        rows[placed[row].item].append(row)
    return (
        {number: rows[number][0] for number in sorted(rows)},
        {number: sorted(further[1:]) for number, further in rows.items() if len(further) > 1},
    )


def out_of_order(numbers: list[int]) -> set[int]:
    """The items that are not where their order would have them: all but those of the longest ascending run."""
    tails: list[int] = []  # the least end of an ascending run of each length
    runs: list[list[int]] = []
    for number in numbers:
        place = bisect_left(tails, number)
        run = [*(runs[place - 1] if place else []), number]
        tails[place : place + 1], runs[place : place + 1] = [number], [run]
    return set(numbers) - set(runs[-1] if runs else [])
