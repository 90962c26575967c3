"""Answers written in words where nobody asks for one."""

from collections.abc import Callable
from random import Random

from damage.book import LOST, Book
from damage.columns import header_row
from damage.registry import mutator
from damage.rows import insert_rows_at, some_rows
from damage.seen import CLAIMS, blanked
from damage.sheet import Cell, Over, Sheet
from damage.values import put, some
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.fields import CHOICES


def _items(book: Book, random: Random) -> list[tuple[int, int]]:
    """A few rows with the item of each, from the last to the first."""
    rows = [(row, book.answered_in(row)) for row in some_rows(book, random) if row in book.item_rows()]
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


CATEGORY_CLAIMS = ("本类各项均已落实", "已全部落实", "已落实，9月", "均于9月完成，√")


@mutator("words")
def words_in_category_cells(book: Book, random: Random) -> None:
    """All answers of a category deleted and said in the cell with its name: 本类各项均已落实."""
    place = book.sheet.cells and min(column for _, column in book.sheet.cells)
    category = random.choice(book.form.categories)
    at = [(row, cell) for (row, column), cell in book.sheet.cells.items() if column == place and cell.value]
    named = [cell for _, cell in at if category.name in str(cell.value)]
    # All or none: of a category that is half answered the words may be a summary.
    cells = [book.answer_cells(name).get(item.number) for name in CHOICES for item in category.items]
    if named and all(cells):
        claim = random.choice(CATEGORY_CLAIMS)
        named[0].value = random.choice([f"{named[0].value}\n{claim}", f"{category.name}（{claim}）"])
        for item in category.items:
            blanked(book, item.number)


@mutator("words")
def remarks_about_others(book: Book, random: Random) -> None:
    """Answers deleted and said in 备注 of another item: 第3、5项已于9月落实, 以上各项均已落实."""
    remarks = [cell for cell in book.answer_cells("remark").values() if cell.tag and not cell.formula]
    items = sorted(number for _, number in _items(book, random))
    others = [cell for cell in remarks if cell.tag and cell.tag[0] not in items]
    if others and (items := [number for number in items if blanked(book, number)]):
        cell, claim = random.choice(others), _claim(random, items)
        put(book, cell, claim, claim)
        if cell.tag:
            book.tell(cell.tag, [(number, name) for number in items for name in CHOICES])


@mutator("words")
def ledgers_in_words(book: Book, random: Random) -> None:
    """Ledgers deleted and said in 备注 or behind the tick: 有台帐, √（有台帐）."""
    for cell in some(book, random, ("ledger",)):
        assert cell.tag
        number = cell.tag[0]
        done, remark = (book.answer_cells(name).get(number) for name in ("done", "remark"))
        if not (done and remark and done.value == TICK and not done.formula and book.truth[number]["done"] is True):
            continue
        put(book, cell, None, LOST)
        said = random.choice(["有台帐", "已建立台账", "台帐齐全", "有台账，在档案室"])
        if random.random() < 0.5 and (number, "done") not in book.together:
            done.value = random.choice(["√（有台帐）", "√\n有台账"])
            book.tell((number, "done"), [(number, "ledger")])
        else:
            put(book, remark, said, said)
            book.tell((number, "remark"), [(number, "ledger")])


@mutator("words")
def corrections_below(book: Book, random: Random) -> None:
    """Corrections below the table: 更正：第3项改为已落实, or rows with a number, a tick and a month alone."""
    sheet, numbers = book.sheet, book.column("number")
    row = sheet.last_row + 2
    sheet.at(row, 1).value = random.choice(["更正", "补充说明：", "更正如下"])
    plain = [n for n in book.truth if book.truth[n]["done"] is False and not book.truth[n]["done_month"]]
    for number in random.sample(plain, min(2, len(plain))):
        row += 1
        places = {name: book.column(name) for name in ("done", "done_month")}
        if numbers is not None and None not in places.values() and random.random() < 0.5:
            sheet.at(row, numbers).value = float(number)
            for name, text in {"done": TICK, "done_month": "9月"}.items():
                sheet.at(row, places[name] or 0).value = text
        else:
            said = random.choice(["第{}项改为已落实", "第{}项应为√，9月", "更正：第{}项已于9月落实"])
            sheet.at(row, 1).value = said.format(number)
        for name in ("done", "done_month", "planned", "planned_month"):
            book.say(number, name, LOST)


@mutator("words")
def claims_in_headings(book: Book, random: Random) -> None:
    """Answers deleted and said in the row of headings or below them: 落实月份（以下均已于9月落实）."""
    header = header_row(book)
    items = [number for _, number in _items(book, random) if blanked(book, number)] if header is not None else []
    if header is None or not items:
        return
    place = book.column(random.choice(["text", "done_month", "score"]))
    if place is not None and random.random() < 0.5 and book.sheet.value(header, place):
        book.sheet.at(header, place).value = f"{book.sheet.value(header, place)}（以下未填的均已于9月落实）"
    else:
        insert_rows_at(book, header + 1)
        book.sheet.at(header + 1, 1).value = random.choice(["以下各项已于9月落实", _claim(random, items)])


@mutator("words")
def claims_beside_signatures(book: Book, random: Random) -> None:
    """Answers deleted and said in the row of the total or where people sign: 填表人：张三（以上未填的均已落实）."""
    below = [
        cell
        for (row, _), cell in sorted(book.sheet.cells.items())
        if row > book.rows()[-1] and isinstance(cell.value, str) and cell.value.strip() and not cell.formula
    ]
    if below and (items := [number for _, number in _items(book, random) if blanked(book, number)]):
        cell = random.choice(below[:4])
        cell.value = f"{cell.value}（{_claim(random, items)}）"


@mutator("words")
def words_on_another_sheet(book: Book, random: Random) -> None:
    """Answers deleted and said on a sheet of its own: 第3、5项已于9月落实."""
    if items := sorted(number for _, number in _items(book, random) if blanked(book, number)):
        name = next(name for name in ("补充说明", "说明2", "其他") if name not in {one.name for one in book.sheets})
        book.sheets.append(Sheet(name, {(0, 0): Cell("补充说明"), (2, 1): Cell(_claim(random, items))}))


@mutator("words")
def answers_said_to_be_elsewhere(book: Book, random: Random) -> None:
    """Answers deleted, and a line or a text box below the table that says where they are: 未填的见附表."""
    if [number for _, number in _items(book, random) if blanked(book, number)]:
        cell = book.sheet.at(book.sheet.last_row + 2, 1)
        text = random.choice(["落实情况见附表", "其他情况另附表", "未填项目详见附件"])
        if random.random() < 0.5:
            cell.value = text
        else:
            cell.over = (Over("shape", text),)


def _claim(random: Random, items: list[int]) -> str:
    listed = "、".join(map(str, items))
    which = random.choice([f"第{listed}项", f"序号{listed}", "以上未填的各项均"])
    return which + random.choice(["已落实", "已于9月落实"])


@mutator("words")
def answers_in_words_around(book: Book, random: Random) -> None:
    """Answers deleted and written as words instead: in 备注, over the hint, over the self-score, beside the table."""
    for row in some_rows(book, random):
        for number in book.answered_in(row):
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
