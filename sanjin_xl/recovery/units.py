"""One table with the answers of several units, told apart by a column that says on every row whose it is, or by the
headings of their columns, one for each.

单位     序号   内容 …   已落实                         two returns: in each the rows of the other unit are blank
东源县   1      …        √
东源县   2      …
源城区   1      …        √

序号     内容 …   东源县         源城区             two returns: in each the column of one unit is 落实情况
1        …        已落实（9月）   拟落实（12月）
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import CHOICES, normal_text
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.recovery.headings import find_header, headings_of, top_rows
from sanjin_xl.recovery.row_ids import ItemIds
from sanjin_xl.workbook.book import Sheet, Value

_MOST_COLUMNS = 60
_FEW = 2  # cells by which a column shows what it may be
_SURE_PERCENT = 80  # of its cells
_LONGEST = 40  # characters of a name
_SHARED = frozenset(("number", "text", "points", "category"))  # what may stand once for the rows of several units

Named = tuple[tuple[str, ...], Sheet]


def by_unit(ids: ItemIds, roster: Roster, sheet: Sheet) -> Iterator[Named]:
    """The sheet of each unit with the names of all of them, its own first; no names where no column has any."""
    label, beside = _beside(ids, roster, sheet) if roster.units else (0, {})
    if beside:
        for column, unit in beside.items():
            others = (other.name for other in beside.values() if other is not unit)
            yield (unit.name, *others), _with_status(sheet, label, column, beside)
        return
    header, heads = find_header(ids.form, sheet) if roster.units else (None, [])
    known = headings_of(ids.form)
    free = (n for n, text in enumerate(heads[:_MOST_COLUMNS]) if not known.field(text))
    places = (n for n in free if header is not None and _names_units(roster, sheet, header, n))
    place = next(places, None)
    if header is None or place is None:
        yield (), sheet
        return
    owners = _owners(ids, roster, sheet, header, place)
    units = list(dict.fromkeys(owners.values()))
    sheet = _without(sheet, header, place)
    whole = _spread(ids, sheet, header, heads)
    parts = {unit: _of_unit(whole, owners, unit) for unit in units}
    if len(units) > 1 and _answer_the_same(ids, parts.values()):
        for unit in units:
            yield (unit.name, *(other.name for other in units if other is not unit)), parts[unit]
    else:
        yield tuple(unit.name for unit in units) if len(units) == 1 else (), sheet


def _beside(ids: ItemIds, roster: Roster, sheet: Sheet) -> tuple[int, Mapping[int, Unit]]:
    """The row in which several units are the headings of columns side by side, and these columns; none if there is not.

    No other column may ask for a choice: whose that is would not be told.
    """
    first, top = top_rows(sheet)
    known = headings_of(ids.form)
    for n, row in enumerate(top):
        if _told(ids, row):
            break
        named = {place: unit for place, cell in enumerate(row[:_MOST_COLUMNS]) if (unit := unit_in(roster, cell))}
        near = [normal_text(cell) for line in top[max(0, n - 1) : n + 2] for cell in line if isinstance(cell, str)]
        fields = {*map(known.field, near)}
        side_by_side = len(named) > 1 and max(named) - min(named) + 1 == len(named) == len({*named.values()})
        if side_by_side and "text" in fields and fields.isdisjoint(CHOICES):
            below = sheet.rows[first + n + 1 :]
            if all(sum(line[place] not in ("", None) for line in below) >= _FEW for place in named):
                return first + n, named
    return 0, {}


def _with_status(sheet: Sheet, header: int, place: int, places: Iterable[int]) -> Sheet:
    """The sheet with the column of one unit as that of 落实情况, and those of the others blank."""
    others = {*places} - {place}
    rows = [["" if at in others else cell for at, cell in enumerate(row)] for row in sheet.rows]
    rows[header][place] = words.STATUS_HEADING
    return replace(sheet, rows=rows)


def unit_in(roster: Roster, cell: Value) -> Unit | None:
    """The unit whose name a cell holds and nothing else; None for any other cell."""
    return roster.find(cell) if isinstance(cell, str) and 0 < len(cell) <= _LONGEST else None


def _names_units(roster: Roster, sheet: Sheet, header: int, place: int) -> bool:
    """Whether most of what stands in a column are names of units; hardly any column begins so."""
    cells = [row[place] for row in sheet.rows[header + 1 :] if place < len(row) and row[place] not in ("", None)]
    if len(cells) < _FEW or not any(unit_in(roster, cell) for cell in islice(cells, _FEW)):
        return False
    return sum(unit_in(roster, cell) is not None for cell in cells) * 100 >= len(cells) * _SURE_PERCENT


def _owners(ids: ItemIds, roster: Roster, sheet: Sheet, header: int, place: int) -> Mapping[int, Unit]:
    """The unit of each row, that of the row above where only the first of a block names it; none below the table."""
    owners: dict[int, Unit] = {}
    owner: Unit | None = None
    for row in range(header + 1, len(sheet.rows)):
        owner = unit_in(roster, sheet.at(row, place)) or owner
        if owner:
            owners[row] = owner
    told = [row for row in owners if unit_in(roster, sheet.at(row, place)) or _told(ids, sheet.rows[row])]
    return {row: unit for row, unit in owners.items() if row <= max(told, default=0)}


def _told(ids: ItemIds, row: Sequence[Value]) -> set[int]:
    return {number for cell in row[:_MOST_COLUMNS] if isinstance(cell, str) and (number := ids.told("text", cell))}


def _spread(ids: ItemIds, sheet: Sheet, header: int, heads: Sequence[str]) -> Sheet:
    """The sheet with what is merged down over the rows of several units, such as the wording of an item, in each."""
    known, rows = headings_of(ids.form), [*sheet.rows]
    for top, left, bottom, _ in sheet.hidden.merges:
        if top > header and left < len(heads) and known.field(heads[left]) in _SHARED:
            for row in range(top + 1, min(bottom + 1, len(rows))):
                rows[row] = [sheet.at(top, left) if place == left else cell for place, cell in enumerate(rows[row])]
    return replace(sheet, rows=rows)


def _without(sheet: Sheet, header: int, place: int) -> Sheet:
    """The sheet without the names of units, which say nothing else."""
    rows = [row if n <= header else [*row[:place], "", *row[place + 1 :]] for n, row in enumerate(sheet.rows)]
    return replace(sheet, rows=rows)


def _of_unit(sheet: Sheet, owners: Mapping[int, Unit], unit: Unit) -> Sheet:
    blank: list[Value] = [""] * max(map(len, sheet.rows), default=0)
    rows = [row if owners.get(n, unit) is unit else blank for n, row in enumerate(sheet.rows)]
    return replace(sheet, rows=rows)


def _answer_the_same(ids: ItemIds, sheets: Iterable[Sheet]) -> bool:
    """Whether each of several sheets has half of the items of the first, or more: a column may name others as well."""
    items = [set().union(*(_told(ids, row) for row in sheet.rows)) for sheet in sheets]
    return all(len(one & items[0]) * 2 >= len(items[0]) > 0 for one in items)
