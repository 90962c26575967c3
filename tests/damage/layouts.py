"""The form handed in in another shape than it was issued in, and answers written where no answer is asked."""

from collections.abc import Mapping
from random import Random

from damage.book import LOST, Book
from damage.columns import header_row
from damage.registry import mutator
from damage.sheet import Cell, Place, Sheet
from damage.sheets import add, bare, head_cell, twin
from sanjin_xl.messages import template as words
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.fields import MONTHS, TICKS
from sanjin_xl.model.layout import PERIOD_VALUE, UNIT_VALUE


def _plain_cells(book: Book) -> dict[int, dict[str, Cell]]:
    """The cells of every item by column, as plain values; nothing where some were lost, or never calculated.

    What was never calculated is blank once it is pasted as a value: no reader can tell what it was to be.
    """
    if any(cell.tag and cell.formula and cell.value is None for cell in book.sheet.cells.values()):
        return {}
    book.keep_values()
    book.sheet.recalculate()
    found: dict[int, dict[str, Cell]] = {}
    for cell in book.sheet.cells.values():
        if cell.tag:
            found.setdefault(cell.tag[0], {})[cell.tag[1]] = cell
    whole = {"number", "text", *book.form.answers}
    usual = all(whole <= cells.keys() for cells in found.values()) and len(found) == len(book.form.items)
    return dict(sorted(found.items())) if usual else {}


@mutator("layouts")
def one_status_column(book: Book, random: Random) -> None:
    """One column 落实情况 for ticks and months: 已落实（9月）, 拟12月落实, 未落实, on a sheet of the county's own."""
    cells = _plain_cells(book)
    plain = {TICK, "", None}
    if not cells or any(row[name].value not in plain for row in cells.values() for name in ("done", "planned")):
        return
    heads = ("序号", "内容、标准", random.choice(["落实情况", "完成情况"]), "台帐", "备注")
    own: dict[Place, Cell] = {(2, n): Cell(head) for n, head in enumerate(heads)}
    for row, (number, one) in enumerate(cells.items(), start=3):
        values = one["number"].value, one["text"].value, _state(book, random, number, one), one["ledger"].value
        own |= {(row, n): Cell(value) for n, value in enumerate((*values, one["remark"].value))}
        book.touched.add(number)
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


def _state(book: Book, random: Random, number: int, typed: Mapping[str, Cell]) -> str:
    """What the county writes into the one column; what it does not write there it does not say."""
    truth, states = book.truth[number], {"done": ("已落实", "已"), "planned": ("拟落实", "拟")}
    said = [name for name in states if truth[name] is True]
    if not said:
        truth["done_month"] = truth["planned_month"] = ()
        return random.choice(["", "未落实"])
    if len(said) > 1:  # a contradiction, which stays one
        truth |= {name: LOST for pair in states for name in (pair, f"{pair}_month")}
        return "已落实，拟落实"
    (name,) = said
    other = "planned" if name == "done" else "done"
    truth[other], truth[f"{other}_month"] = False, ()
    word, short = states[name]
    months = truth[f"{name}_month"]
    if months == ():
        return word
    written = typed[f"{name}_month"].value
    when = "、".join(map(str, months)) + "月" if isinstance(months, tuple) else str("" if written is None else written)
    if name == "done" and when == "已完成":  # alone under the heading of months it is no month; here it says done twice
        truth[f"{name}_month"] = ()
    if not isinstance(months, tuple) or len(months) > 1:
        return f"{word}（{when}）"
    return random.choice([f"{word}（{when}）", f"{short}{when}落实", f"{when}{word}"])


def _own_sheet(book: Book, name: str, cells: dict[Place, Cell]) -> Sheet:
    """A sheet of the county's own, headed like the issued one."""
    unit = book.sheet.cells.get(head_cell(book, UNIT_VALUE))
    head = {(0, 0): Cell(book.form.title), (1, 0): Cell("填报单位："), (1, 1): Cell(unit.value if unit else None)}
    return Sheet(name, {**head, **cells})


@mutator("layouts", harmless=True)
def filled_on_an_own_sheet(book: Book, random: Random) -> None:
    """The issued sheet left blank, and all answers on a sheet of the county's own or on the guide."""
    copy = bare(random.choice(["上报", "填表说明（附表）", "Sheet1"]), book.sheet)
    if any(cell.formula and cell.tag and cell.tag[1] in book.form.answers for cell in book.sheet.cells.values()):
        return
    for cell in copy.cells.values():
        cell.of, cell.tag = cell.tag or cell.of, None
    for cell in book.sheet.cells.values():
        if cell.tag and cell.tag[1] in book.form.answers:
            cell.value = None
    book.sheet.recalculate()
    add(book, random, copy)


@mutator("layouts", harmless=True)
def last_quarter_beside(book: Book, random: Random) -> None:
    """Last quarter's table left in the workbook, filled in differently, and headed with its period."""
    copy = twin(book.sheet, random.choice(["二季度", "上季度", "完成情况表 (2)"]))
    period = copy.cells.get(head_cell(book, PERIOD_VALUE))
    if period is None or period.value != "2012年第三季度":
        return
    period.value = "2012年第二季度"
    for cell in copy.cells.values():
        if cell.of and cell.of[1] == "done":
            cell.value, cell.formula = None if cell.value else TICK, None
    add(book, random, copy)


@mutator("layouts", harmless=True)
def sheet_per_category(book: Book, random: Random) -> None:
    """A sheet of its own for every category, under the same headings, with or without running numbers of its own."""
    header = header_row(book)
    cells = _plain_cells(book)
    if header is None or not cells or len({place[0] for place in book.sheet.tags().values()}) != len(cells):
        return
    anew = random.random() < 0.5
    top = {place: cell.copy() for place, cell in book.sheet.cells.items() if place[0] <= header}
    rows = {number: place[0] for (number, _), place in book.sheet.tags().items()}
    sheets = []
    for category in book.form.categories:
        own = {place: cell.copy() for place, cell in top.items()}
        for n, item in enumerate(category.items, start=1):
            for (row, column), cell in list(book.sheet.cells.items()):
                if row == rows[item.number]:
                    own[header + n, column] = Cell(cell.value, tag=cell.tag)
            if anew and (number := next((c for c in own.values() if c.tag == (item.number, "number")), None)):
                number.value = float(n)
        sheets.append(Sheet(category.name, own))
    book.sheets[:1] = sheets


@mutator("layouts", harmless=True)
def wordings_wrapped(book: Book, random: Random) -> None:
    """A conversion from PDF: every wording spread over as many rows as it had lines, the answers in one of them."""
    cells = _plain_cells(book)
    if not cells:
        return
    fields = ("number", "text", "points", *book.form.answers)
    own: dict[Place, Cell] = {(2, n): Cell(book.form.fields[name].heading) for n, name in enumerate(fields)}
    row, width = 3, random.randint(8, 24)
    for number, one in cells.items():
        text = str(one["text"].value or "")
        lines = [text[n : n + width] for n in range(0, len(text), width)] or [""]
        at = row + random.randint(0, len(lines) - 1)
        own |= {(row + n, 1): Cell(line) for n, line in enumerate(lines)}
        own |= {
            (at, n): Cell(one[name].value if name in one else None) for n, name in enumerate(fields) if name != "text"
        }
        row += len(lines)
        book.touched.discard(number)
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


@mutator("layouts", harmless=True)
def two_up(book: Book, random: Random) -> None:
    """The second half of the items beside the first, under headings of their own: 序号 … 备注 | 序号 … 备注."""
    cells = _plain_cells(book)
    if len(cells) < 8:
        return
    _put_side_by_side(book, cells, 2, random.randint(0, 1), headed=2)


@mutator("layouts", harmless=True)
def several_up(book: Book, random: Random) -> None:
    """The items in three or four blocks side by side, headings above each of them or above the first alone."""
    cells = _plain_cells(book)
    if len(cells) < 30:
        return
    count, gap = random.randint(3, 4), random.randint(0, 1)
    _put_side_by_side(book, cells, count, gap, headed=count if random.random() < 0.5 else 1)


def _put_side_by_side(
    book: Book, cells: Mapping[int, Mapping[str, Cell]], count: int, gap: int, *, headed: int
) -> None:
    """The items in so many blocks with so many columns between two of them; the first `headed` have headings."""
    fields = ("number", "text", "points", *book.form.answers)
    size, step = -(-len(cells) // count), len(fields) + gap
    own = {
        (2, side * step + n): Cell(book.form.fields[name].heading)
        for side in range(headed)
        for n, name in enumerate(fields)
    }
    for n, one in enumerate(cells.values()):
        side, row = divmod(n, size)
        own |= {
            (3 + row, side * step + at): Cell(one[name].value if name in one else None)
            for at, name in enumerate(fields)
        }
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


@mutator("layouts")
def blocks_one_below_another(book: Book, random: Random) -> None:
    """Each category a block of its own below the one before, under headings in an order of its own, or counted anew."""
    cells = _plain_cells(book)
    if len(cells) < 30:
        return
    anew, pairs = random.random() < 0.5, [["done", "done_month"], ["planned", "planned_month"], ["ledger"], ["remark"]]
    own: dict[Place, Cell] = {}
    row = 2
    for category in book.form.categories:
        if not anew:
            random.shuffle(pairs)
        fields = ("number", "text", *(name for pair in pairs for name in pair), *book.form.extras)
        own[row, 0] = Cell(category.name)
        own |= {(row + 1, n): Cell(book.form.fields[name].heading) for n, name in enumerate(fields)}
        for place, item in enumerate(category.items, start=1):
            one = cells[item.number]
            own |= {(row + 1 + place, n): Cell(one[name].value) for n, name in enumerate(fields)}
            if anew:
                own[row + 1 + place, 0] = Cell(float(place))
        row += len(category.items) + 3
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


_OTHER_HEADINGS = {
    "done": ("是否落实", "已完成", "已落实情况", "已落实（打√）"),
    "done_month": ("落实时间", "完成月份", "已落实月份", "月份"),
    "planned": ("是否拟落实", "拟完成", "拟落实情况", "拟落实（打√）"),
    "planned_month": ("拟落实时间", "计划完成时间", "月份", "计划时间"),
    "ledger": ("有无台账", "是否有台帐", "台帐建立情况", "台账"),
    "remark": ("说明", "备注说明", "其他", "情况说明"),
}


@mutator("layouts", harmless=True)
def headed_in_other_words(book: Book, random: Random) -> None:
    """The form typed anew under headings of the county's own, in one row or in two."""
    cells = _plain_cells(book)
    if not cells or book.form.extras:
        return
    fields = ("number", "text", *book.form.answers)
    heads = {name: random.choice(texts) for name, texts in _OTHER_HEADINGS.items()}
    two, row = random.random() < 0.3, 2
    own = {(row, n): Cell({"number": "序号", "text": "工作内容", **heads}[name]) for n, name in enumerate(fields)}
    if two:
        own |= {
            (row, 2): Cell("已落实内容及时间"),
            (row, 4): Cell("拟落实内容及时间"),
            (row, 3): Cell(None),
            (row, 5): Cell(None),
        }
        row += 1
        own |= {(row, n): Cell(text) for n, text in enumerate(("已落实", "月份", "拟落实", "月份"), start=2)}
    for at, one in enumerate(cells.values(), start=row + 1):
        own |= {(at, n): Cell(one[name].value) for n, name in enumerate(fields)}
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


@mutator("layouts")
def transposed(book: Book, random: Random) -> None:
    """Rows and columns exchanged: every item is a column."""
    cells = _plain_cells(book)
    if not cells:
        return
    fields = ("number", "text", *book.form.answers)
    own: dict[Place, Cell] = {(n + 2, 0): Cell(book.form.fields[name].heading) for n, name in enumerate(fields)}
    for column, one in enumerate(cells.values(), start=1):
        own |= {(n + 2, column): Cell(one[name].value) for n, name in enumerate(fields)}
    book.sheets[0] = _own_sheet(book, "Sheet1", own)
    book.touched |= set(book.truth)


@mutator("layouts", harmless=True)
def filled_on_the_guide(book: Book, random: Random) -> None:
    """The issued sheet left blank, and the table with all answers pasted below the guide, 填表说明."""
    answers = [cell for cell in book.sheet.cells.values() if cell.tag and cell.tag[1] in book.form.answers]
    if any(cell.formula for cell in answers) or words.GUIDE_SHEET in {sheet.name for sheet in book.sheets}:
        return
    guide = Sheet(words.GUIDE_SHEET, {(n, 1): Cell(text) for n, text in enumerate(("填表说明", "一、凡已落实的打√。"))})
    for (row, column), cell in bare("", book.sheet).cells.items():
        guide.cells[row + 4, column] = Cell(cell.value, of=cell.tag or cell.of)
    for cell in answers:
        cell.value, cell.runs = None, ()
    book.sheet.recalculate()
    book.replace_guide(guide)


@mutator("layouts", harmless=True)
def split_in_many(book: Book, random: Random) -> None:
    """The table split over three to six sheets of as many items each, under the same headings."""
    header, cells = header_row(book), _plain_cells(book)
    rows = {number: row for (number, _), (row, _) in book.sheet.tags().items()}
    if header is None or not cells or len(set(rows.values())) != len(cells) or len(cells) < 30:
        return
    numbers = list(cells)
    size = len(numbers) // random.randint(3, 6) + 1
    top = {place: cell.copy() for place, cell in book.sheet.cells.items() if place[0] <= header}
    sheets = []
    for start in range(0, len(numbers), size):
        own = {place: cell.copy() for place, cell in top.items()}
        target = {rows[number]: header + n for n, number in enumerate(numbers[start : start + size], start=1)}
        for (row, column), cell in book.sheet.cells.items():
            if row in target:
                own[target[row], column] = Cell(cell.value, tag=cell.tag)
        sheets.append(Sheet(f"第{start // size + 1}页", own))
    book.sheets[:1] = sheets


@mutator("layouts")
def split_by_columns(book: Book, random: Random) -> None:
    """Ticks of what is done on one sheet, plans and ledgers on another, each beside 序号 and wordings."""
    cells = _plain_cells(book)
    if not cells:
        return
    sides = (("done", "done_month"), ("planned", "planned_month", "ledger", "remark", *book.form.extras))
    sheets = []
    for sheet_name, side in zip(("已落实", "拟落实"), sides, strict=True):
        fields = ("number", "text", "points", *side)
        own = {(2, n): Cell(book.form.fields[name].heading) for n, name in enumerate(fields)}
        for row, one in enumerate(cells.values(), start=3):
            own |= {(row, n): Cell(one[name].value if name in one else None) for n, name in enumerate(fields)}
        sheets.append(_own_sheet(book, sheet_name, own))
    book.touched |= set(book.truth)
    book.sheets[:1] = sheets


@mutator("layouts", harmless=True)
def last_quarter_below(book: Book, random: Random) -> None:
    """Last quarter's table kept on the same sheet, beside this one or below it, under a line that says which it is."""
    sheet = book.sheet
    beside = random.random() < 0.5
    down, across = (0, sheet.last_column + 2) if beside else (sheet.last_row + 3, 0)
    for (row, column), cell in list(sheet.cells.items()):
        value = None if cell.tag and cell.tag[1] == "done" and cell.value else cell.value
        sheet.cells[row + down, column + across] = Cell(value)
    row, column = head_cell(book, PERIOD_VALUE)
    sheet.at(row + down, column + across).value = "2012年第二季度"
    book.touched |= set(book.truth)


@mutator("layouts", harmless=True)
def one_column_of_months(book: Book, random: Random) -> None:
    """One column of months for what is done and what is planned alike: 已落实 | 拟落实 | 时间."""
    cells = _plain_cells(book)
    if (
        not cells
        or book.form.extras
        or not any(one["done"].value and one["done_month"].value for one in cells.values())
    ):
        return
    for one in cells.values():
        ticked = [name for name in ("done", "planned") if one[name].value == TICK]
        other = [one[name].value for name in ("done", "planned") if name not in ticked]
        strays = [one[f"{name}_month"].value for name in ("done", "planned") if name not in ticked]
        if len(ticked) > 1 or any(other) or any(strays):
            return
    heads = (
        "序号",
        "内容、标准",
        "已落实",
        "拟落实",
        random.choice(["时间", "月份", "落实（拟落实）时间"]),
        "台帐",
        "备注",
    )
    own: dict[Place, Cell] = {(2, n): Cell(head) for n, head in enumerate(heads)}
    for row, one in enumerate(cells.values(), start=3):
        month = one["done_month"].value or one["planned_month"].value
        values = [one[name].value for name in ("number", "text", "done", "planned")]
        values += [month, one["ledger"].value, one["remark"].value]
        own |= {(row, n): Cell(value) for n, value in enumerate(values)}
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


@mutator("layouts", harmless=True)
def yes_and_no_apart(book: Book, random: Random) -> None:
    """Yes and no in columns of their own: 已落实 是 | 否, 台帐 有 | 无, or 未落实 beside 已落实."""
    cells = _plain_cells(book)
    ticks = [one[name].value for one in cells.values() for name in ("done", "ledger")]
    if not cells or book.form.extras or any(tick not in (TICK, "", None) for tick in ticks):
        return
    heads = ("序号", "内容、标准", "已落实", "", "落实月份", "拟落实", "拟落实月份", "台帐", "", "备注")
    below = ("", "", "是", "否", "", "", "", "有", "无", "")
    own: dict[Place, Cell] = {(2, n): Cell(head or None) for n, head in enumerate(heads)}
    own |= {(3, n): Cell(head or None) for n, head in enumerate(below)}
    for row, one in enumerate(cells.values(), start=4):
        no = {name: None if one[name].value or random.random() < 0.1 else TICK for name in ("done", "ledger")}
        values = [one["number"].value, one["text"].value, one["done"].value, no["done"], one["done_month"].value]
        values += [one[name].value for name in ("planned", "planned_month", "ledger")]
        own |= {(row, n): Cell(value) for n, value in enumerate([*values, no["ledger"], one["remark"].value])}
    book.sheets[0] = _own_sheet(book, "Sheet1", own)


# What a scanner makes of a text: characters that look alike.
_ALIKE = str.maketrans("一工人已日末土入未进", "－I入己曰未士人末讲")
_MISREAD = ("V", "J", "丿", "v", TICK)


@mutator("layouts")
def misread_by_a_scanner(book: Book, random: Random) -> None:
    """A conversion of a scan: characters misread in wordings, ticks and months: 己 for 已, V or J for √, l2月, 9曰."""
    for cell in book.sheet.cells.values():
        if cell.tag and isinstance(cell.value, str) and not cell.formula and random.random() < 0.3:
            cell.value = _misread(cell.tag[1], cell.value, random)
            book.touched.add(cell.tag[0])


def _misread(column: str, text: str, random: Random) -> str:
    if column == "text":
        return "".join(char.translate(_ALIKE) if random.random() < 0.2 else char for char in text)
    if text == TICK and column in TICKS:
        return random.choice(_MISREAD)
    if column in MONTHS and text.removesuffix("月").isdigit():
        digits = text.removesuffix("月").translate(str.maketrans("10", random.choice(["lO", "I0", "1o", "10"])))
        return digits + random.choice(["月", " 月", "曰", "目"])
    return text
