"""Sheets that hold the form in another shape than it was issued in, put into the usual one before they are searched.

    two halves side by side      序号 内容 … 备注 | 序号 内容 … 备注      two tables
    wordings wrapped over rows   1 | 及时召开“三进”工作 | √             one row, as a conversion from PDF splits it:
                                   | 动员会；         |  | 9月          1 | 及时召开“三进”工作动员会； | √ | 9月

What is turned by 90 degrees is only recognised, to be refused by its name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sanjin_xl.model.cellref import address, place_of
from sanjin_xl.model.form import Form
from sanjin_xl.recovery.row_ids import ItemIds
from sanjin_xl.recovery.wordings import bare
from sanjin_xl.workbook.book import Book, Hidden, Range, Sheet, Value

T = TypeVar("T")

_MOST_ROWS, _MOST_COLUMNS = 3000, 60  # looked through
_LEAST_SHARE = 0.3  # of the items, for a shape to be recognised
_FEWEST_TWICE = 4  # headings that stand twice in one row
_FEWEST_SPREAD = 5  # items that are enough for it, as on a sheet that is a page
_SURE = 0.8  # of the characters of a wording, for rows to be put together to it


def halves(sheet: Sheet, heads: Sequence[str]) -> tuple[Sheet, ...]:
    """The sheet, or its two halves where most headings stand twice side by side, the other half of each blanked."""
    counts = Counter(filter(None, heads))
    twice = [text for text, count in counts.items() if count == 2]
    if len(twice) < _FEWEST_TWICE:
        return (sheet,)
    start = min(len(heads) - 1 - heads[::-1].index(text) for text in twice)
    if max(heads.index(text) for text in twice) >= start:
        return (sheet,)
    left = [[*row[:start], *[""] * (len(row) - start)] for row in sheet.rows]
    right = [[*[""] * min(start, len(row)), *row[start:]] for row in sheet.rows]
    return replace(sheet, rows=left), replace(sheet, rows=right)


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
    return replace(
        sheet,
        rows=[joined.get(n, _blanked(row) if n in firsts else row) for n, row in enumerate(rows)],
        hidden=_lifted(sheet.hidden, firsts),
    )


def _lifted(hidden: Hidden, firsts: Mapping[int, int]) -> Hidden:
    """What is hidden in cells that were put into the first row of their item, at the addresses that these have now."""

    def lift(facts: Mapping[str, T]) -> dict[str, T]:
        return {_lifted_address(cell, firsts): fact for cell, fact in facts.items()}

    def area(one: Range | None) -> Range | None:
        return one and (firsts.get(one[0], one[0]), one[1], firsts.get(one[2], one[2]), one[3])

    return replace(
        hidden,
        errors=lift(hidden.errors),
        formulas=lift(hidden.formulas),
        comments=lift(hidden.comments),
        looks=lift(hidden.looks),
        drawings=tuple(one._replace(area=area(one.area)) for one in hidden.drawings),
    )


def _lifted_address(cell: str, firsts: Mapping[int, int]) -> str:
    row, column = place_of(cell) or (-1, 0)
    return address(firsts[row], column) if row in firsts else cell


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


def _joined(rows: Sequence[Sequence[Value]]) -> list[Value]:
    """Several rows as one: what stands in a column together, texts one behind the other."""
    width = max(map(len, rows))
    columns = ([row[n] for row in rows if n < len(row) and row[n] not in ("", None)] for n in range(width))
    return [found.pop() if len(found) == 1 else "".join(map(str, found)) for found in columns]
