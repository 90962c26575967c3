"""What happens to columns and their headings."""

from collections.abc import Callable
from random import Random

from damage.book import Book
from damage.marks import clear
from damage.registry import mutator
from damage.sheet import Place
from sanjin_xl.model.layout import HEADER_ROW


def header_row(book: Book) -> int | None:
    """The row in which most headings stand now."""
    names = {field.heading for field in book.form.fields.values() if field.heading}
    rows = [row for (row, _), cell in book.sheet.cells.items() if cell.value in names]
    return max(set(rows), key=rows.count) if rows else None


def insert_columns_at(book: Book, column: int, count: int = 1) -> None:
    book.move(lambda place: (place[0], place[1] + count) if place[1] >= column else place)


def delete_column(book: Book, column: str) -> None:
    at = book.column(column)
    if at is not None:
        book.move(lambda p: None if p[1] == at else (p[0], p[1] - 1) if p[1] > at else p)


def swap_columns(book: Book, one: int, other: int) -> None:
    """Exchange two columns by cutting and inserting them: headings and formulas go along."""
    turned = {one: other, other: one}
    rows = range(header_row(book) or HEADER_ROW, 10_000)
    book.move(lambda place: (place[0], turned.get(place[1], place[1])) if place[0] in rows else place)


@mutator("columns", harmless=True)
def columns_reversed(book: Book, random: Random) -> None:
    """All columns of answers in the opposite order, headings, formulas and all."""
    places = sorted(place for name in book.form.answers if (place := book.column(name)) is not None)
    turned = dict(zip(places, reversed(places), strict=True))
    rows = range(header_row(book) or HEADER_ROW, 10_000)
    book.move(lambda place: (place[0], turned.get(place[1], place[1])) if place[0] in rows else place)


@mutator("columns", harmless=True)
def columns_inserted(book: Book, random: Random) -> None:
    """Columns inserted, blank or with a column of the county's own."""
    at = random.randint(0, book.sheet.last_column)
    insert_columns_at(book, at, random.randint(1, 2))
    row = header_row(book)
    if row is not None and random.random() < 0.5:
        book.sheet.at(row, at).value = "负责股室"
        for item_row in book.rows():
            book.sheet.at(item_row, at).value = random.choice(["基层股", "宣传股", "律公股", None])


@mutator("columns")
def answer_column_deleted(book: Book, random: Random) -> None:
    """A column of answers deleted."""
    delete_column(book, random.choice(book.form.answers))


@mutator("columns", harmless=True)
def other_column_deleted(book: Book, random: Random) -> None:
    """One column deleted that holds no answers: 考核项目, 分值, 自评得分 or 填报提示."""
    if random.random() < 0.3:
        book.move(lambda place: None if place[1] == 0 else (place[0], place[1] - 1))
    else:
        delete_column(book, random.choice(["points", "score", "hint"]))


@mutator("columns", harmless=True)
def mark_column_deleted(book: Book, random: Random) -> None:
    """One of the columns that tell the items deleted: code, 序号 or wording."""
    delete_column(book, random.choice(["code", "number", "text"]))


@mutator("columns", harmless=True)
def two_marks_gone(book: Book, random: Random) -> None:
    """Two of the three columns that tell the items deleted or cleared."""
    for column in random.sample(["code", "number", "text"], 2):
        if random.random() < 0.5:
            delete_column(book, column)
        else:
            clear(book, column)


@mutator("columns", harmless=True)
def answer_columns_exchanged(book: Book, random: Random) -> None:
    """Two columns of answers exchanged, headings, formulas and all."""
    one, other = (book.column(column) for column in random.sample(book.form.answers, 2))
    if one is not None and other is not None:
        swap_columns(book, one, other)


@mutator("columns", harmless=True)
def column_moved_away(book: Book, random: Random) -> None:
    """A column of answers cut out and inserted at the far right."""
    at = book.column(random.choice(book.form.answers))
    last = book.sheet.last_column + 1
    if at is not None:
        book.move(lambda p: (p[0], last) if p[1] == at else p)
        book.move(lambda p: (p[0], p[1] - 1) if p[1] > at else p)


@mutator("columns", harmless=True)
def columns_hidden(book: Book, random: Random) -> None:
    """Columns hidden."""
    book.sheet.hidden_columns = {random.randint(0, book.sheet.last_column) for _ in range(random.randint(1, 4))}


@mutator("columns")
def heading_edited(book: Book, random: Random) -> None:
    """Headings reworded."""
    _each_heading(
        book, random, lambda text: random.choice([f"{text}情况", f"是否{text}", "落实与否", text[:1], text * 2])
    )


@mutator("columns")
def headings_cleared(book: Book, random: Random) -> None:
    """Some headings gone, or all of them."""
    _each_heading(book, random, lambda text: None, all_of_them=random.random() < 0.4)


@mutator("columns")
def header_deleted(book: Book, random: Random) -> None:
    """The whole row of headings deleted."""
    row = header_row(book)
    if row is not None:
        book.move(lambda p: None if p[0] == row else (p[0] - 1, p[1]) if p[0] > row else p)


@mutator("columns")
def labels_exchanged(book: Book, random: Random) -> None:
    """The headings of two answer columns exchanged, and nothing else."""
    row = header_row(book)
    one, other = (book.column(column) for column in random.sample(book.form.answers, 2))
    if row is not None and one is not None and other is not None:
        here, there = book.sheet.at(row, one), book.sheet.at(row, other)
        here.value, there.value = there.value, here.value


@mutator("columns")
def headings_shifted(book: Book, random: Random) -> None:
    """A cell inserted in the row of headings: all of them from there on stand one column too far right."""
    row = header_row(book)
    at = random.randint(0, 9)

    def where(place: Place) -> Place:
        return (place[0], place[1] + 1) if place[0] == row and place[1] >= at else place

    book.move(where, follow=False)


@mutator("columns")
def column_copied(book: Book, random: Random) -> None:
    """A column of answers copied beside itself, heading and all, and the copy changed here and there."""
    at = book.column(random.choice(book.form.answers))
    if at is None:
        return
    after = random.random() < 0.5
    insert_columns_at(book, at + 1 if after else at)
    source, copy = (at, at + 1) if after else (at + 1, at)
    changes = random.random() < 0.7
    for (row, column), cell in list(book.sheet.cells.items()):
        if column == source:
            twin = cell.copy()
            twin.of = None  # it stands beside the cell, in the same row: no other row says the same
            if changes and cell.tag and random.random() < 0.1:
                twin.value = None
            book.sheet.cells[row, copy] = twin


def _each_heading(book: Book, random: Random, edit: Callable[[str], str | None], *, all_of_them: bool = False) -> None:
    row = header_row(book)
    places = [p for p, cell in book.sheet.cells.items() if p[0] == row and isinstance(cell.value, str) and cell.value]
    for place in places if all_of_them else random.sample(places, min(len(places), random.randint(1, 4))):
        cell = book.sheet.cells[place]
        cell.value = edit(str(cell.value))
