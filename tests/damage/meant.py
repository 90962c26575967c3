"""Answers that a slip of the hand puts where nobody meant them: dragged, sorted, pasted off or over hidden rows."""

from random import Random

from damage.book import LOST, Book
from damage.registry import mutator
from damage.sheet import Cell
from damage.values import put
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.fields import CHOICES

_ENOUGH = 30  # items, for a pattern to show
PAIR = ("done", "done_month")


def _columns(book: Book, *names: str) -> dict[str, dict[int, Cell]]:
    """The cells of some columns by item, where all are whole and nothing but texts stands in them; {} elsewhere."""
    columns = {name: dict(sorted(book.answer_cells(name).items())) for name in names}
    cells = [cell for column in columns.values() for cell in column.values()]
    # One slip at a time: a second one hides the pattern of the first.
    plain = not book.touched and not any(cell.formula or not isinstance(cell.value, str | None) for cell in cells)
    whole = all(len(column) == len(book.form.items) >= _ENOUGH for column in columns.values())
    return columns if plain and whole else {}


def _texts(column: dict[int, Cell]) -> list[str | None]:
    return [str(cell.value or "") or None for cell in column.values()]


def _write(book: Book, name: str, column: dict[int, Cell], texts: list[str | None]) -> None:
    """Write a column anew; what an answer was meant to be is lost wherever that is not what stood there."""
    for (number, cell), text in zip(column.items(), texts, strict=True):
        if (cell.value or None) != text:
            cell.value = text
            book.say(number, name, LOST)


@mutator("meant")
def months_dragged(book: Book, random: Random) -> None:
    """Months dragged down: 3月, 4月, 5月 … over consecutive items, done or planned ones."""
    name, other = random.choice([("done", "planned"), ("planned", "done")])
    columns = _columns(book, name, f"{name}_month", other, f"{other}_month")
    first = random.randint(1, max(1, len(book.form.items) - 14))
    numbers = range(first, first + random.randint(7, 12))
    if not columns or not all(book.form.item(number).planned_month for number in numbers):
        return
    start = random.randint(1, 3) if name == "done" else random.randint(7, 9)
    for n, number in enumerate(numbers):
        put(book, columns[name][number], TICK, True)
        put(book, columns[f"{name}_month"][number], f"{start + n}月", (start,) if n == 0 else LOST)
        put(book, columns[other][number], None, False)
        put(book, columns[f"{other}_month"][number], None, ())


@mutator("meant")
def column_sorted(book: Book, random: Random) -> None:
    """A column of ticks, months or ledgers sorted by itself."""
    for name, column in _columns(book, random.choice(["done", "done_month", "ledger"])).items():
        texts = sorted(_texts(column), key=lambda text: (not text, len(text or ""), text))
        _write(book, name, column, texts)


@mutator("meant")
def column_off_by_a_row(book: Book, random: Random) -> None:
    """Columns pasted a row too low or too high: ticks, their months, both of them, or ledgers."""
    low = random.random() < 0.7
    for name, column in _columns(book, *random.choice([("done_month",), ("ledger",), ("done",), PAIR])).items():
        texts = _texts(column)
        _write(book, name, column, [None, *texts[:-1]] if low else [*texts[1:], None])


@mutator("meant")
def column_off_by_rows(book: Book, random: Random) -> None:
    """A column of months or ledgers two to ten rows too low, all of it or from one row on."""
    for name, column in _columns(book, random.choice(["done_month", "ledger"])).items():
        texts, first = _texts(column), random.choice([0, random.randint(1, 40)])
        texts[first:first] = [None] * random.randint(2, 10)
        _write(book, name, column, texts[: len(column)])


@mutator("meant")
def answers_sorted_together(book: Book, random: Random) -> None:
    """All answers sorted by one of their columns, and the items left where they were."""
    columns = _columns(book, *CHOICES)
    name = random.choice(["done", "planned", "ledger"])
    if not columns:
        return
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*map(_texts, columns.values()), strict=True)]
    answers = sorted(rows, key=lambda row: not row[name])
    last = sum(bool(row[name]) for row in answers)
    category = book.form.category_of
    if not 0 < last < len(answers) or category(last) is not category(last + 1):
        return  # a category that was done, and others that were not, are nothing odd
    for column_name, column in columns.items():
        _write(book, column_name, column, [row[column_name] for row in answers])


@mutator("meant")
def block_off_by_a_row(book: Book, random: Random) -> None:
    """A block of columns pasted a row too low or too high: ticks, months and ledgers, or plans, or all of them."""
    names = random.choice([("done", "done_month", "ledger"), ("planned", "planned_month"), CHOICES])
    columns = _columns(book, *CHOICES)
    last = {name: texts[-1] for name, column in columns.items() for texts in [_texts(column)]}
    if not columns or (names == CHOICES and not any(last.values())):
        return  # a whole block of which nothing stands below the last item may as well be what the county says
    low = names == CHOICES or random.random() < 0.7
    below = book.sheet.tags()[len(book.form.items), "text"][0] + 1
    for name in names:
        texts = _texts(columns[name])
        _write(book, name, columns[name], [None, *texts[:-1]] if low else [*texts[1:], None])
        place = book.column(name)
        if names == CHOICES and place is not None:
            book.sheet.at(below, place).value = last[name]


@mutator("meant")
def pasted_over_hidden(book: Book, random: Random) -> None:
    """Answers pasted as a block while rows were hidden: the hidden ones took theirs, and the last ones stay blank."""
    columns = _columns(book, *CHOICES, "remark")
    if not columns:
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
        put(book, columns["remark"][number], None, "")


def _meant(name: str, text: str, filled: bool) -> object:
    if name.endswith("month"):
        return (int(text.removesuffix("月")),) if filled else ()
    return filled
