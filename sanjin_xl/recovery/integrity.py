"""What was done to a returned sheet that does not hinder reading it, and what stands where nothing should."""

from collections.abc import Iterator, Mapping
from itertools import islice

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import address, column_letters, place_of
from sanjin_xl.model.fields import CHOICES, MONTHS, normal_text
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import layout_of
from sanjin_xl.model.points import points
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.cell_values import read_months
from sanjin_xl.recovery.entries import has_month
from sanjin_xl.recovery.formula_references import Places
from sanjin_xl.recovery.head import is_behind_label, is_labelled
from sanjin_xl.recovery.headings import headings_of, is_heading
from sanjin_xl.recovery.layouts import is_period
from sanjin_xl.recovery.row_ids import MARK_COLUMNS, are_points, points_in
from sanjin_xl.recovery.rows import out_of_order
from sanjin_xl.recovery.subtotals import adds_up, is_count, is_figure
from sanjin_xl.recovery.table import Table
from sanjin_xl.recovery.wordings import bare
from sanjin_xl.recovery.words_around import is_ours, words_around
from sanjin_xl.workbook.book import plain

_MOST_UNPLACED = 50  # of each sort in one return: more is another table, which the clerk must look at as a whole
_MOST_REWORDED = 10  # told one by one; more were worded anew as a whole, or moved away from their answers
_FEW_PERCENT = 3  # of the items: more points that differ were not retyped but moved against the items
_FEW = 2  # the same for a small form


def sheet_findings(form: Form, table: Table, answers: Mapping[int, Answer]) -> Iterator[Finding]:
    """Everything odd about a sheet of the form, but for what was typed into it and for items that are missing.

    `answers`: what was read from it, by item.
    """
    yield from _renamed(table)
    yield from _hidden(form, table)
    yield from _overwritten(table)
    yield from _merged(form, table)
    yield from islice(_unplaced(form, table), _MOST_UNPLACED)
    yield from _spilled(form, table)
    found = sorted(words_around(form, table, answers), key=lambda one: not one.asks)
    yield from islice(found, max(_MOST_UNPLACED, sum(one.asks for one in found)))
    if not table.columns.as_issued:
        yield from table.columns.findings
        yield from _RowFindings(form, table).all()


def _renamed(table: Table) -> Iterator[Finding]:
    if table.sheet.name != words.SHEET:
        yield finding("sheet-renamed", found=table.sheet.name)


def _hidden(form: Form, table: Table) -> Iterator[Finding]:
    hidden = table.sheet.hidden
    if not table.sheet.visible:
        yield finding("sheet-hidden", found=table.sheet.name)
    if hidden.known and not hidden.protected:
        yield finding("protection-removed")
    asked_rows, asked_columns = _with_unseen_answers(form, table)
    if rows := (hidden.hidden_rows & set(table.rows.of_item.values())) - asked_rows:
        yield finding("rows-hidden", count=len(rows))
    places = {place for name, place in table.columns.places.items() if name != "code"}
    if columns := (hidden.hidden_columns & places) - asked_columns:
        yield finding("columns-hidden", found="、".join(column_letters(place) for place in sorted(columns)))


def _with_unseen_answers(form: Form, table: Table) -> tuple[set[int], set[int]]:
    """The rows with an answer that cannot be seen, and the columns with none that can: these are asked about."""
    if not table.sheet.hidden.looks:
        return set(), set()
    places = [place for name in form.answers if (place := table.columns.place(name)) is not None]
    filled = {(row, at) for row in table.rows.of_item.values() for at in places if table.sheet.text_at(row, at).strip()}
    unseen = filled & {place_of(cell) for cell, look in table.sheet.hidden.looks.items() if look.unseen}
    seen = filled - unseen
    return {row for row, _ in unseen}, {column for _, column in unseen} - {column for _, column in seen}


def _overwritten(table: Table) -> Iterator[Finding]:
    place = table.columns.place("score")
    if place is None or not table.sheet.hidden.known:
        return
    typed = [row for row in table.rows.of_item.values() if not table.sheet.is_formula(row, place)]
    if typed:
        yield finding("score-overwritten", count=len(typed))


def _merged(form: Form, table: Table) -> Iterator[Finding]:
    """Answer cells swallowed by a merge: only its first cell can hold anything."""
    by_row = {row: number for number, row in table.rows.of_item.items()}
    fields = {table.columns.place(name): name for name in form.answers}
    for top, left, bottom, right in table.sheet.hidden.merges:
        for row in range(top, bottom + 1):
            for place in range(left, right + 1) if row in by_row else ():
                if place in fields and (row, place) != (top, left):
                    first, field = by_row.get(top, by_row[row]), fields[place]
                    if top == bottom and field == f"{fields.get(left)}_month" and _holds_both(table, top, left):
                        continue
                    yield finding("answer-merged", by_row[row], address(row, place), field=field, first=first)


def _holds_both(table: Table, row: int, place: int) -> bool:
    """Whether tick and month stand together in a cell, as on paper, which then swallows no other: ☑ 9月, □ ＿＿ 月."""
    return has_month(table.sheet.at(row, place))


def _unplaced(form: Form, table: Table) -> Iterator[Finding]:
    """What stands in the answer columns of rows that are no item's, or beside answers that were moved away."""
    rows = {*table.rows.of_item.values(), *(row for copies in table.rows.copies.values() for row in copies)}
    moved = {place for cells in table.rows.moved.values() for place in cells.values()}
    left = {table.rows.of_item[number] for number in table.rows.moved}
    first = table.columns.first_row or min(table.rows.of_item.values())
    for row in range(first, table.last_row + 2):
        is_free = (row not in rows or row in left) and not _repeats_headings(form, table, row)
        for name in form.answers if is_free else ():
            place = table.columns.place(name)
            text = "" if (row, place) in moved else table.sheet.text_at(row, place).strip()
            # Headings are repeated where a page begins.
            if not text or is_heading(form, text) or _is_sum(form, table, row, text) or _is_foot(table, row, text):
                continue
            is_label = row == table.columns.first_row and is_period(text)
            if is_label or is_labelled(text) or is_behind_label(table.sheet.rows[row][: place or 0]):
                continue
            code = "extra-note" if is_count(text) else "answer-unplaced"
            yield finding(code, cell=address(row, place or 0), found=text)


def _repeats_headings(form: Form, table: Table, row: int) -> bool:
    """Whether nothing but headings stands in a row, ours or those that others write: 已落实 above 是 | 否, 月份."""
    cells = [cell for cell in table.sheet.rows[row] if cell not in ("", None)] if row < len(table.sheet.rows) else []
    known, texts = headings_of(form), [normal_text(cell) for cell in cells if isinstance(cell, str)]
    return len(texts) == len(cells) > 1 and all(known.field(text) or words.is_yes_or_no(text) for text in texts)


def _spilled(form: Form, table: Table) -> Iterator[Finding]:
    """A block of answers pasted a row too low: the first item is blank, and below the last one stands its answer."""
    rows = sorted(table.rows.of_item.values())
    off = [name for name in CHOICES if table.sheet.at(rows[0], table.columns.place(name)) in ("", None)]
    below = {name: table.sheet.text_at(rows[-1] + 1, table.columns.place(name)) for name in off}
    if off and any(text == words.TICK or (name in MONTHS and read_months(text).value) for name, text in below.items()):
        yield finding("column-shifted", expected="、".join(form.fields[name].heading for name in off))


def _is_foot(table: Table, row: int, text: str) -> bool:
    """Whether it is a piece of the foot of a printed page, as a conversion from PDF leaves it among the items."""
    cells = table.sheet.rows[row] if row < len(table.sheet.rows) else []
    line = "".join(cell for cell in cells if isinstance(cell, str))
    return words.may_be_of_page_number(text) and words.has_page_number(line)


def _is_sum(form: Form, table: Table, row: int, text: str) -> bool:
    """Whether it is a figure in the row of the total, or in one that adds up a category."""
    cells = table.sheet.rows[row] if row < len(table.sheet.rows) else []
    return is_figure(text) and (adds_up(cells) or is_ours(form, table, row))


# --- the rows of the items -------------------------------------------------------------------------------------


class _RowFindings:
    """What is odd about how the rows of a sheet were found, and which of them may not belong together."""

    def __init__(self, form: Form, table: Table) -> None:
        self.form, self.sheet, self.columns, self.links = form, table.sheet, table.columns, table.links
        self.rows, self.row_of = table.rows, table.rows.of_item
        self.taken = {number: table.rows.placed[row] for number, row in self.row_of.items()}

    def all(self) -> Iterator[Finding]:
        yield from self._layers()
        yield from self._order()
        yield from self._reworded()
        for number, row in self.row_of.items():
            yield from self._altered_points(self.form.item(number), row)
        yield from self._conflicts()
        for number, places in self.rows.moved.items():
            yield from self._moved(number, places)
        yield from self._shifted_columns()
        if thin := tuple(number for number in self.row_of if self._is_thin(number)):
            yield finding("items-one-mark", items=thin)
        if torn := self._torn():
            yield finding("rows-torn", items=torn)

    def _layers(self) -> Iterator[Finding]:
        """Marks that are gone, altogether or here and there, or that differ from the others."""
        for mark in MARK_COLUMNS:
            holding = [n for n, one in self.taken.items() if mark in one.marks]
            if not any(mark in marks for marks in self.rows.marks.values()):
                yield finding("layer-lost", layer=mark)
            elif mark != "text" and len(holding) < len(self.taken):
                yield finding("layer-damaged", layer=mark, count=len(self.taken) - len(holding))

    def _order(self) -> Iterator[Finding]:
        telling = tuple(mark for mark in MARK_COLUMNS if any(mark in one.marks for one in self.taken.values())) or (
            "order",
        )
        if moved := out_of_order(sorted(self.row_of, key=self.row_of.__getitem__)):
            yield finding("rows-moved", count=len(moved), layers=telling)
        rows = self.row_of.values()
        if len(rows) != len(self.form.items) or max(rows) - min(rows) + 1 != len(rows):
            yield finding("rows-inserted", layers=telling)

    def _reworded(self) -> Iterator[Finding]:
        """Wordings that are not as issued: those of which only the writing differs, and those that say otherwise."""
        place = self.columns.place("text")
        texts = {n: self.sheet.text_at(row, place) for n, row in self.row_of.items()}
        other = {
            n: text
            for n, text in texts.items()
            if text.strip() and text != (item := self.form.item(n)).text and normal_text(text) != normal_text(item.text)
        }
        alike = tuple(n for n, text in other.items() if bare(text) == bare(self.form.item(n).text))
        changed = tuple(n for n in other if n not in alike)
        if alike:
            first = alike[0]
            yield finding("item-texts-alike", found=other[first], items=alike, first=first)
        if len(changed) > _MOST_REWORDED:
            first = changed[0]
            expected = self.form.item(first).text
            yield finding("item-texts-changed", found=other[first], items=changed, first=first, expected=expected)
            return
        for number in changed:
            cell, expected = self._cell(self.row_of[number], "text"), self.form.item(number).text
            yield finding("item-text-changed", number, cell, other[number], expected=expected)

    def _altered_points(self, item: Item, row: int) -> Iterator[Finding]:
        if self._points_differ(item.number, row):
            cell, found = self._cell(row, "points"), plain(self._points(row))
            yield finding("item-points-changed", item.number, cell, found, expected=plain(points(item.points)))

    def _conflicts(self) -> Iterator[Finding]:
        """Rows whose marks disagree, one against one, and whose points settle nothing."""
        for number, one in self.taken.items():
            row = self.row_of[number]
            if one.against and len(one.marks) < 2 and row not in self.rows.decided:
                claims = "、".join(map(str, sorted({number, *self.rows.marks[row].values()})))
                yield finding("item-conflict", number, self._cell(row, "number"), claims=claims)

    def _moved(self, number: int, places: Places) -> Iterator[Finding]:
        """An item whose answers stand elsewhere than in its row, or whose cells are gone."""
        row = self.row_of[number]
        usual = {name: (row, self.columns.place(name)) for name in places}
        moved = {name: address(*place) for name, place in places.items() if place and place != usual[name]}
        gone = [name for name, place in places.items() if not place]
        if moved:
            field = next(iter(moved))
            yield finding("answer-moved", number, moved[field], "、".join(moved.values()), field=field)
        if gone:
            found = "、".join(self.form.fields[name].heading for name in gone)
            yield finding("answer-gone", number, found=found, field=gone[0])

    def _shifted_columns(self) -> Iterator[Finding]:
        """Columns whose dropdowns or prompts no longer cover just the items, where no formula has followed their cells.

        No formula looks at a text, and none is left at all where the self-scores are gone.
        """
        for name in self.form.texts if self.links.points else self.form.answers:
            place = self.columns.place(name)
            # Of a copied last row the prompt may have been copied too.
            covered = [self.links.covers(place, rows) for rows in (self._item_rows(), self.row_of.values())]
            if covered == [False, False]:
                yield finding("column-shifted", expected=self.form.fields[name].heading)

    def _item_rows(self) -> set[int]:
        """The rows of all items, and of further ones that claim to be one."""
        return {*self.row_of.values(), *(row for further in self.rows.copies.values() for row in further)}

    def _is_thin(self, number: int) -> bool:
        """Whether a single mark speaks for a row, other than a wording, which is like no other."""
        one = self.taken[number]
        return one.support < 2 and not one.against and "text" not in one.marks

    def _torn(self) -> tuple[int, ...]:
        """Items whose answers may be another's: what stands beside them was moved without them, or they without it."""
        off = {n for n, row in self.row_of.items() if self._points_differ(n, row)}
        if len(off) > max(_FEW, len(self.form.items) * _FEW_PERCENT // 100) or self._formulas_went_without():
            return tuple(self.row_of)
        hidden = {n for n in off if not self.taken[n].marks & {"text", "number"}}
        doubtful = hidden | self._scores_lost()
        return tuple(n for n, row in self.row_of.items() if row in self.rows.torn or n in doubtful)

    def _scores_lost(self) -> set[int]:
        """Items whose self-score is gone while others were moved away from their points: nothing leads to them."""
        if all(row == points for row, points in self.links.points.items()):
            return set()
        scored = set(self.links.points.values())
        return {n for n, row in self.row_of.items() if row not in scored}

    def _formulas_went_without(self) -> bool:
        """Whether self-scores stand beside what is no item, or the total beside an item."""
        rows = self._item_rows()
        scored = set(self.links.points.values())
        strays = {self.links.points.get(row, row) for row in self.links.choices} - rows
        return bool(strays or rows & self.links.sums - scored)

    def _points_differ(self, number: int, row: int) -> bool:
        shown = self._points(row)  # words over them are told as such
        return points_in(shown) is not None and not are_points(shown, self.form.item(number))

    def _points(self, row: int) -> object:
        return self.sheet.at(row, self.columns.place("points"))

    def _cell(self, row: int, name: str) -> str:
        place = self.columns.place(name)
        return address(row, layout_of(self.form).places[name] if place is None else place)
