"""What happens to sheets as a whole, and to what stands around the table."""

import re
from copy import deepcopy
from random import Random

from damage.book import LOST, Book, unzipped
from damage.columns import header_row
from damage.registry import mutator
from damage.rows import some_rows
from damage.sheet import Cell, Place, Sheet
from sanjin_xl.model.fields import CHOICES, TICKS
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, UNIT_VALUE, Span, layout_of

NAMES = ("Sheet1", "三进表", "完成情况表 (2)", "填报表（终稿）", "完成情况 表")


def bare(name: str, sheet: Sheet) -> Sheet:
    """What is left of a sheet when its values are pasted elsewhere."""
    sheet.recalculate()
    # A blank answer is still a place of which the truth is known.
    kept = {place: cell for place, cell in sheet.cells.items() if cell.tag or cell.value not in (None, "")}
    return Sheet(name, {place: Cell(cell.value, tag=cell.tag, of=cell.of) for place, cell in kept.items()})


def twin(sheet: Sheet, name: str) -> Sheet:
    """A copy of a sheet in the same workbook."""
    copy = deepcopy(sheet)
    copy.name = name
    for cell in copy.cells.values():
        cell.tag, cell.of = None, cell.tag or cell.of
    return copy


@mutator("sheets", harmless=True)
def sheet_renamed(book: Book, random: Random) -> None:
    """The sheet renamed."""
    taken = {sheet.name for sheet in book.sheets}
    book.sheet.name = random.choice([name for name in NAMES if name not in taken])


@mutator("sheets")
def sheet_hidden(book: Book, random: Random) -> None:
    """The filled sheet hidden, beside a blank copy of it or the guide alone: nobody sees what is read."""
    if random.random() < 0.5:
        copy = twin(book.sheet, "上报表")
        for cell in copy.cells.values():
            if cell.of and cell.of[1] in book.form.answers:
                cell.value, cell.formula, cell.over, cell.runs = None, None, (), ()
        add(book, random, copy)
    book.sheet.state = "hidden"
    for number in book.truth:
        for name in book.form.answers:
            book.say(number, name, LOST)


@mutator("sheets", harmless=True)
def among_strangers(book: Book, random: Random) -> None:
    """Other sheets in the workbook, before and after it: a list of staff, a diary, a blank one."""
    for name in random.sample(["人员名单", "工作日志", "Sheet2", "汇总"], random.randint(1, 3)):
        cells = {(0, 0): Cell("序号"), (0, 1): Cell("姓名"), (0, 2): Cell("备注")}
        for row in range(1, random.randint(2, 60)):
            cells |= {(row, 0): Cell(float(row)), (row, 1): Cell(random.choice(["张三", "李四"])), (row, 2): Cell("√")}
        add(book, random, Sheet(name, cells))


@mutator("sheets", harmless=True)
def sheet_copied(book: Book, random: Random) -> None:
    """The sheet copied within the workbook, both with the same answers."""
    add(book, random, twin(book.sheet, "完成情况表 (2)"))


@mutator("sheets")
def sheet_copied_and_changed(book: Book, random: Random) -> None:
    """The sheet copied, and one of the two filled in differently."""
    copy = twin(book.sheet, random.choice(["完成情况表 (2)", "修改稿"]))
    places = book.sheet.tags()
    for number in random.sample(range(1, len(book.form.items) + 1), 4):
        place = places.get((number, "done"))
        if place:
            cell = copy.at(*place)
            cell.value, cell.formula = None if cell.value else "√", None
            book.touched.add(number)
    add(book, random, copy)


@mutator("sheets")
def split_in_two(book: Book, random: Random) -> None:
    """The table split: the second half of the items on a sheet of its own, under the same headings."""
    rows, header = book.rows(), header_row(book)
    if len(rows) < 8 or header is None:
        return
    half = rows[random.randint(len(rows) // 4, len(rows) * 3 // 4)]
    book.keep_values()
    book.sheet.recalculate()
    top = {place: cell.copy() for place, cell in book.sheet.cells.items() if place[0] <= header}
    rest = {place: book.sheet.cells.pop(place) for place in list(book.sheet.cells) if half <= place[0] <= rows[-1]}
    book.sheet.merges = [merge for merge in book.sheet.merges if merge[2] < half]
    other = Sheet("续表", {**top, **{(row - half + header + 1, c): cell for (row, c), cell in rest.items()}})
    for cell in other.cells.values():
        cell.formula = None
        if cell.tag:
            book.touched.add(cell.tag[0])
    add(book, random, other)


@mutator("sheets", harmless=True)
def two_lists_of_items(book: Book, random: Random) -> None:
    """A second sheet lists all items again, without any answers: a checklist of the county's own."""
    cells = {(0, 0): Cell("序号"), (0, 1): Cell("内容"), (0, 2): Cell("责任人")}
    for row, item in enumerate(book.form.items, start=1):
        cells |= {(row, 0): Cell(float(row)), (row, 1): Cell(item.text), (row, 2): Cell("张三")}
    add(book, random, Sheet("任务分解", cells))


def add(book: Book, random: Random, sheet: Sheet) -> None:
    taken = {one.name for one in book.sheets}
    while sheet.name in taken:
        sheet.name += "1"
    book.sheets.append(sheet)
    if random.random() < 0.5:
        book.order.append(len(book.sheets) - 1)


@mutator("sheets")
def values_pasted(book: Book, random: Random) -> None:
    """Values pasted into an empty workbook, codes included: no styles, locks, formulas, no stamp but the one seen."""
    _paste_values(book, book.sheet.last_column)


@mutator("sheets")
def seen_values_pasted(book: Book, random: Random) -> None:
    """Values pasted into an empty workbook without the hidden codes."""
    code = book.column("code")
    _paste_values(book, book.sheet.last_column if code is None else code - 1)


def _paste_values(book: Book, last: int) -> None:
    book.keep_values()
    sheet = bare("Sheet1", book.sheet)
    gone = [cell.tag for place, cell in sheet.cells.items() if place[1] > last and cell.tag]
    sheet.cells = {place: cell for place, cell in sheet.cells.items() if place[1] <= last}
    book.lose([tag for tag in gone if tag[1] in book.form.answers])
    book.sheets[0] = sheet
    parts = unzipped(_empty_workbook())
    parts.pop("xl/worksheets/sheet1.xml")
    parts.pop("xl/sharedStrings.xml", None)
    book.parts, book.strings = parts, []


def _empty_workbook() -> bytes:
    from io import BytesIO

    import xlsxwriter

    target = BytesIO()
    with xlsxwriter.Workbook(target) as empty:
        empty.add_worksheet("Sheet1").write_string(0, 0, "x")
    return target.getvalue()


@mutator("sheets", harmless=True)
def protection_removed(book: Book, random: Random) -> None:
    """The sheet's protection taken off."""
    book.sheet.after = re.sub(r"<sheetProtection[^>]*/>", "", book.sheet.after)


@mutator("sheets", harmless=True)
def scores_overwritten(book: Book, random: Random) -> None:
    """Self-scores typed over their formulas."""
    for cell in book.answer_cells("score").values():
        if random.random() < 0.2:
            cell.formula, cell.value = None, 1.0


@mutator("sheets", harmless=True)
def total_overwritten(book: Book, random: Random) -> None:
    """Another total typed over the sum."""
    place, rows = book.column("score"), book.rows()
    cell = book.sheet.cells.get((rows[-1] + 1, place)) if place is not None else None
    if cell:
        cell.formula, cell.value = None, 98.5


@mutator("sheets", harmless=True)
def notes_around(book: Book, random: Random) -> None:
    """Notes to the right of the table, below it, and a small numbered list under the sign-off."""
    sheet = book.sheet
    for row in some_rows(book, random):
        sheet.at(row, sheet.last_column + 2).value = "此项请核对"
        # Where nothing is filled in, what stands beside it may be the answer.
        blank = {n for n in book.items_in({row}) if not any(book.truth[n][name] for name in CHOICES)}
        book.touched |= blank
    below = sheet.last_row + 2
    for n in range(1, random.randint(2, 5)):
        sheet.at(below + n, 1).value = float(n)
        sheet.at(below + n, 2).value = random.choice(["本表一式两份，一份报市局。", "联系人：小王", "以上情况属实。"])


def head_cell(book: Book, span: Span) -> Place:
    return HEAD_ROW, layout_of(book.form).columns(span)[0]


@mutator("sheets", harmless=True)
def head_changed(book: Book, random: Random) -> None:
    """The unit cell cleared, shortened or misspelt, the date cleared."""
    cell = book.sheet.cells.get(head_cell(book, UNIT_VALUE))
    if cell:
        cell.value = random.choice([None, "司法局", "东源", "东源县司法局基层股", "河源市东源县司法局"])
    date = book.sheet.cells.get(head_cell(book, DATE_VALUE))
    if date and random.random() < 0.5:
        date.value = None


@mutator("sheets")
def head_of_another_unit(book: Book, random: Random) -> None:
    """The unit cell names another county."""
    cell = book.sheet.cells.get(head_cell(book, UNIT_VALUE))
    if cell:
        cell.value = "紫金县司法局"


@mutator("sheets", harmless=True)
def title_deleted(book: Book, random: Random) -> None:
    """Rows above the headings deleted: the title, the head, or all of them."""
    header = header_row(book)
    if header:
        count = random.randint(1, header)
        first = random.randint(0, header - count)
        kept = range(first, first + count)
        book.move(lambda p: None if p[0] in kept else (p[0] - count, p[1]) if p[0] >= first else p)


@mutator("sheets", harmless=True)
def table_moved(book: Book, random: Random) -> None:
    """The whole table cut out and pasted elsewhere, such as at D10."""
    down, across = random.randint(0, 12), random.randint(0, 5)
    book.move(lambda place: (place[0] + down, place[1] + across))


@mutator("sheets", harmless=True)
def tick_counts_below(book: Book, random: Random) -> None:
    """Counts of ticks written under the answer columns."""
    rows = book.rows()
    for column in TICKS:
        place = book.column(column)
        if place is not None and book.truth[1][column] is not LOST:
            book.sheet.at(rows[-1] + 1, place).value = f"共{random.randint(20, 90)}项"
