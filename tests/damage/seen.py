"""What a person sees of an answer and is no value: drawn over the cell, struck out, invisible, coloured, commented."""

from random import Random

from damage.book import LOST, Book, pair_of
from damage.registry import mutator
from damage.sheet import Cell, Over
from damage.styles import add_style
from damage.values import put, some
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.fields import CHOICES, MONTHS, TICKS

FEW = 3
CLAIMS = ("已落实", "已于9月落实", "√ 9月", "9月已完成", "√", "拟12月完成")


def _plain(book: Book, random: Random, columns: tuple[str, ...], *, filled: bool | None = None) -> list[Cell]:
    """A few cells as they were issued or filled in, filled or blank ones where it matters."""
    found = some(book, random, columns, 60)
    usual = [one for one in found if not (one.formula or one.over or one.runs) and isinstance(one.value, str | None)]
    return [one for one in usual if filled is None or bool(one.value) is filled][:FEW]


def blanked(book: Book, number: int) -> bool:
    """Delete all choices of an item, which are then known from elsewhere alone; False where some cannot be found."""
    cells = {name: book.answer_cells(name).get(number) for name in CHOICES}
    if not all(cells.values()):
        return False
    for cell in cells.values():
        if cell and cell.tag:
            # Whatever is said elsewhere, a month that the form does not ask for is none.
            put(book, cell, None, LOST if book.form.item(number).asks(cell.tag[1]) else ())
    book.worded.add(number)
    return True


@mutator("seen")
def marks_drawn(book: Book, random: Random) -> None:
    """Text boxes, shapes, pictures, ink and check boxes over cells for ticks, beside nothing or another mark."""
    for cell in _plain(book, random, TICKS):
        if cell.tag and (cell.tag[0], pair_of(cell.tag[1])) in book.together:  # the cell beside it says it too
            continue
        kind = random.choice(["shape", "shape", "picture", "ink", "box"])
        text = random.choice([TICK, "有", "已落实", "9月", ""]) if kind == "shape" else random.choice(["", TICK])
        if random.random() < 0.7 or kind == "box":
            put(book, cell, None if text or kind != "box" else TICK, LOST)
        elif cell.value != TICK or text not in (TICK, "有", "已落实"):
            put(book, cell, cell.value, LOST)
        cell.over = (Over(kind, text),)


@mutator("seen")
def words_drawn_beside(book: Book, random: Random) -> None:
    """Answers deleted and written into text boxes instead: over the hint, the wording, or beside the table."""
    for row in random.sample(sorted(book.item_rows()), min(FEW, len(book.item_rows()))):
        where = random.choice(["text", "hint", "score", "beside"])
        place = book.sheet.last_column + 2 if where == "beside" else book.column(where)
        for number in book.answered_in(row):
            if place is not None and blanked(book, number):
                book.sheet.at(row, place).over = (Over("shape", random.choice(CLAIMS)),)


@mutator("seen")
def words_drawn_below(book: Book, random: Random) -> None:
    """Answers deleted and said in a text box below the table: 第3项已于9月落实, 以上各项均已落实."""
    number = random.choice(sorted(book.truth))
    if blanked(book, number):
        which = random.choice([f"第{number}项", "以上各项均"])
        book.sheet.at(book.sheet.last_row + 3, 2).over = (Over("shape", f"{which}已于9月落实"),)


@mutator("seen")
def struck_out(book: Book, random: Random) -> None:
    """Answers struck out, as a whole or in part."""
    style = add_style(book, font='<strike/><sz val="11"/><name val="宋体"/>')
    for cell in _plain(book, random, (*TICKS, *MONTHS), filled=True):
        text = str(cell.value)
        if random.random() < 0.5 or len(text) < 2 or text != text.strip():
            cell.style = style
        else:
            cell.runs = (("<strike/>", text[:1]), ("", text[1:]))
        put(book, cell, text, LOST)


@mutator("seen")
def crossed_out_by_a_diagonal(book: Book, random: Random) -> None:
    """Answers crossed out by a diagonal border."""
    style = add_style(book, border='diagonalUp="1"><left/><right/><top/><bottom/><diagonal style="thin"/>')
    for cell in _plain(book, random, (*TICKS, *MONTHS), filled=True):
        cell.style = style
        put(book, cell, cell.value, LOST)


@mutator("seen")
def arrows_drawn_down(book: Book, random: Random) -> None:
    """An arrow or a brace drawn from one tick down over the blank ones below it."""
    rows, place = book.rows(), book.column("done")
    if place is None or len(rows) < 6:
        return
    start, count = random.choice(rows[:-5]), random.randint(1, 4)
    while start + count in book.sheet.hidden_rows:
        count -= 1  # nobody can draw as far as into a row that is not shown
    top, tags = book.sheet.at(start, place), book.sheet.tags()
    numbers = [number for number in book.truth if start < tags.get((number, "done"), (0, 0))[0] <= start + count]
    if top.value == TICK and not top.over and [number for number in numbers if blanked(book, number)]:
        top.over = (Over("shape", down=count),)
        if top.tag:
            put(book, top, TICK, LOST)


@mutator("seen")
def unseen(book: Book, random: Random) -> None:
    """Answers that nobody can see: in white, in a type of one point, shown by no format, or by one in white."""
    styles = [
        add_style(book, font='<sz val="11"/><color rgb="FFFFFFFF"/><name val="宋体"/>'),
        add_style(book, font='<sz val="1"/><name val="宋体"/>'),
        add_style(book, shows=";;;"),
        add_style(book, shows=random.choice(["[White]@", "General;General;General;[Color 2]@"])),
        add_style(book, font='<sz val="11"/><name val="宋体"/>', fill="FF000000"),  # black, as it says no colour
    ]
    for cell in _plain(book, random, (*TICKS, *MONTHS), filled=True):
        cell.style = random.choice(styles)
        put(book, cell, cell.value, LOST)


@mutator("seen")
def marks_by_format(book: Book, random: Random) -> None:
    """Numbers that a format shows as marks or months: 1 as √, 9 as 9月, and 0 as √, √ as ×, 9 as 8月."""
    ticks: list[tuple[float | str, str, object]] = [
        (1.0, '"√";;"×"', True),
        (0.0, '"√";;"×"', False),
        (0.0, '"√";;"√"', LOST),
        (1.0, '"无"', LOST),
        (TICK, ';;;"×"', LOST),
    ]
    months: list[tuple[float | str, str, object]] = [
        (9.0, '0"月"', (9,)),
        (9.0, '"8月"', LOST),
        ("9月", ';;;"8月"', LOST),
    ]
    for cell in _plain(book, random, (*TICKS, *MONTHS)):
        assert cell.tag
        value, shows, meaning = random.choice(ticks if cell.tag[1] in TICKS else months)
        put(book, cell, value, meaning)
        cell.style = add_style(book, shows=shows)


@mutator("seen")
def colours_for_ticks(book: Book, random: Random) -> None:
    """Cells coloured instead of ticked."""
    style = add_style(book, fill=random.choice(["ffffff00", "ff92d050", "ffff0000"]))
    for cell in _plain(book, random, ("done",)) or _plain(book, random, ("ledger",)):
        put(book, cell, None, LOST)
        cell.style = style


@mutator("seen")
def runs_of_symbols(book: Book, random: Random) -> None:
    """A tick of which the font of symbols is that of a run of its text, not of the cell."""
    for cell in _plain(book, random, TICKS):
        font, letter = random.choice(
            [("Wingdings 2", "R"), ("Wingdings 2", "P"), ("Wingdings", "ü"), ("Wingdings", "þ")]
        )
        put(book, cell, letter, True)
        cell.runs = ((f'<rFont val="{font}"/>', letter),)


@mutator("seen")
def answers_in_comments(book: Book, random: Random) -> None:
    """Answers deleted and written into comments instead."""
    for number in random.sample(sorted(book.truth), min(FEW, len(book.truth))):
        cell = book.answer_cells(random.choice(["done", "done_month", "ledger"])).get(number)
        if cell and blanked(book, number):
            cell.over = (Over("comment", random.choice(CLAIMS)),)
            # With its column the comment goes, and that this is missing is asked about.
            book.stood |= {(number, name): cell.tag[1] for name in CHOICES if cell.tag}


@mutator("seen", harmless=True)
def comments_beside_answers(book: Book, random: Random) -> None:
    """Comments on cells of answers that say nothing about them."""
    for cell in _plain(book, random, (*TICKS, "remark")):
        cell.over = (Over("comment", random.choice(["请核对", "材料在档案室", "王五：此项由基层股负责"])),)
