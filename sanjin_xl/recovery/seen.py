"""What a person sees in an answer cell or over it, where that is not what its value says.

A √ that is struck out, one in white, a text box with “有” over a blank ledger cell: each is a question, and the choice
it is about is unclear until somebody has answered it. A drawing that says what the cell says as well asks nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from sanjin_xl.model.cellref import Place, address, place_of
from sanjin_xl.model.fields import CHOICES, MONTHS, TICKS
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.cell_values import is_untouched, read_months, read_tick
from sanjin_xl.recovery.claims import claims_away, corrects, is_blank, items_named, may_answer, says_of_ledger
from sanjin_xl.recovery.headings import headings
from sanjin_xl.recovery.rows import out_of_order
from sanjin_xl.workbook.book import Drawing, DrawingKind, Look, Sheet, plain

# Percent of the items, and at least so many: what lies over more is a watermark or a seal, and about none of them.
_MANY_PERCENT, _MANY = 10, 3
_NO_LOOK = Look()


@dataclass(frozen=True, slots=True)
class _Cell:
    """An answer cell: whose it is, what was made of it, and what stood in it."""

    number: int
    field: str
    address: str
    answer: Answer

    @property
    def written(self) -> str:
        return plain(self.answer.typed(self.field)).strip()

    def says(self, text: str) -> bool:
        """Whether a text says just what the cell was read as."""
        value = self.answer.value(self.field)
        if not text:
            return False
        if self.field in TICKS:
            return read_tick(text).value is value is not None
        if self.field in MONTHS:
            return read_months(text).value == value
        return text in str(value)


def ask_about_looks(
    form: Form, sheet: Sheet, cells: Mapping[int, tuple[str, ...]], answers: dict[int, Answer]
) -> Iterator[Finding]:
    """What is seen of the answers of a sheet and is not what they say; makes the choices it is about unclear.

    `cells` holds the addresses of the answers by item number, in the order of the form's answers.
    """
    hidden = sheet.hidden
    if hidden.unread:
        yield finding("not-looked-into", looked_for=tuple(sorted(one.value for one in hidden.unread)))
    if not (hidden.looks or hidden.drawings):
        return
    by_item = {
        number: [
            _Cell(number, field, cell, answers[number])
            for field, cell in zip(form.answers, names, strict=True)
            if cell and form.item(number).asks(field)  # a cell that asks nothing is crossed out as issued
        ]
        for number, names in cells.items()
    }
    columns = _unseen_columns(by_item, hidden.looks)
    yield from (finding("column-unseen", field=field, expected=headings(form)[field]) for field in columns)
    found = [
        *_looks(by_item, hidden.looks, columns),
        *_colours(form, by_item, hidden.looks),
        *_struck_items(sheet, by_item),
    ]
    found += _drawings(by_item, hidden.drawings)
    unclear = defaultdict(set)
    for one, touched in found:
        for cell in touched:
            unclear[cell.number].add(cell.field)
        yield one
    for number, names in unclear.items():
        choices = dict.fromkeys(names & set(CHOICES))
        answers[number] = replace(answers[number], **choices)  # type: ignore[arg-type]


Found = tuple[Finding, list[_Cell]]  # and the cells it makes unclear


def _unseen_columns(by_item: Mapping[int, list[_Cell]], looks: Mapping[str, Look]) -> list[str]:
    """The fields of which nothing can be seen: a question about the column, and not one about each item."""
    written: defaultdict[str, list[bool]] = defaultdict(list)
    for cell in (cell for cells in by_item.values() for cell in cells if cell.written):
        written[cell.field].append(looks.get(cell.address, _NO_LOOK).unseen)
    return [field for field, unseen in written.items() if all(unseen) and len(unseen) > _MANY]


def _looks(by_item: Mapping[int, list[_Cell]], looks: Mapping[str, Look], columns: Collection[str]) -> Iterator[Found]:
    for cells in by_item.values():
        for cell in cells:
            look = looks.get(cell.address, _NO_LOOK)
            if look.struck:
                yield finding("answer-struck", cell.number, cell.address, look.struck, field=cell.field), [cell]
            if look.unseen and cell.written and cell.field not in columns:
                yield finding("answer-unseen", cell.number, cell.address, cell.written, field=cell.field), [cell]
            if look.shown and not cell.says(look.shown):
                at, written = cell.address, cell.written
                yield (
                    finding("answer-shown-otherwise", cell.number, at, written, field=cell.field, shown=look.shown),
                    [cell],
                )


def _struck_items(sheet: Sheet, by_item: Mapping[int, list[_Cell]]) -> Iterator[Found]:
    """The answered items of which what is printed before the answers is struck out, and the answers are not."""
    struck: dict[int, tuple[str, str]] = {}
    for cell, look in sheet.hidden.looks.items():
        row, column = place_of(cell) or (-1, -1)
        if look.struck and look.struck == sheet.text_at(row, column).strip():
            struck.setdefault(row, (cell, look.struck))
    for cells in filter(None, by_item.values()) if struck else ():
        first, *_ = cells
        looks = [sheet.hidden.looks.get(cell.address, _NO_LOOK) for cell in cells]
        row, column = place_of(first.address) or (-1, -1)
        where, text = struck.get(row, (first.address, ""))
        before = (place_of(where) or (row, column))[1] < column
        if before and any(cell.written for cell in cells) and not any(look.struck for look in looks):
            yield finding("answer-struck", first.number, where, text, field=first.field), cells


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _colours(form: Form, by_item: Mapping[int, list[_Cell]], looks: Mapping[str, Look]) -> Iterator[Found]:
    """Blank cells for ticks that are coloured, where the colour tells one item from another.

    A row coloured from its number on is marked for somebody's eye and not answered by it, if most items are ticked or
    the colours follow the form.
    """
    fills = {
        cell.address: look.fill for cells in by_item.values() for cell in cells if (look := looks.get(cell.address))
    }
    if not any(fills.values()):
        return
    same = {field for field in TICKS if _tells_nothing(form, field, by_item, fills)}
    behind, ticked = _behind_rows(by_item, looks), _answered(by_item)
    rows = {number: _colours_of(cells, fills) | behind[number] for number, cells in by_item.items() if cells}
    whole = {number for number, colours in rows.items() if len(colours) == 1 and "" not in colours}
    told_by_colour = len(whole - ticked) > len(ticked) and not _follow_the_form(form, behind)
    for number, cells in by_item.items():
        highlighted = number in ticked and len(_colours_of(cells, fills)) == 1
        for cell in cells if not highlighted else ():
            blank = cell.field in TICKS and is_untouched(cell.answer.typed(cell.field))
            fill = fills.get(cell.address)
            if blank and fill and cell.field not in same and (told_by_colour or fill not in behind[number]):
                yield finding("answer-coloured", cell.number, cell.address, field=cell.field), [cell]


def _answered(by_item: Mapping[int, list[_Cell]]) -> set[int]:
    return {number for number, cells in by_item.items() if not all(cell.answer.empty for cell in cells)}


def _colours_of(cells: Iterable[_Cell], fills: Mapping[str, str]) -> set[str]:
    return {fills.get(cell.address, "") for cell in cells}


def _behind_rows(by_item: Mapping[int, list[_Cell]], looks: Mapping[str, Look]) -> dict[int, frozenset[str]]:
    """The colours of what is printed before the answers of each item, in the two cells next to them."""
    places = {number: [place_of(cell.address) or (0, 0) for cell in cells] for number, cells in by_item.items()}
    before = {number: min(some, key=itemgetter(1)) for number, some in places.items() if some}
    return {
        number: frozenset(looks.get(address(row, one), _NO_LOOK).fill for one in range(max(column - 2, 0), column))
        for number, (row, column) in before.items()
    }


def _follow_the_form(form: Form, colours: Mapping[int, frozenset[str]]) -> bool:
    """Whether the colours of the items tell none from its neighbours: stripes, or all of each category alike."""
    of_category: defaultdict[tuple[int, str], set[frozenset[str]]] = defaultdict(set)
    coloured: tuple[set[bool], set[bool]] = set(), set()  # of every other row, for each category may be striped
    for place, number in enumerate(sorted(colours)):
        of_category[place % 2, form.category_of(number).ordinal].add(colours[number])
        coloured[place % 2].add(any(colours[number]))
    shows = len(colours) >= 3 * len(of_category)  # a few items are alike by chance
    return shows and all(len(one) == 1 for one in coloured) and all(len(one) == 1 for one in of_category.values())


def _tells_nothing(form: Form, field: str, by_item: Mapping[int, list[_Cell]], fills: Mapping[str, str]) -> bool:
    """Whether the colours of a column follow the form, or all cells have one and the blank ones the same."""
    column = {number: cell for number, cells in by_item.items() for cell in cells if cell.field == field}
    blank = _colours_of((cell for cell in column.values() if not cell.written), fills)
    all_of_it = _colours_of(column.values(), fills)
    if len(all_of_it) == 1 or (len(blank) == 1 and "" not in all_of_it):
        return True
    return _follow_the_form(form, {number: frozenset(_colours_of([cell], fills)) for number, cell in column.items()})


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _drawings(by_item: Mapping[int, list[_Cell]], drawings: tuple[Drawing, ...]) -> Iterator[Found]:
    places = {place: cell for cells in by_item.values() for cell in cells if (place := place_of(cell.address))}
    rows = {row: cell.number for (row, _), cell in places.items()}
    many = max(_MANY, len(by_item) * _MANY_PERCENT // 100)
    for drawing in dict.fromkeys(drawings):  # of several in no known place one question
        yield from _drawing(drawing, places, rows, many)


def _drawing(drawing: Drawing, places: Mapping[Place, _Cell], rows: Mapping[int, int], many: int) -> Iterator[Found]:
    """What one drawing asks: about each item it lies over, or about all of them, or about none."""
    kind, text = drawing.kind.value, drawing.text
    if drawing.area is None:
        yield finding("drawing-unplaced", found=text, kind=kind), []
        return
    top, left, bottom, right = drawing.area
    # A seal or a logo is set at one edge of the table and reaches into its last or first rows.
    inside = sum(top <= row <= bottom for row in range(min(rows), max(rows) + 1))
    over_all = top <= min(rows) and max(rows) <= bottom
    if drawing.kind is DrawingKind.PICTURE and 2 * inside <= bottom - top and not over_all:
        yield finding("drawing-elsewhere", found=text, kind=kind), []
        return
    covered: defaultdict[int, list[_Cell]] = defaultdict(list)
    for (row, column), cell in places.items():
        if top <= row <= bottom and left <= column <= right:
            covered[cell.number].append(cell)
    if len(covered) > many:
        yield finding("drawing-large", found=text, kind=kind, items=tuple(sorted(covered))), []
        return
    for cells in covered.values():
        told = [cell for cell in cells if not cell.says(drawing.text)]
        # A word about one answer lies at the edge of the next one too.
        if len(told) == len(cells):
            first = next(iter(cells))
            yield finding("answer-drawing", first.number, first.address, text, field=first.field, kind=kind), cells
    if not covered:
        # Drawings stay where they are when the items are sorted, and the one beside it may be any.
        if out_of_order([rows[row] for row in sorted(rows)]):
            yield from ((one, []) for one in _elsewhere(kind, text, places) if one.asks)
        beside = [number for row, number in rows.items() if top <= row <= bottom] if drawing.text else []
        for number in beside[:many]:
            yield finding("drawing-beside", number, found=text, kind=kind), []
        if not beside:
            yield from ((one, []) for one in _elsewhere(kind, text, places))


def _asks(text: str, answer: Answer) -> bool:
    """Whether words that name an item may be its answer, or say that it has a ledger of which none was ticked."""
    return may_answer(text, answer) or corrects(text, answer) or says_of_ledger(text, answer)


def _elsewhere(kind: str, text: str, places: Mapping[Place, _Cell]) -> Iterator[Finding]:
    """What a drawing away from all items asks: about those it names, about all where it claims what is blank."""
    answers = {cell.number: cell.answer for cell in places.values()}
    named = {number: answers[number] for number in items_named(text) if number in answers}
    if asked := [n for n, answer in named.items() if _asks(text, answer)]:
        yield from (finding("drawing-beside", number, found=text, kind=kind) for number in asked)
    elif claims_away(text) and any(map(is_blank, answers.values())):
        yield finding("drawing-unplaced", found=text, kind=kind)
    else:
        yield finding("drawing-elsewhere", found=text, kind=kind)
