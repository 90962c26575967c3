"""Answers that a slip of the hand puts where nobody meant them: dragged, sorted, pasted off or over hidden rows."""

from random import Random

from damage.book import LOST, Book
from damage.registry import mutator
from damage.sheet import Cell
from damage.values import put
from sanjin_xl.messages.template import TICK

_ENOUGH = 30  # items, for a pattern to show


def _column(book: Book, name: str) -> dict[int, Cell]:
    """The cells of a column by item, where it is whole and nothing but texts stands in it."""
    cells = dict(sorted(book.answer_cells(name).items()))
    # One slip at a time: a second one hides the pattern of the first.
    plain = not book.touched and not any(
        cell.formula or not isinstance(cell.value, str | None) for cell in cells.values()
    )
    return cells if plain and len(cells) == len(book.form.items) >= _ENOUGH else {}


def _write(book: Book, name: str, texts: list[str | None]) -> None:
    """Write a column anew; what an answer was meant to be is lost wherever that is not what stood there."""
    for cell, text in zip(list(_column(book, name).values()), texts, strict=True):
        if cell.tag and (cell.value or None) != (text or None):
            cell.value = text
            book.say(cell.tag[0], name, LOST)


@mutator("meant")
def months_dragged(book: Book, random: Random) -> None:
    """Months dragged down: 3月, 4月, 5月 … over consecutive items."""
    ticks, months = _column(book, "done"), _column(book, "done_month")
    if not ticks or not months:
        return
    first = random.randint(1, len(months) - 14)
    for n, number in enumerate(range(first, first + random.randint(6, 12))):
        put(book, ticks[number], TICK, True)
        put(book, months[number], f"{n + 1}月", (n + 1,) if n == 0 else LOST)


@mutator("meant")
def column_sorted(book: Book, random: Random) -> None:
    """A column of ticks or months sorted by itself."""
    name = random.choice(["done", "done_month"])
    texts = [str(cell.value or "") for cell in _column(book, name).values()]
    _write(book, name, [text or None for text in sorted(texts, key=lambda text: (not text, len(text), text))])


@mutator("meant")
def column_a_row_too_low(book: Book, random: Random) -> None:
    """A column of months pasted a row too low."""
    texts = [str(cell.value or "") or None for cell in _column(book, "done_month").values()]
    _write(book, "done_month", [None, *texts[:-1]] if texts else [])


@mutator("meant")
def pasted_over_hidden(book: Book, random: Random) -> None:
    """Answers pasted as a block while rows were hidden: the hidden ones took theirs, and the last ones stay blank."""
    columns = {name: _column(book, name) for name in ("done", "done_month", "planned", "planned_month", "ledger")}
    remarks = _column(book, "remark")
    if not all(columns.values()) or not remarks:
        return
    first, count = random.randint(2, len(book.form.items) - 20), random.randint(2, 4)
    block = range(first, first + 12)
    hidden = sorted(random.sample(list(block)[1:-1], count))
    places = book.sheet.tags()
    book.sheet.hidden_rows |= {places[number, "done"][0] for number in hidden}
    for number in range(first, first + 12 + count + 1):
        filled = number in block or number == first + 12 + count
        for name, text in {"done": TICK, "done_month": f"{random.randint(1, 9)}月", "ledger": TICK}.items():
            put(
                book,
                columns[name][number],
                text if filled else None,
                LOST if number in hidden else _meant(name, text, filled),
            )
        for name in ("planned", "planned_month"):
            put(book, columns[name][number], None, _meant(name, "", False))
        put(book, remarks[number], None, "")


def _meant(name: str, text: str, filled: bool) -> object:
    if name.endswith("month"):
        return (int(text.removesuffix("月")),) if filled else ()
    return filled
