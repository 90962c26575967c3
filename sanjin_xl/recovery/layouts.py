"""Sheets that hold the form in another shape than it was issued in, put into the usual one before they are searched.

    blocks side by side          序号 内容 … 备注 | 序号 内容 … 备注      two tables; the headings may stand once
    blocks one below the other   序号 内容 … 备注                        two tables, where headings of the second stand
                                 二季度                                  in other columns, or its items are those of the
                                 序号 内容 … 备注                        first; where a page begins it is the same table
    wordings wrapped over rows   1 | 及时召开“三进”工作 | √             one row, as a conversion from PDF splits it:
                                   | 动员会；         |  | 9月          1 | 及时召开“三进”工作动员会； | √ | 9月
    cells over several columns   序号 | 内容      | 已落实            each cell below its heading, where a row has as
                                 1 | 及时召开……    | √                many: several tables of a document were converted
    a count of the rows          3 | 序号 | 内容 …                    left out: pandas writes one on its own account

What is turned by 90 degrees is only recognised, to be refused by its name.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

from sanjin_xl.model.cellref import Place
from sanjin_xl.model.form import Form
from sanjin_xl.model.period import names_a_period
from sanjin_xl.model.roster import Roster
from sanjin_xl.recovery.headings import find_header, further_headers, places_of_headings
from sanjin_xl.recovery.rearranged import rearranged
from sanjin_xl.recovery.row_ids import ItemIds
from sanjin_xl.recovery.units import unit_in
from sanjin_xl.recovery.wordings import bare
from sanjin_xl.recovery.yes_and_no import with_yes_and_no_joined
from sanjin_xl.workbook.book import Book, Sheet, Value

_MOST_ROWS, _MOST_COLUMNS = 3000, 60  # looked through
_MOST_MERGED = 100_000  # cells that are merged across
_LEAST_SHARE = 0.3  # of the items, for a shape to be recognised
_FEWEST_TWICE, _FEWEST_LABELLED = 4, 2  # headings that stand several times in one row, and below periods
_FEWEST_SPREAD = 5  # items that are enough for it, as on a sheet that is a page
LONGEST_LABEL = 16  # characters of what tells a period
_SURE = 0.8  # of the characters of a wording, for rows to be put together to it


def blocks(ids: ItemIds, roster: Roster, sheet: Sheet) -> Iterator[Sheet]:
    """The tables on a sheet, nearly always one: those one below the other, and of each those side by side.

    Whatever stands outside of a block is blank there.
    """
    for part in _one_below_another(ids, _straightened(ids.form, _uncounted(ids.form, sheet))):
        yield from (with_yes_and_no_joined(ids.form, one) for one in _side_by_side(ids, roster, part))


def _uncounted(form: Form, sheet: Sheet) -> Sheet:
    """The sheet without a first column that counts its rows from the first or the second on, headings and all."""
    counts = [row[0] if row else "" for row in sheet.rows[1:]]
    first = counts[0] if counts else None
    if not isinstance(first, float) or any(count != first + n for n, count in enumerate(counts)):
        return sheet
    header, _ = find_header(form, sheet)
    if header is None or not isinstance(sheet.at(header, 0), float):
        return sheet
    return replace(sheet, rows=[["", *row[1:]] for row in sheet.rows])


def _straightened(form: Form, sheet: Sheet) -> Sheet:
    """The sheet with every cell below its heading, where rows of as many cells are merged at other columns."""
    across = [one for one in sheet.hidden.merges if one[1] < one[3]]
    area = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in across)
    few = len(across) < _FEWEST_SPREAD or area > _MOST_MERGED
    header, _ = (None, ()) if few else find_header(form, sheet)
    if header is None:
        return sheet
    swallowed: defaultdict[int, set[int]] = defaultdict(set)
    for top, left, bottom, right in across:
        for row in range(top, bottom + 1):
            swallowed[row].update(range(left + 1, right + 1))
    width = len(sheet.rows[header])
    heads = [place for place in range(width) if place not in swallowed[header]]
    begun = {
        row: tuple(place for place in range(width) if place not in swallowed[row])
        for row in range(header + 1, len(sheet.rows))
    }
    # Cells that were merged in a few rows alone are no other table.
    tables = {cells for cells, count in Counter(begun.values()).items() if count >= _FEWEST_SPREAD} - {tuple(heads)}
    moved = {
        row: [heads[bisect_right(cells, place) - 1] for place in range(width)]
        for row, cells in begun.items()
        if cells in tables and len(cells) == len(heads)
    }
    return _with_cells_moved(sheet, moved) if moved else sheet


def _with_cells_moved(sheet: Sheet, moved: Mapping[int, Sequence[int]]) -> Sheet:
    """The sheet with the cells of some rows in other columns; `moved`: for each column of a row the one it goes to."""
    rows, came_from = [*sheet.rows], dict[Place, Place]()
    for row, places in moved.items():
        rows[row] = [""] * len(places)
        for column, (place, cell) in enumerate(zip(places, sheet.rows[row], strict=True)):
            if cell not in ("", None) or (row, place) not in came_from:
                rows[row][place], came_from[row, place] = cell, (row, column)

    def place_in(row: int, column: int) -> Place:
        return row, moved[row][column] if row in moved and column < len(moved[row]) else column

    merges = [
        (*place_in(top, left), bottom, place_in(top, right)[1])
        for top, left, bottom, right in sheet.hidden.merges
        if top not in moved or top < bottom
    ]
    found = rearranged(sheet, rows, place_in, came_from)
    return replace(found, hidden=replace(found.hidden, merges=tuple(merges)))


def _one_below_another(ids: ItemIds, sheet: Sheet) -> Iterator[Sheet]:
    """A sheet cut above each further row of headings that begins another table, and above what stands over that."""
    header, heads = find_header(ids.form, sheet)
    rows, start = sheet.rows, 0
    further = further_headers(ids.form, sheet, header) if header is not None and len(rows) <= _MOST_ROWS else ()
    for row, texts in further:
        told = _told_in(ids, rows[start:row])
        moved = any(text and heads[n : n + 1] != [text] for n, text in enumerate(texts))
        if told and (moved or not told.isdisjoint(_told_in(ids, rows[row:]))):
            end = _top_of(ids, rows, row)
            yield _part(sheet, (start, end))
            start, heads = end, texts
    yield _part(sheet, (start, len(rows))) if start else sheet


def _top_of(ids: ItemIds, rows: Sequence[Sequence[Value]], header: int) -> int:
    """The first row of a table further down: lines right above its headings, or a single text with a gap below it."""
    filled = [sum(cell not in ("", None) for cell in row) for row in rows[:header]]
    top = header
    while filled[top - 1] and not _told_in(ids, rows[top - 1 : top]) and not _is_part_of_item(ids.form, rows[top - 1]):
        top -= 1
    above = next((n for n in range(top - 1, -1, -1) if filled[n]), top)
    alone = filled[above] == 1 and not _told_in(ids, rows[above : above + 1])
    return above if alone and not _is_part_of_item(ids.form, rows[above]) else top


def _is_part_of_item(form: Form, row: Sequence[Value]) -> bool:
    """Whether a row holds a line of a wording that is spread over several, or nothing but its last point."""
    texts = [cell for cell in row if isinstance(cell, str) and cell]
    parts = [bare(cell) for cell in texts]
    return any(part in bare(item.text) for part in parts for item in form.items if part) or (
        bool(texts) and not any(parts)
    )


def _part(sheet: Sheet, rows: tuple[int, int] | None = None, columns: tuple[int, int] | None = None) -> Sheet:
    """A sheet of which only some rows and columns are left, where they were; the others are blank."""
    top, bottom = rows or (0, len(sheet.rows))
    left, right = columns or (0, max(map(len, sheet.rows), default=0))
    return replace(
        sheet,
        rows=[
            [cell if top <= n < bottom and left <= place < right else "" for place, cell in enumerate(row)]
            for n, row in enumerate(sheet.rows[:bottom])
        ],
    )


def _told_in(ids: ItemIds, rows: Sequence[Sequence[Value]]) -> set[int]:
    """The items of which the wordings or codes stand in some rows."""
    cells = {cell for row in rows for cell in row[:_MOST_COLUMNS] if isinstance(cell, str)}
    return {number for cell in cells if (number := ids.told("text", cell) or ids.told("code", cell))}


def _side_by_side(ids: ItemIds, roster: Roster, sheet: Sheet) -> Iterator[Sheet]:
    """A sheet cut where its headings begin anew, or where wordings do that stand below no headings of their own."""
    header, heads = find_header(ids.form, sheet)
    if header is not None and (tables := _under_shared_marks(ids, roster, sheet, header, heads)):
        yield from tables
        return
    starts = _repeated(heads)
    if header is not None and not starts and (starts := _worded(ids, sheet, heads)):
        first, width = starts[0], starts[1] - starts[0]
        sheet = replace(sheet, rows=[*sheet.rows])
        heads = [heads[first + max(0, n - first) % width] for n in range(starts[-1] + width)]
        sheet.rows[header] = [*heads]
    if not starts:
        yield from _apart(ids, roster, sheet, heads)
        return
    for edges in pairwise([0, *starts[1:], len(heads)]):
        yield _part(sheet, columns=edges)


def _under_shared_marks(ids: ItemIds, roster: Roster, sheet: Sheet, header: int, heads: Sequence[str]) -> list[Sheet]:
    """The tables that share 序号 and wordings, which stand once: 序号 内容 | 二季度: 已落实 月份 | 三季度: 已落实 月份.

    Few headings tell several tables only where each stands below a period or a unit. What stands above is that of all.
    """
    rows = [*sheet.rows]
    if split := _split_by_period(rows[header + 1 : header + 2], heads):
        heads, rows[header] = split, [*split]
    starts = _repeated(heads, 1 if split else _FEWEST_LABELLED)
    if not starts or _told_in(ids, _part(sheet, columns=(starts[1], len(heads))).rows):
        return []
    edges = [*pairwise([*starts, len(heads)])]
    labels = rows[header - 1] if header else []
    labelled = all(any(is_period(cell) or unit_in(roster, cell) for cell in labels[a:b]) for a, b in edges)
    if not (split or labelled or _repeated(heads)):
        return []
    shared, top = starts[0], header - labelled

    def with_answers(first: int, end: int) -> list[list[Value]]:
        """The rows with the marks and the answers of one of the tables."""
        own = {*range(shared), *range(first, end)}
        return [*rows[:top], *([cell if n in own else "" for n, cell in enumerate(row)] for row in rows[top:])]

    return [replace(sheet, rows=with_answers(*one)) for one in edges]


def _split_by_period(below: Sequence[Sequence[Value]], heads: Sequence[str]) -> list[str]:
    """The headings, each repeated over the periods below it (完成情况: 二季度 | 三季度), [] where none is split so."""
    labels = [cell for row in below for cell in row if cell not in ("", None)]
    if len(labels) < 2 or not all(map(is_period, labels)):
        return []
    filled = [*heads]
    for place, cell in enumerate(below[0]):
        if is_period(cell) and 0 < place < len(filled) and not filled[place]:
            filled[place] = filled[place - 1]
    return filled


def is_period(cell: Value) -> bool:
    """Whether a cell is a label such as 二季度 or 本期."""
    return isinstance(cell, str) and len(cell) <= LONGEST_LABEL and names_a_period(cell)


def _apart(ids: ItemIds, roster: Roster, sheet: Sheet, heads: Sequence[str]) -> Iterator[Sheet]:
    """A sheet cut where a table with headings in another row stands to the left or to the right of these."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    named = places_of_headings(ids.form, heads)
    start, end = (named[0], named[-1] + 1) if named else (0, width)
    for edges, others in (((start, width), (0, start)), ((0, end), (end, width))):
        if others[1] - others[0] >= _FEWEST_TWICE:
            other = _part(sheet, columns=others)
            if find_header(ids.form, other)[0] is not None and _told_in(ids, other.rows):
                yield _part(sheet, columns=edges)
                yield from _side_by_side(ids, roster, other)
                return
    yield sheet


def _repeated(heads: Sequence[str], least: int = _FEWEST_TWICE) -> list[int]:
    """Where each block begins whose headings stand side by side: 序号 内容 … 备注 | 序号 内容 … 备注."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(heads):
        if text:
            places[text].append(place)
    counts = Counter(len(found) for found in places.values() if len(found) > 1)
    times, headings = max(counts.items(), key=lambda one: one[1], default=(0, 0))
    if headings < least:
        return []
    repeated = [found for found in places.values() if len(found) == times]
    blocks = [*zip(*repeated, strict=True)]
    apart = all(max(one) < min(other) for one, other in pairwise(blocks))
    return [*map(min, blocks)] if apart else []


def _worded(ids: ItemIds, sheet: Sheet, heads: Sequence[str]) -> list[int]:
    """Where each block begins where only the first has headings: as far before its wordings as that."""
    least = max(2, int(len(ids.form.items) * _LEAST_SHARE / 2))
    told = {place: _told_at(ids, sheet, place) for place in range(min(len(heads), _MOST_COLUMNS))}
    blocks = [(place, numbers) for place, numbers in told.items() if len(numbers) >= least]
    steps = {other - one for (one, _), (other, _) in pairwise(blocks)}
    twice = Counter(number for _, numbers in blocks for number in numbers).most_common(1)
    if len(steps) != 1 or twice[0][1] > 1:
        return []
    first, last = (next((n for n in places if heads[n]), 0) for places in (range(len(heads)), range(len(heads))[::-1]))
    # Where wordings stand a column further right in the lower half, they are not side by side.
    if last - first >= min(steps):
        return []
    return [first + place - blocks[0][0] for place, _ in blocks]


def _told_at(ids: ItemIds, sheet: Sheet, place: int) -> set[int]:
    cells = {row[place] for row in sheet.rows[:_MOST_ROWS] if place < len(row) and isinstance(row[place], str)}
    return {number for cell in cells if (number := ids.told("text", cell))}


def is_transposed(ids: ItemIds, book: Book) -> bool:
    """Whether the items of the form stand side by side in one row of a sheet."""
    least = max(2, int(len(ids.form.items) * _LEAST_SHARE))
    rows = (row for sheet in book.sheets for row in sheet.rows[:_MOST_COLUMNS] if len(row) >= least)
    return any(ids.count("text", row) >= least for row in rows)


@dataclass
class _Span:
    """The rows over which the wording of an item is spread, and how much of it has been read."""

    number: int
    rows: list[int]
    read: int = 0
    texts: list[str] = field(default_factory=list)


def unwrapped(ids: ItemIds, sheet: Sheet) -> Sheet | None:
    """The sheet with every item in one row, None where no wordings are spread over several rows.

    What stands in the further rows of an item is put behind what stands in the first.
    """
    form, rows = ids.form, sheet.rows
    if len(rows) > _MOST_ROWS:
        return None
    place = _wordiest(rows)
    spans = [one for one in _spans(form, rows, place) if one.read >= _SURE * len(bare(form.item(one.number).text))]
    many = len({one.number for one in spans}) >= min(_FEWEST_SPREAD, max(2, len(form.items) * _LEAST_SHARE))
    if not many or all(len(one.rows) == 1 for one in spans):
        return None
    joined = {one.rows[0]: _joined([rows[row] for row in range(one.rows[0], one.rows[-1] + 1)]) for one in spans}
    firsts = {row: one.rows[0] for one in spans for row in range(one.rows[0] + 1, one.rows[-1] + 1)}
    return rearranged(
        sheet,
        [joined.get(n, _blanked(row) if n in firsts else row) for n, row in enumerate(rows)],
        lambda row, column: (firsts.get(row, row), column),
        dict(chain.from_iterable(_came_from(rows, range(one.rows[0], one.rows[-1] + 1)) for one in spans)),
    )


def _blanked(row: Sequence[Value]) -> list[Value]:
    return [""] * len(row)


def _wordiest(rows: Sequence[Sequence[Value]]) -> int:
    """The column with the most characters."""
    lengths: Counter[int] = Counter()
    for row in rows:
        for place, cell in enumerate(row[:_MOST_COLUMNS]):
            lengths[place] += len(cell) if isinstance(cell, str) else 0
    return max(lengths, key=lambda place: (lengths[place], -place), default=0)


def _spans(form: Form, rows: Sequence[Sequence[Value]], place: int) -> Iterator[_Span]:
    texts = {item.number: bare(item.text) for item in form.items}
    span: _Span | None = None
    for n, row in enumerate(rows):
        cell = row[place] if place < len(row) else ""
        part = bare(cell) if isinstance(cell, str) else ""
        if not part:
            # A line of its own may hold the last point alone.
            if span and isinstance(cell, str) and cell.strip():
                span.rows.append(n)
            continue
        if span and _fits(texts[span.number], span.read, part):
            span.rows.append(n)
            span.read += len(part)
            continue
        if span:
            yield span
        number = _beginning(texts, part, span.number if span else 0)
        span = _Span(number, [n], len(part)) if number else None
    if span:
        yield span


def _beginning(texts: Mapping[int, str], part: str, after: int) -> int:
    """The item whose wording begins with a part, the next one before all others, 0 for none or several."""
    if after + 1 in texts and _fits(texts[after + 1], 0, part):
        return after + 1
    fitting = [number for number, text in texts.items() if len(part) > 1 and text.startswith(part)]
    return fitting[0] if len(fitting) == 1 else 0


def _fits(text: str, at: int, part: str) -> bool:
    """Whether a part stands at a place of a text, but for a few characters that were misread."""
    piece = text[at : at + len(part)]
    if len(piece) < len(part):
        return False
    return sum(a == b for a, b in zip(piece, part, strict=True)) >= _SURE * len(part)


def _came_from(rows: Sequence[Sequence[Value]], span: Sequence[int]) -> Iterator[tuple[Place, Place]]:
    """Where what stands in the first of some rows now was: in the first in which something does."""
    for column in range(max(len(rows[row]) for row in span)):
        filled = (row for row in span if column < len(rows[row]) and rows[row][column] not in ("", None))
        yield (span[0], column), (next(filled, span[0]), column)


def _joined(rows: Sequence[Sequence[Value]]) -> list[Value]:
    """Several rows as one: what stands in a column together, texts one behind the other."""
    width = max(map(len, rows))
    columns = ([row[n] for row in rows if n < len(row) and row[n] not in ("", None)] for n in range(width))
    return [found.pop() if len(found) == 1 else "".join(map(str, found)) for found in columns]
