"""The form's table in a returned workbook: which sheet it is on, where its columns and rows are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sanjin_xl.messages import template as words
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.fields import normal_text
from sanjin_xl.model.findings import finding
from sanjin_xl.model.form import Category, Form
from sanjin_xl.model.points import nearest
from sanjin_xl.model.roster import Roster
from sanjin_xl.recovery.columns import Columns, find_columns
from sanjin_xl.recovery.formula_references import NO_LINKS, Links, find_links
from sanjin_xl.recovery.headings import find_header
from sanjin_xl.recovery.issued import IssuedSheet
from sanjin_xl.recovery.layouts import blocks, is_transposed, unwrapped
from sanjin_xl.recovery.row_ids import ItemIds
from sanjin_xl.recovery.rows import Rows, find_rows
from sanjin_xl.recovery.subtotals import adds_up_a_part
from sanjin_xl.recovery.units import by_unit
from sanjin_xl.workbook.book import Book, Sheet

NOBODY = Roster(())
_FEWEST_ITEMS = 2  # on a sheet that holds a part of the form
_TOP = 10  # rows in which the name of a category may stand
_LEAST_PERCENT = 20  # of the form's items, for a sheet to be taken for the form


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet with its columns and rows found.

    `units`: whose answers they are where a column says so, and the other units that it names.
    """

    sheet: Sheet
    columns: Columns
    rows: Rows
    links: Links = NO_LINKS
    units: tuple[str, ...] = ()

    @property
    def last_row(self) -> int:
        return max(self.rows.of_item.values())

    @property
    def is_plain(self) -> bool:
        """Whether nothing can stand over hints and self-scores, beside the items or below them."""
        hidden = self.sheet.hidden
        if not self.columns.as_issued or self.links.points or not (hidden.xml or hidden.wordings):
            return False
        known, last = len(self.columns.places), self.last_row
        return all(len(row) <= known for row in self.sheet.rows[: last + 1]) and len(self.sheet.rows) <= last + 4

    def asks(self, form: Form) -> bool:
        """Whether it has at least half of the columns of answers, or one that says what the others would."""
        return self.columns.status or sum(name in self.columns.places for name in form.answers) * 2 >= len(form.answers)

    def is_blank(self, form: Form, row: int) -> bool:
        """Whether nothing stands in the columns of answers of a row."""
        places = map(self.columns.place, form.answers)
        return all(self.sheet.at(row, place) in ("", None) for place in places)

    def own_scores(self, form: Form) -> dict[int, int | None]:
        """The sheet's own figure for each item in hundredths.

        None where it is no number, no formula of ours, made of points that are not the item's, or cells were moved.
        """
        return {
            number: self._own_score(form.points_of[number], number, row) for number, row in self.rows.of_item.items()
        }

    def _own_score(self, points: int, number: int, row: int) -> int | None:
        place = self.columns.place("score")
        if number in self.rows.moved or not self.sheet.is_formula(row, place):
            return None
        # Points that stand as issued need no second look.
        if not self.columns.as_issued:
            shown = nearest(self.sheet.at(row, self.columns.place("points")))
            if shown not in (None, points):
                return None
        return nearest(self.sheet.at(row, place))

    def own_total(self) -> int | None:
        """The figure in the score column of the first row below the items that has one, in hundredths."""
        place, below = self.columns.place("score"), range(self.last_row + 1, self.last_row + 4)
        # Behind the last category may stand its own 小计.
        rows = (row for row in below if row < len(self.sheet.rows) and not adds_up_a_part(self.sheet.rows[row]))
        figures = (nearest(self.sheet.at(row, place)) for row in rows)
        return next((figure for figure in figures if figure is not None), None)

    def own_sum(self, own_scores: Mapping[int, int | None]) -> int | None:
        """What the sheet's own figures of all items add up to, typed ones as well; None where one has none.

        `own_scores`: those that are no typed ones.
        """
        if own_scores.keys() == self.rows.of_item.keys() and None not in own_scores.values():
            return sum(score for score in own_scores.values() if score is not None)
        place = self.columns.place("score")
        figures = [nearest(self.sheet.at(row, place)) for row in self.rows.of_item.values()]
        return None if None in figures else sum(figure for figure in figures if figure is not None)


class TableFinder:
    """Finds the table of one form in returned books; keeps for all of them how its sheet was issued."""

    def __init__(self, form: Form, roster: Roster = NOBODY) -> None:
        self._form = form
        self._roster = roster
        self._ids = ItemIds(form)
        self._issued = IssuedSheet(self._ids)

    def find(self, book: Book) -> list[Table]:
        """Every sheet that is the form or a part of it, best first; raises Refused("no-items") if none is.

        A sheet that is seen comes before a hidden one, one with half of the most items or more before one with less,
        the sheet named as issued before others, then the one with more items, then the earlier one. Beside one that
        asks for answers a list of the items alone is none.
        """
        # A table that cannot be read may say otherwise than one beside it.
        if is_transposed(self._ids, book):
            raise Refused("transposed")
        tables = list(self._tables(book))
        if not any(map(_is_told_by_more_than_numbers, tables)):
            tables = self._numbered(book) or tables
        tables = self._continued(tables)
        if not tables:
            raise Refused("no-items")
        tables = _without_echoes(self._form, [one for one in tables if one.asks(self._form)] or tables)
        most = max(len(one.rows.of_item) for one in tables)
        return sorted(
            tables,
            key=lambda one: (
                not one.sheet.visible,
                len(one.rows.of_item) * 2 < most,
                one.sheet.name != words.SHEET,
                -len(one.rows.of_item),
            ),
        )

    def _tables(self, book: Book) -> Iterator[Table]:
        least = max(1, len(self._form.items) * _LEAST_PERCENT // 100)
        for sheet in book.sheets:
            tables = list(self._on(sheet)) if len(sheet.rows) >= least or self._tells_items(sheet) else []
            yield from (one for one in tables if len(one.rows.of_item) >= least or self._is_part(one))

    def _tells_items(self, sheet: Sheet) -> bool:
        """Whether a small sheet has the wordings of some items, such as one for a single category."""
        return self._ids.count("text", (cell for row in sheet.rows for cell in row)) >= _FEWEST_ITEMS

    def _is_part(self, table: Table) -> bool:
        """Whether a small sheet is a part of the form: it asks, and most of its rows have the wording or the code."""
        told = sum(bool(mark.keys() & {"text", "code"}) for mark in table.rows.marks.values())
        return table.asks(self._form) and told >= _FEWEST_ITEMS and told * 2 >= len(table.rows.of_item)

    def _on(self, sheet: Sheet) -> Iterator[Table]:
        """The table on a sheet, or several that stand side by side or one below the other."""
        narrow = not sheet.rows or len(sheet.rows[0]) <= len(self._issued.columns.places)
        if narrow and self._issued.is_intact(sheet):  # as in nearly every return
            yield Table(sheet, self._issued.columns, self._issued.rows)
            return
        links = find_links(sheet)
        if narrow and self._issued.is_borne_out(sheet, links):
            yield Table(sheet, self._issued.columns, self._issued.rows, links)
            return
        for block in blocks(self._ids, self._roster, sheet):
            if self._issued.is_intact(block):
                yield Table(block, self._issued.columns, self._issued.rows)
            else:
                found = links if block.rows[:1] == sheet.rows[:1] else NO_LINKS
                for units, own in by_unit(self._ids, self._roster, block):
                    yield replace(self._table(own, found), units=units)

    def _numbered(self, book: Book) -> list[Table]:
        """The sheets of a book that tells its items by numbers alone, such as one for each category."""
        found = [one for sheet in book.sheets if self._is_headed(sheet) for one in self._on(sheet)]
        found = [one for one in found if one.asks(self._form) and len(one.rows.of_item) >= _FEWEST_ITEMS]
        return _counted_on(self._form, found) if len(found) > 1 else found

    def _is_headed(self, sheet: Sheet) -> bool:
        """Whether a sheet can be seen and has headings."""
        return sheet.visible and find_header(self._form, sheet)[0] is not None

    def _continued(self, tables: list[Table]) -> list[Table]:
        """The tables, those without headings under those of the first that has its columns at the same places."""
        headed = [one.columns for one in tables if one.columns.header_row is not None]
        return [self._under(one, headed) if one.columns.header_row is None else one for one in tables]

    def _under(self, table: Table, headed: Sequence[Columns]) -> Table:
        own = table.columns
        for one in headed:
            if one.places.items() >= own.places.items() and not table.links.choices:
                told = tuple(found for found in own.findings if not found.asks)
                columns = replace(own, places=one.places, status=one.status, findings=told)
                return Table(table.sheet, columns, find_rows(self._ids, table.sheet, columns), table.links)
        return table

    def _lacks_wordings(self, sheet: Sheet, columns: Columns) -> bool:
        place = columns.place("text")
        return self._ids.count("text", (sheet.at(row, place) for row in range(len(sheet.rows)))) < len(self._form.items)

    def _table(self, sheet: Sheet, links: Links) -> Table:
        columns = find_columns(self._ids, sheet, links)
        if self._lacks_wordings(sheet, columns) and (single := unwrapped(self._ids, sheet)):
            sheet, columns = single, find_columns(self._ids, single, links)
            columns = replace(columns, findings=(*columns.findings, finding("rows-wrapped")))
        return Table(sheet, columns, find_rows(self._ids, sheet, columns), links)


def _is_told_by_more_than_numbers(table: Table) -> bool:
    """Whether the items of a table are told by their wordings or codes, be it only some of them."""
    return table.columns.as_issued or any(mark.keys() & {"text", "code"} for mark in table.rows.marks.values())


def _counted_on(form: Form, tables: list[Table]) -> list[Table]:
    """Sheets for one category each, of which the numbers begin anew: which one it is their names say, or their order.

    Left as they are unless each sheet counts as many rows as its category has.
    """
    numbers = [[*one.rows.of_item] for one in tables]
    if len({number for listed in numbers for number in listed}) == sum(map(len, numbers)):
        return tables
    named = [_category_of(form, one.sheet) for one in tables]
    by_name = [one for one in named if one]
    found = by_name if len(by_name) == len(tables) else [*form.categories]
    # A name that is given may not say otherwise than the order.
    agree = len(found) == len(tables) and all(a in (None, b) for a, b in zip(named, found, strict=True))
    if not agree or numbers != [[*range(1, len(category.items) + 1)] for category in found]:
        return tables
    return [_renumbered(one, category.items[0].number - 1) for one, category in zip(tables, found, strict=True)]


def _category_of(form: Form, sheet: Sheet) -> Category | None:
    """The one category that the name of a sheet, or a text in its first rows, names."""
    texts = [sheet.name, *(cell for row in sheet.rows[:_TOP] for cell in row if isinstance(cell, str))]
    written = normal_text("\n".join(texts))
    named = [category for category in form.categories if normal_text(category.name) in written]
    return named[0] if len(named) == 1 else None


def _renumbered(table: Table, by: int) -> Table:
    rows = table.rows
    return replace(
        table,
        rows=replace(
            rows,
            of_item={number + by: row for number, row in rows.of_item.items()},
            placed={row: replace(one, item=one.item + by) for row, one in rows.placed.items()},
            marks={row: {name: number + by for name, number in mark.items()} for row, mark in rows.marks.items()},
        ),
    )


def _without_echoes(form: Form, tables: list[Table]) -> list[Table]:
    """Look the tables over; a blank row taken for an item by its turn alone yields to a marked one on another sheet."""
    marked = [one.rows.marked() for one in tables]
    found = []
    for n, table in enumerate(tables):
        yielding = set().union(*marked[:n], *marked[n + 1 :]) - marked[n]
        rows = table.rows.of_item.items()
        of_item = {number: row for number, row in rows if number not in yielding or not table.is_blank(form, row)}
        if of_item:
            found.append(_looked_over(form, table, of_item))
    return found


def _looked_over(form: Form, table: Table, of_item: Mapping[int, int]) -> Table:
    if table.columns.as_issued:
        return table
    rows = replace(table.rows, of_item=of_item, moved=table.links.moved(form, of_item, table.columns.places))
    return replace(table, rows=rows)
