"""What happens to the marks that tell the items: codes, numbers, wordings, points."""

from random import Random

from damage.book import Book
from damage.registry import mutator


def clear(book: Book, column: str) -> None:
    for number in range(1, len(book.form.items) + 1):
        place = book.place(number, column)
        if place:
            book.sheet.cells[place].value = None


@mutator("marks", harmless=True)
def numbers_redrawn(book: Book, random: Random) -> None:
    """序号 numbered anew from the top, whatever stands beside it."""
    place = book.column("number")
    if place is not None:
        for number, row in enumerate(book.rows(), start=1):
            book.sheet.at(row, place).value = float(number)


@mutator("marks", harmless=True)
def numbers_as_text(book: Book, random: Random) -> None:
    """序号 turned into text, full-width here and there, some gone."""
    for number in range(1, len(book.form.items) + 1):
        place = book.place(number, "number")
        if place and random.random() < 0.6:
            text = str(number)
            wide = text.translate({48 + n: 0xFF10 + n for n in range(10)})
            book.sheet.cells[place].value = random.choice([text, f" {text}", wide, None])


@mutator("marks")
def wordings_altered(book: Book, random: Random) -> None:
    """Wordings edited: a word added, cut off, typing faults."""
    for number in random.sample(range(1, len(book.form.items) + 1), min(5, len(book.form.items))):
        place = book.place(number, "text")
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
    rows, place = book.rows(), book.column("text")
    if place is None or len(rows) < 3:
        return
    start = random.choice(rows[:-2])
    for row in range(start + 1, start + random.randint(2, 3)):
        book.sheet.at(row, place).value = book.sheet.value(start, place)
        book.touched |= book.items_in({row})


@mutator("marks", harmless=True)
def points_altered(book: Book, random: Random) -> None:
    """Points of a few items changed."""
    for number in random.sample(range(1, len(book.form.items) + 1), 2):
        place = book.place(number, "points")
        if place:
            book.sheet.cells[place].value = random.choice([0.25, 1.5, 4.0])
            book.touched.add(number)


@mutator("marks", harmless=True)
def codes_cleared(book: Book, random: Random) -> None:
    """The hidden codes gone."""
    clear(book, "code")


@mutator("marks", harmless=True)
def numbers_cleared(book: Book, random: Random) -> None:
    """序号 gone."""
    clear(book, "number")


@mutator("marks", harmless=True)
def wordings_cleared(book: Book, random: Random) -> None:
    """All wordings gone."""
    clear(book, "text")
