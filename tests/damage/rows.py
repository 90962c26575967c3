"""What happens to rows and to cells that move up and down."""

from random import Random

from damage.book import LOST, Book
from damage.registry import mutator
from damage.sheet import copied

FEW = 3


def some_rows(book: Book, random: Random, most: int = FEW) -> list[int]:
    rows = book.rows()
    return sorted(random.sample(rows, min(len(rows), random.randint(1, most)))) if rows else []


def seen_columns(book: Book) -> range:
    """From the first to the last column that is not hidden, but for 考核项目, whose merges do not let it be sorted."""
    seen = [
        at
        for column in book.form.fields
        if column not in ("category", "code") and (at := book.column(column)) is not None
    ]
    return range(min(seen), max(seen) + 1)


def insert_rows_at(book: Book, row: int, count: int = 1) -> None:
    book.move(lambda place: (place[0] + count, place[1]) if place[0] >= row else place)


def delete_row(book: Book, row: int) -> None:
    book.leave_to_copies(row)
    book.move(lambda place: None if place[0] == row else (place[0] - (place[0] > row), place[1]))


@mutator("rows", harmless=True)
def rows_inserted(book: Book, random: Random) -> None:
    """Blank rows inserted among the items."""
    for row in reversed(some_rows(book, random)):
        insert_rows_at(book, row, random.randint(1, 2))


@mutator("rows", harmless=True)
def notes_between_rows(book: Book, random: Random) -> None:
    """Rows with a note or a heading of their own inserted among the items."""
    place = book.column("text")
    for row in reversed(some_rows(book, random)):
        insert_rows_at(book, row)
        note = random.choice(["以下由基层股填写", "小计", "注：按月报送", "二、业务工作"])
        book.sheet.at(row, place or 0).value = note


@mutator("rows", harmless=True)
def headings_repeated(book: Book, random: Random) -> None:
    """The row of headings repeated where a page begins."""
    for row in reversed(some_rows(book, random, 2)):
        insert_rows_at(book, row)
        for column in book.form.fields:
            place = book.column(column)
            if place is not None and column != "code":
                book.sheet.at(row, place).value = book.form.fields[column].heading


@mutator("rows")
def rows_deleted(book: Book, random: Random) -> None:
    """Rows of items deleted."""
    for row in reversed(some_rows(book, random)):
        delete_row(book, row)


@mutator("rows", harmless=True)
def rows_sorted(book: Book, random: Random) -> None:
    """Whole rows sorted, hidden code and all."""
    _sort(book, random, range(book.sheet.last_column + 1))


@mutator("rows")
def visible_columns_sorted(book: Book, random: Random) -> None:
    """What is seen sorted from 序号 on, while the hidden codes stayed where they were."""
    _sort(book, random, seen_columns(book))


@mutator("rows")
def wordings_sorted(book: Book, random: Random) -> None:
    """One column, the wordings, sorted by itself."""
    place = book.column("text")
    if place is not None:
        _sort(book, random, range(place, place + 1))


@mutator("rows")
def numbers_and_wordings_sorted(book: Book, random: Random) -> None:
    """序号 and wordings sorted, without the answers beside them."""
    first, last = book.column("number"), book.column("text")
    if first is not None and last is not None:
        _sort(book, random, range(first, last + 1))


def _sort(book: Book, random: Random, columns: range) -> None:
    sheet = book.sheet
    rows = sorted(book.item_rows())
    if not rows:
        return
    by = random.choice(["text", "points", "done_month", "score"])
    place = book.column(by)
    keys = {row: (str(sheet.value(row, place if place is not None else 0) or "~"), row) for row in rows}
    falling = random.random() < 0.3
    old = sorted(rows, key=keys.__getitem__, reverse=falling)
    sheet.merges = [merge for merge in sheet.merges if merge[2] < rows[0] or merge[0] > rows[-1]]
    book.undo_merges()
    sheet.recalculate()
    sheet.permute_rows(dict(zip(old, rows, strict=True)), columns)


@mutator("rows", harmless=True)
def rows_swapped(book: Book, random: Random) -> None:
    """Two whole rows exchanged."""
    rows = book.rows()
    if len(rows) > 1:
        one, other = random.sample(rows, 2)
        book.sheet.permute_rows({one: other, other: one}, range(book.sheet.last_column + 1))


@mutator("rows")
def visible_rows_swapped(book: Book, random: Random) -> None:
    """Two rows exchanged as far as they are seen; the hidden codes stayed."""
    rows = book.rows()
    if len(rows) > 1:
        one, other = random.sample(rows, 2)
        book.sheet.permute_rows({one: other, other: one}, seen_columns(book))


@mutator("rows", harmless=True)
def rows_duplicated(book: Book, random: Random) -> None:
    """Rows copied and inserted below themselves."""
    for row in reversed(some_rows(book, random)):
        copy_row(book, row)


@mutator("rows")
def rows_duplicated_and_changed(book: Book, random: Random) -> None:
    """Rows copied and inserted, the copy answered differently."""
    for row in reversed(some_rows(book, random)):
        copy_row(book, row)
        place = book.column("done")
        if place is not None:
            cell = book.sheet.at(row + 1, place)
            cell.value = None if cell.value else "√"
            book.touched |= book.items_in({row})


def copy_row(book: Book, row: int) -> None:
    insert_rows_at(book, row + 1)
    for (_, column), cell in [(p, c) for p, c in book.sheet.cells.items() if p[0] == row]:
        copy = cell.copy()
        if copy.formula:
            copy.formula = copied(copy.formula, 1)
        book.sheet.cells[row + 1, column] = copy


@mutator("rows")
def table_repeated(book: Book, random: Random) -> None:
    """Some or all rows copied again below the table, one answer in the copy changed."""
    sheet, rows = book.sheet, book.rows()
    start = random.choice([rows[0], random.choice(rows)])
    down = sheet.last_row + 2 - start
    place = book.column("done")
    changed = random.choice([row for row in rows if row >= start])
    for (row, column), cell in [(at, cell) for at, cell in sheet.cells.items() if start <= at[0] <= rows[-1]]:
        twin = cell.copy()
        twin.formula = twin.formula and copied(twin.formula, down)
        if (row, column) == (changed, place):
            twin.value, twin.formula = None if twin.value else "√", None
        sheet.cells[row + down, column] = twin
    book.touched |= book.items_in({changed})


@mutator("rows")
def rows_of_no_height(book: Book, random: Random) -> None:
    """Rows of items of no height: their answers are seen by nobody."""
    rows = set(some_rows(book, random)) - book.sheet.hidden_rows  # a hidden row is read, whatever its height
    book.sheet.flat_rows |= rows
    for number, name in [tag for tag, place in book.sheet.tags().items() if place[0] in rows]:
        if name in book.form.answers and book.truth[number][name] not in (False, (), ""):
            book.say(number, name, LOST)


@mutator("rows", harmless=True)
def rows_hidden(book: Book, random: Random) -> None:
    """Rows of items hidden."""
    book.sheet.hidden_rows |= set(some_rows(book, random, 9)) - book.sheet.flat_rows
