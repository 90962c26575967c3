"""Answers written in words where nobody asks for one."""

from collections.abc import Callable
from random import Random

from damage.book import LOST, Book
from damage.columns import header_row
from damage.registry import mutator
from damage.rows import insert_rows_at, some_rows
from damage.seen import CLAIMS, blanked
from sanjin_xl.model.fields import CHOICES


def _items(book: Book, random: Random) -> list[tuple[int, int]]:
    """A few rows with the item of each, from the last to the first."""
    rows = [(row, book.items_in({row})) for row in some_rows(book, random) if row in book.item_rows()]
    return [(row, min(items)) for row, items in reversed(rows) if len(items) == 1]


@mutator("words")
def words_over_printed_cells(book: Book, random: Random) -> None:
    """Answers deleted and written over 序号 or the points, or behind the wording."""
    for row, number in _items(book, random):
        name = random.choice(["number", "points", "text"])
        place = book.column(name)
        if place is not None and blanked(book, number):
            cell, claim = book.sheet.at(row, place), random.choice(CLAIMS)
            cell.value = f"{cell.value or ''}（{claim}）" if name == "text" else claim


@mutator("words")
def words_below(book: Book, random: Random) -> None:
    """Answers deleted and said below the table: 第3、5项已于9月落实, 以上各项均已落实."""
    _say(book, random, lambda: book.sheet.last_row + 2)


@mutator("words")
def words_above(book: Book, random: Random) -> None:
    """Answers deleted and said above the headings."""
    header = header_row(book)
    if header:
        insert_rows_at(book, header)
        _say(book, random, lambda: header)


def _say(book: Book, random: Random, row: Callable[[], int]) -> None:
    items = sorted(number for _, number in _items(book, random) if blanked(book, number))
    if items:
        which = (
            f"第{'、'.join(map(str, items))}项"
            if random.random() < 0.7
            else random.choice(["以上各项均", "本表各项都"])
        )
        book.sheet.at(row(), 1).value = which + random.choice(["已落实", "已于9月落实"])


@mutator("words")
def words_between_rows(book: Book, random: Random) -> None:
    """Answers deleted and said in a row of their own below the item."""
    place = book.column(random.choice(["text", "number", "points"]))
    for row, number in _items(book, random):
        if place is not None and blanked(book, number):
            insert_rows_at(book, row + 1)
            book.sheet.at(row + 1, place).value = random.choice(
                ["上项已于9月落实", "（已落实，9月）", "√ 9月", "以上已完成"]
            )


@mutator("words")
def answers_in_words_around(book: Book, random: Random) -> None:
    """Answers deleted and written as words instead: in 备注, over the hint, over the self-score, beside the table."""
    for row in some_rows(book, random):
        for number in book.items_in({row}):
            cells = {cell.tag[1]: cell for cell in book.sheet.cells.values() if cell.tag and cell.tag[0] == number}
            if not cells.keys() >= {*book.form.answers, "hint", "score"} or book.truth[number]["done"] is not True:
                continue
            for name in CHOICES:
                cells[name].value, cells[name].formula = None, None
                book.truth[number][name] = LOST if book.truth[number][name] else book.truth[number][name]
            where = random.choice(["remark", "hint", "score", "beside"])
            target = book.sheet.at(row, book.sheet.last_column + 2) if where == "beside" else cells[where]
            target.value, target.formula = random.choice(["已落实", "√ 9月", "已于9月完成", "9月已开展"]), None
            if where == "remark":
                book.truth[number]["remark"] = target.value
            book.touched.add(number)
            book.worded.add(number)
