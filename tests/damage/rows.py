"""What happens to rows and to cells that move up and down."""

from random import Random

from damage.book import Book
from damage.registry import mutator
from damage.sheet import Place, copied
from sanjin_xl.layout import ANSWER_COLUMNS, Column, heading

CHOICES = ANSWER_COLUMNS[:-1]
FEW = 3


def some_rows(book: Book, random: Random, most: int = FEW) -> list[int]:
    rows = book.rows()
    return sorted(random.sample(rows, min(len(rows), random.randint(1, most)))) if rows else []


def insert_rows_at(book: Book, row: int, count: int = 1) -> None:
    book.move(lambda place: (place[0] + count, place[1]) if place[0] >= row else place)


@mutator("rows", harmless=True)
def rows_inserted(book: Book, random: Random) -> None:
    """Blank rows inserted among the items."""
    for row in reversed(some_rows(book, random)):
        insert_rows_at(book, row, random.randint(1, 2))


@mutator("rows", harmless=True)
def notes_between_rows(book: Book, random: Random) -> None:
    """Rows with a note or a heading of their own inserted among the items."""
    place = book.column(Column.TEXT)
    for row in reversed(some_rows(book, random)):
        insert_rows_at(book, row)
        note = random.choice(["以下由基层股填写", "小计", "注：按月报送", "二、业务工作"])
        book.sheet.at(row, place or 0).value = note


@mutator("rows", harmless=True)
def headings_repeated(book: Book, random: Random) -> None:
    """The row of headings repeated where a page begins."""
    for row in reversed(some_rows(book, random, 2)):
        insert_rows_at(book, row)
        for column in Column:
            place = book.column(column)
            if place is not None and column is not Column.CODE:
                book.sheet.at(row, place).value = heading(book.form.headings, column)


@mutator("rows")
def rows_deleted(book: Book, random: Random) -> None:
    """Rows of items deleted."""
    for row in reversed(some_rows(book, random)):
        book.move(lambda p, row=row: None if p[0] == row else (p[0] - 1, p[1]) if p[0] > row else p)  # type: ignore[misc]


@mutator("rows", harmless=True)
def rows_sorted(book: Book, random: Random) -> None:
    """Whole rows sorted, hidden code and all."""
    _sort(book, random, range(book.sheet.last_column + 1))


@mutator("rows")
def visible_columns_sorted(book: Book, random: Random) -> None:
    """What is seen sorted from 序号 on, while the hidden codes stayed where they were."""
    first, last = book.column(Column.NUMBER), book.column(Column.HINT)
    if first is not None and last is not None:
        _sort(book, random, range(first, last + 1))


@mutator("rows")
def wordings_sorted(book: Book, random: Random) -> None:
    """One column, the wordings, sorted by itself."""
    place = book.column(Column.TEXT)
    if place is not None:
        _sort(book, random, range(place, place + 1))


@mutator("rows")
def numbers_and_wordings_sorted(book: Book, random: Random) -> None:
    """序号 and wordings sorted, without the answers beside them."""
    first, last = book.column(Column.NUMBER), book.column(Column.TEXT)
    if first is not None and last is not None:
        _sort(book, random, range(first, last + 1))


def _sort(book: Book, random: Random, columns: range) -> None:
    sheet = book.sheet
    rows = book.rows()
    by = random.choice([Column.TEXT, Column.POINTS, Column.DONE_MONTH, Column.SCORE])
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
    rows, last = book.rows(), book.column(Column.HINT)
    if len(rows) > 1 and last is not None:
        one, other = random.sample(rows, 2)
        book.sheet.permute_rows({one: other, other: one}, range(last + 1))


@mutator("rows", harmless=True)
def rows_duplicated(book: Book, random: Random) -> None:
    """Rows copied and inserted below themselves."""
    for row in reversed(some_rows(book, random)):
        _duplicate(book, row)


@mutator("rows")
def rows_duplicated_and_changed(book: Book, random: Random) -> None:
    """Rows copied and inserted, the copy answered differently."""
    for row in reversed(some_rows(book, random)):
        _duplicate(book, row)
        place = book.column(Column.DONE)
        if place is not None:
            cell = book.sheet.at(row + 1, place)
            cell.value = None if cell.value else "√"
            book.touched |= book.items_in({row})


def _duplicate(book: Book, row: int) -> None:
    insert_rows_at(book, row + 1)
    for (_, column), cell in [(p, c) for p, c in book.sheet.cells.items() if p[0] == row]:
        copy = cell.copy()
        if copy.formula:
            copy.formula = copied(copy.formula, 1)
        book.sheet.cells[row + 1, column] = copy


@mutator("rows", harmless=True)
def rows_hidden(book: Book, random: Random) -> None:
    """Rows of items hidden."""
    book.sheet.hidden_rows |= set(some_rows(book, random, 9))


# --- cells that move within their columns ---


def _columns(book: Book, random: Random, *, beyond: bool) -> range | None:
    """Some neighbouring columns: among the answers, or from them or the points on to the formulas."""
    places = [book.column(column) for column in ANSWER_COLUMNS]
    points, score, hint = book.column(Column.POINTS), book.column(Column.SCORE), book.column(Column.HINT)
    if None in places or points is None or score is None or hint is None:
        return None
    first, last = min(p for p in places if p is not None), max(p for p in places if p is not None)
    if beyond:
        return range(random.choice([points, first]), hint + 1)
    choices = last if random.random() < 0.5 else last - 1
    low = random.randint(first, choices)
    return range(random.choice([first, low]), choices + 1)


def _shift(book: Book, random: Random, by: int, *, beyond: bool = False) -> None:
    """Insert or delete cells; what is below moves in these columns only, and formulas follow."""
    columns, rows = _columns(book, random, beyond=beyond), book.rows()
    if not columns or len(rows) < FEW:
        return
    row = random.choice(rows[1:-1])
    if _loses_remarks_unseen(book, columns):
        return

    def where(place: Place) -> Place | None:
        if place[1] not in columns or place[0] < row:
            return place
        return None if row <= place[0] < row - by else (place[0] + by, place[1])

    book.sheet.recalculate()
    book.move(where)


def _loses_remarks_unseen(book: Book, columns: range) -> bool:
    """Whether nothing but remarks would move: no formula looks at them, so nothing in a workbook could tell."""
    return list(columns) == [book.column(Column.REMARK)]


@mutator("cells")
def answers_shifted_down(book: Book, random: Random) -> None:
    """Cells inserted among the answers: everything below moved down in these columns only."""
    _shift(book, random, random.randint(1, 2))


@mutator("cells")
def answers_shifted_up(book: Book, random: Random) -> None:
    """Cells deleted among the answers: everything below moved up in these columns only."""
    _shift(book, random, -1)


@mutator("cells")
def answers_and_formulas_shifted(book: Book, random: Random) -> None:
    """The same from the points or the answers on to the hints, so that the formulas moved along."""
    _shift(book, random, random.choice([1, -1]), beyond=True)


@mutator("cells")
def answers_cut_and_pasted(book: Book, random: Random) -> None:
    """A block of answers cut out and pasted over others."""
    rows = book.rows()
    places = [place for column in ANSWER_COLUMNS if (place := book.column(column)) is not None]
    if len(rows) < 12 or not places:
        return
    height = random.randint(1, 5)
    start, target = random.sample(rows[:-height], 2)
    step = target - start

    def where(place: Place) -> Place | None:
        if place[1] in places and start <= place[0] < start + height:
            return place[0] + step, place[1]
        return place

    book.move(where)


@mutator("cells", harmless=True)
def answers_copied_down(book: Book, random: Random) -> None:
    """A row of answers copied over the rows below it: the county's own statement, right or not."""
    sheet, rows = book.sheet, book.rows()
    start = random.choice(rows)
    places = sheet.tags()
    by_place = {place: tag for tag, place in places.items()}
    for row in [row for row in rows if start < row <= start + random.randint(1, 5)]:
        for column in ANSWER_COLUMNS:
            place = book.column(column)
            source, cell = (sheet.cells.get((r, place if place is not None else -1)) for r in (start, row))
            tag, told = by_place.get((row, place or 0)), by_place.get((start, place or 0))
            if not (source and cell and tag and told and tag[1] is told[1] is column) or source.formula:
                continue
            if column is Column.PLANNED_MONTH and not book.form.item(tag[0]).planned_month:
                continue
            cell.value, cell.formula, cell.style = source.value, None, source.style
            book.say(tag[0], column, book.truth[told[0]][column])


# --- marks that are destroyed ---


def clear(book: Book, column: Column) -> None:
    for number in range(1, len(book.form.items) + 1):
        place = book.place(number, column)
        if place:
            book.sheet.cells[place].value = None


@mutator("marks", harmless=True)
def numbers_redrawn(book: Book, random: Random) -> None:
    """序号 numbered anew from the top, whatever stands beside it."""
    place = book.column(Column.NUMBER)
    if place is not None:
        for number, row in enumerate(book.rows(), start=1):
            book.sheet.at(row, place).value = float(number)


@mutator("marks", harmless=True)
def numbers_as_text(book: Book, random: Random) -> None:
    """序号 turned into text, full-width here and there, some gone."""
    for number in range(1, len(book.form.items) + 1):
        place = book.place(number, Column.NUMBER)
        if place and random.random() < 0.6:
            text = str(number)
            wide = text.translate({48 + n: 0xFF10 + n for n in range(10)})
            book.sheet.cells[place].value = random.choice([text, f" {text}", wide, None])


@mutator("marks")
def wordings_altered(book: Book, random: Random) -> None:
    """Wordings edited: a word added, cut off, typing faults."""
    for number in random.sample(range(1, len(book.form.items) + 1), min(5, len(book.form.items))):
        place = book.place(number, Column.TEXT)
        text = book.sheet.cells[place].value if place else None
        if place and isinstance(text, str) and len(text) > 6:
            cut = random.randrange(len(text))
            part = text[: max(6, len(text) * 2 // 3)]
            edits = [text + "（补充）", part, text[:cut] + "的" + text[cut + 1 :], "1．" + text]
            book.sheet.cells[place].value = random.choice(edits)
            book.touched.add(number)


@mutator("marks")
def wordings_filled_down(book: Book, random: Random) -> None:
    """A wording dragged down over those below it."""
    rows, place = book.rows(), book.column(Column.TEXT)
    if place is None or len(rows) < FEW:
        return
    start = random.choice(rows[:-2])
    for row in range(start + 1, start + random.randint(2, 3)):
        book.sheet.at(row, place).value = book.sheet.value(start, place)
        book.touched |= book.items_in({row})


@mutator("marks", harmless=True)
def points_altered(book: Book, random: Random) -> None:
    """Points of a few items changed."""
    for number in random.sample(range(1, len(book.form.items) + 1), 2):
        place = book.place(number, Column.POINTS)
        if place:
            book.sheet.cells[place].value = random.choice([0.25, 1.5, 4.0])


@mutator("marks", harmless=True)
def codes_cleared(book: Book, random: Random) -> None:
    """The hidden codes gone."""
    clear(book, Column.CODE)


@mutator("marks", harmless=True)
def numbers_cleared(book: Book, random: Random) -> None:
    """序号 gone."""
    clear(book, Column.NUMBER)


@mutator("marks", harmless=True)
def wordings_cleared(book: Book, random: Random) -> None:
    """All wordings gone."""
    clear(book, Column.TEXT)


@mutator("cells")
def answers_lost_in_merges(book: Book, random: Random) -> None:
    """Answer cells merged down and across: only the first keeps what it held."""
    sheet, rows = book.sheet, book.rows()
    for row in some_rows(book, random):
        columns = [place for column in CHOICES if (place := book.column(column)) is not None]
        if not columns or row + 1 > rows[-1]:
            return
        left = random.choice(columns)
        down, across = random.choice([(1, 0), (2, 0), (0, 1), (1, 1)])
        top_left = sheet.at(row, left)
        for place in [(r, c) for r in range(row, row + down + 1) for c in range(left, left + across + 1)]:
            cell = sheet.cells.get(place)
            if cell and cell is not top_left:
                cell.value, cell.formula = None, None
                book.lose([cell.tag] if cell.tag else [])
                book.merged_away |= {cell.tag} if cell.tag and cell.tag[1] in CHOICES else set()
        sheet.merges.append((row, left, row + down, left + across))
