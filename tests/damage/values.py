"""What is typed, pasted or left in answer cells (docs/returns.md §4), each with what it truly means."""

from datetime import date
from random import Random

from damage.book import LOST, Book, pair_of
from damage.registry import mutator
from damage.sheet import Cell, Error
from damage.styles import add_style
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.cellref import serial_of
from sanjin_xl.model.fields import MONTHS, TICKS

YES = (
    "✓",
    "✔",
    "☑",
    "✅",
    "■",
    "v",
    "V",
    "Ｖ",
    "是",
    "有",
    "对",
    "已",
    "1",
    "Y",
    "TRUE",
    "已落实",
    "有台帐",
    "有台账",
    1.0,
)
NO = ("□", "☐", "无", "否", "没有", "0", "/", "－", "—", "×", "未", 0.0)
UNCLEAR = ("☒", "○", "●", "部分", "基本", "正在", "详见附件", "?", "同上")
SPELT = ("{n}", "{wide}", "{n}月", "{cn}月", "{n}月份", "{n:02}", "2012.{n}", "2012年{n}月", "2012-{n:02}", "{n}月9日")
LISTS = {"3、6、9月": (3, 6, 9), "3-5月": (3, 4, 5), "上半年": (1, 2, 3, 4, 5, 6), "每季度": (3, 6, 9, 12)}
NO_MONTHS = ("近期", "年底前", "已完成", "0", "13", "3-5", "2012.13", "☒")
SPACES = (" ", "\u3000", "\u00a0", "\u200b", "\ufe0f", "  ", "\n")


def some(book: Book, random: Random, columns: tuple[str, ...], most: int = 6) -> list[Cell]:
    """A few answer cells of some columns, those of the form without a month in a month column left out."""
    cells = [cell for column in columns for number, cell in sorted(book.answer_cells(column).items())]
    open_cells = [cell for cell in cells if cell.tag and _is_open(book, *cell.tag)]
    return random.sample(open_cells, min(len(open_cells), random.randint(1, most)))


def _is_open(book: Book, number: int, column: str) -> bool:
    return column != "planned_month" or book.form.item(number).planned_month


def put(book: Book, cell: Cell, value: object, meaning: object) -> None:
    """Type something into an answer cell; this is what it means now."""
    assert cell.tag
    assert isinstance(value, str | float | None)
    cell.value, cell.formula = value, None
    book.write(cell.tag, meaning)


@mutator("values")
def tick_variants(book: Book, random: Random) -> None:
    """Ticks and their absence typed in other ways: v, 是, ☑, TRUE, 1, 无, ×."""
    for cell in some(book, random, TICKS):
        means = random.random() < 0.6
        put(book, cell, random.choice(YES if means else NO), means)


@mutator("values")
def unclear_ticks(book: Book, random: Random) -> None:
    """Words in tick cells that say neither yes nor no: 部分, 详见附件, ○."""
    for cell in some(book, random, TICKS):
        put(book, cell, random.choice(UNCLEAR), LOST)


@mutator("values")
def ditto_marks(book: Book, random: Random) -> None:
    """Marks that say the same as above: 同上, 〃, ″, ↓."""
    for cell in some(book, random, (*TICKS, *MONTHS)):
        put(book, cell, random.choice(["同上", "〃", "″", "↓", "｜", '"', "''", "同上项", "……"]), LOST)


@mutator("values")
def spaces_around(book: Book, random: Random) -> None:
    """Spaces of every width around entries, and in cells that look blank."""
    for cell in some(book, random, (*TICKS, *MONTHS)):
        assert cell.tag
        if isinstance(cell.value, str | None) and not cell.formula:
            text = cell.value or ""
            cell.value = random.choice(SPACES) + text + random.choice(SPACES)
            book.touched.add(cell.tag[0])


@mutator("values")
def month_variants(book: Book, random: Random) -> None:
    """One month typed in other ways: 3, ３月, 三月, 2012.3, 2012年3月, 3月15日."""
    for cell in some(book, random, MONTHS):
        n = random.randint(1, 9)
        wide, chinese = chr(0xFF10 + n), "一二三四五六七八九"[n - 1]
        text = random.choice(SPELT).format(n=n, wide=wide, cn=chinese)
        put(book, cell, float(n) if random.random() < 0.3 else text, (n,))


@mutator("values")
def month_lists(book: Book, random: Random) -> None:
    """Several months: 3、6、9月, 3-5月, 上半年, 每季度."""
    for cell in some(book, random, MONTHS):
        text = random.choice(list(LISTS))
        put(book, cell, text, LISTS[text])


@mutator("values")
def no_months(book: Book, random: Random) -> None:
    """What is no month, or could be two: 近期, 13, 0, 3-5, the number 2012.1."""
    for cell in some(book, random, MONTHS):
        put(book, cell, random.choice([*NO_MONTHS, 2012.1, 13.0, 0.0]), LOST)


@mutator("values")
def month_dates(book: Book, random: Random) -> None:
    """Months that Excel has turned into dates, formatted as dates or left as serial numbers."""
    style = add_style(book, known=14)
    for cell in some(book, random, MONTHS):
        day = date(2012, random.randint(1, 12), random.randint(1, 28))
        put(book, cell, float(serial_of(day)), (day.month,))
        cell.style = style if random.random() < 0.7 else cell.style


@mutator("values")
def other_years(book: Book, random: Random) -> None:
    """Months of another year: 2011年8月."""
    for cell in some(book, random, ("done_month",)):
        put(book, cell, f"{random.choice([2010, 2011, 2013])}年{random.randint(1, 12)}月", LOST)


@mutator("values")
def symbol_fonts(book: Book, random: Random) -> None:
    """Ticks drawn by a symbol font: R and P in Wingdings 2, ü and þ in Wingdings."""
    styles = {
        font: add_style(book, font=f'<sz val="11"/><name val="{font}"/>') for font in ("Wingdings 2", "Wingdings")
    }
    for cell in some(book, random, TICKS):
        font = random.choice(list(styles))
        put(book, cell, random.choice("RP" if font == "Wingdings 2" else "üþ"), True)
        cell.style = styles[font]


@mutator("values")
def letters_for_ticks(book: Book, random: Random) -> None:
    """The letters of symbol fonts after the font was lost: a plain R, P, ü or þ."""
    for cell in some(book, random, TICKS):
        put(book, cell, random.choice("RPüþ"), LOST)


@mutator("values")
def formulas_in_answers(book: Book, random: Random) -> None:
    """Formulas in answer cells, with their result."""
    for cell in some(book, random, (*TICKS, *MONTHS)):
        assert cell.tag
        result = TICK if cell.tag[1] in TICKS else "3月"
        put(book, cell, result, LOST)
        cell.formula = f'IF(1=1,"{result}","")'


@mutator("values")
def uncalculated_formulas(book: Book, random: Random) -> None:
    """Formulas in answer cells that were never calculated."""
    for cell in some(book, random, (*TICKS, *MONTHS)):
        put(book, cell, None, LOST)
        cell.formula = 'IF(1=1,"√","")'


@mutator("values")
def error_values(book: Book, random: Random) -> None:
    """Error values where answers were."""
    for cell in some(book, random, (*TICKS, *MONTHS)):
        put(book, cell, Error(random.choice(["#REF!", "#N/A", "#NAME?", "#VALUE!"])), LOST)


@mutator("values")
def pictures_for_ticks(book: Book, random: Random) -> None:
    """Pictures in cells, as WPS stores them."""
    for cell in some(book, random, TICKS):
        put(book, cell, '=DISPIMG("ID_5F2A",1)', LOST)
        if random.random() < 0.5:
            cell.formula = '_xlfn.DISPIMG("ID_5F2A",1)'


@mutator("values")
def cleared_answers(book: Book, random: Random) -> None:
    """Answers deleted by the county itself."""
    for cell in some(book, random, (*TICKS, *MONTHS, "remark")):
        assert cell.tag
        column = cell.tag[1]
        put(book, cell, None, False if column in TICKS else "" if column == "remark" else ())


@mutator("values")
def odd_remarks(book: Book, random: Random) -> None:
    """Remarks with line breaks, quotes, angle brackets, what looks like a formula, and whole paragraphs."""
    texts = ("=1+1", "第一行\n第二行", '<b>"加粗"</b> & 其他', "'123", "说明" * 200, "#REF!", "√", "3月")
    for cell in some(book, random, ("remark",)):
        text = random.choice(texts)
        put(book, cell, text, text)


@mutator("values")
def paper_boxes(book: Book, random: Random) -> None:
    """What stands in the paper form, pasted whole: □ and ☑ 3 月."""
    for cell in some(book, random, TICKS):
        put(book, cell, "☑", True) if random.random() < 0.5 else put(book, cell, "□", False)
    for cell in some(book, random, MONTHS):
        n = random.randint(1, 12)
        if random.random() < 0.5:
            put(book, cell, f"☑ {n} 月", (n,))
            _ticks_too(book, cell)
        else:
            put(book, cell, "□ ＿＿ 月", ())


def _ticks_too(book: Book, month: Cell) -> None:
    """A ticked box in the cell of the month is the tick where nothing else is; beside another entry it contradicts."""
    assert month.tag
    number, column = month.tag[0], pair_of(month.tag[1])
    book.together[month.tag] = True
    tick = book.answer_cells(column).get(number)
    blank = tick is None or tick.value in (None, "")
    book.say(number, column, True if blank or book.truth[number][column] is True else LOST)


TOGETHER = ("√\n{n}月", "☑ {n}月", "☑ ＿{n}＿ 月", "√（{n}月）", "√ {n}月", "{n}月√", "√，{n}月份", "（{n}月）√")
IN_WORDS = {"done": ("{n}月已落实", "已落实（{n}月）", "已于{n}月完成"), "planned": ("拟{n}月落实", "计划{n}月完成")}
UNTOUCHED = ("□ ＿＿ 月", "□      ＿＿ 月", "□月")


@mutator("values", harmless=True)
def the_paper_way(book: Book, random: Random) -> None:
    """Tick and month in one cell, as on paper, in whichever of the two: ☑ 9月, √（9月）, 9月已落实, □ ＿＿ 月."""
    share = random.choice([0.1, 1.0])
    for column in ("done", "planned"):
        months = book.answer_cells(f"{column}_month")
        for number, tick in sorted(book.answer_cells(column).items()):
            month = months.get(number)
            if month and random.random() < share and _is_open(book, number, f"{column}_month"):
                _write_together(book, random, tick, month)


def _write_together(book: Book, random: Random, tick: Cell, month: Cell) -> None:
    assert tick.tag
    number, column = tick.tag
    ticked, months = book.truth[number][column], book.truth[number][f"{column}_month"]
    plain = tick.value in (TICK, "", None) and not tick.formula and not month.formula
    if not plain or ticked is LOST or not isinstance(months, tuple) or len(months) > 1 or (months and not ticked):
        return
    ways = (*TOGETHER, *IN_WORDS[column]) if months else ("☑ ＿＿ 月", "√ 月") if ticked else UNTOUCHED
    written = random.choice(ways).format(n="".join(map(str, months)))
    first, second = (tick, month) if not months or random.random() < 0.7 else (month, tick)
    first.value, second.value = written, random.choice([None, "□ ＿＿ 月"]) if second is month else None
    if months and first.tag:
        book.together[first.tag] = months if first is tick else True
