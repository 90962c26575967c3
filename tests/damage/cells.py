"""What happens to cells that move, are copied or merged within the answer columns only."""

from random import Random

from damage.book import LOST, Book, meanings
from damage.registry import mutator
from damage.rows import some_rows
from damage.sheet import Place
from sanjin_xl.model.fields import CHOICES


def _columns(book: Book, random: Random, *, beyond: bool) -> range | None:
    """Some neighbouring columns: among the answers, or from them or the points on to the formulas."""
    places = [book.column(column) for column in book.form.answers]
    points, score, hint = book.column("points"), book.column("score"), book.column("hint")
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
    if not columns or len(rows) < 3:
        return
    row = random.choice(rows[1:-1])

    def where(place: Place) -> Place | None:
        if place[1] not in columns or place[0] < row:
            return place
        return None if row <= place[0] < row - by else (place[0] + by, place[1])

    book.sheet.recalculate()
    book.move(where)


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
    """Cells inserted or deleted from the points or the answers on to the hints: formulas moved along."""
    _shift(book, random, random.choice([1, -1]), beyond=True)


@mutator("cells")
def answers_cut_and_pasted(book: Book, random: Random) -> None:
    """A block of answers cut out and pasted over others."""
    rows = book.rows()
    places = [place for column in book.form.answers if (place := book.column(column)) is not None]
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
    for row in [row for row in rows if start < row <= start + random.randint(1, 5)]:
        for at in (book.column(column) for column in book.form.answers):
            source, cell = (sheet.cells.get((r, -1 if at is None else at)) for r in (start, row))
            if not (source and cell and source.tag and cell.tag) or source.formula or source.tag[1] != cell.tag[1]:
                continue
            number, column = cell.tag
            if column == "planned_month" and not book.form.item(number).planned_month:
                continue
            cell.value, cell.formula, cell.style, cell.runs = source.value, None, source.style, source.runs
            meaning = book.truth[source.tag[0]][column]
            if meaning is LOST and (source.over or source.value in (None, "")):
                meaning, _ = meanings(column, str(source.value or ""))  # what lies over or beside it is not copied
            book.say(number, column, meaning)
            book.together.pop(cell.tag, None)
            if source.tag in book.together:
                book.together[cell.tag] = book.together[source.tag]


@mutator("cells")
def answers_lost_in_merges(book: Book, random: Random) -> None:
    """Answer cells merged down and across: only the first keeps what it held."""
    sheet, rows = book.sheet, book.rows()
    for row in some_rows(book, random):
        columns = [at for column in CHOICES if (at := book.column(column)) is not None]
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
                book.merged_away |= {cell.tag} if cell.tag and cell.tag[1] in book.form.answers else set()
        sheet.merges.append((row, left, row + down, left + across))
