"""Honest returns with the habits of clerks, and how often something is asked about them.

    PYTHONPATH=tests python -m honest --cases 10000 [--seed 1] [--through openpyxl xlsx] [--show words-below]

The remarks fit the answers: whatever asks about how a return was read, or about a pattern in it, is a false alarm. A
clerk may have forgotten a ledger, or filled in nothing: that asks by right (`BY_RIGHT`).
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random

from damage.book import Book, opened
from damage.sheet import Cell, Over, Sheet
from damage.styles import add_style
from drawn import MAIN
from rounds import Entry, fill, judge, the_form

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.form import Item
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, HEADER_ROW, SEAL, SIGN_SPANS, TITLE_ROW, UNIT_VALUE, layout_of

FORM = the_form()
LAYOUT = layout_of(FORM)
PLACES = LAYOUT.places
LAST = max(PLACES.values())  # the last column of the table
CATEGORY = {item.number: category.ordinal for category in FORM.categories for item in category.items}
# What is asked about just such answers as some of these: a ledger forgotten, 每月 beside what is done once, one row
# dragged over the whole form.
BY_RIGHT = {"plan-no-month", "neighbour-not-done", "ledger-item-no-ledger", "month-list-one-off", "filled-down"}

Rows = dict[int, Entry]


# --- answers --------------------------------------------------------------------------------------------------------


def item_by_item(random: Random) -> Rows:
    return {item.number: _row(item, random) for item in FORM.items}


def in_runs(random: Random) -> Rows:
    """Whatever was done together stands together."""
    rows: Rows = {}
    like: Entry = {}
    for item in FORM.items:
        if not like or random.random() < 0.15:
            like = _row(item, random)
        rows[item.number] = dict(like)
    return rows


def by_category(random: Random) -> Rows:
    """One office answers for a category: alike, but for some items."""
    alike = {category.ordinal: _row(category.items[0], random) for category in FORM.categories}
    return {
        item.number: dict(alike[CATEGORY[item.number]]) if random.random() < 0.9 else _row(item, random)
        for item in FORM.items
    }


def months_by_category(random: Random) -> Rows:
    """A category is worked off in one month, the next in one later."""
    first = random.randint(1, 3)
    months = {category.ordinal: min(9, first + n) for n, category in enumerate(FORM.categories)}
    return {item.number: _row(item, random, months[CATEGORY[item.number]]) for item in FORM.items}


def in_one_month(random: Random) -> Rows:
    month = random.randint(7, 9)
    stray = random.choice([0, 0.05, 0.2])
    return {item.number: _row(item, random, None if random.random() < stray else month) for item in FORM.items}


def quarter_months(random: Random) -> Rows:
    """Everything in the quarter of the form; what is done is done with a ledger."""
    return {item.number: _row(item, random, random.randint(7, 9), ledger=1) for item in FORM.items}


def all_done(random: Random) -> Rows:
    return {item.number: _done(item, random, random.randint(1, 9), 0.9) for item in FORM.items}


def mostly_planned(random: Random) -> Rows:
    month = random.choice([10, 11, 12, 12])
    rows = {item.number: _planned(item, month) for item in FORM.items}
    return rows | {n: _done(FORM.item(n), random, 9, 0.5) for n in random.sample(sorted(rows), random.randint(0, 20))}


def hardly_anything(random: Random) -> Rows:
    some = random.sample(range(1, len(FORM.items) + 1), random.randint(1, 15))
    return {n: _row(FORM.item(n), random) for n in sorted(some)}


def not_to_its_end(random: Random) -> Rows:
    last = random.randint(12, 105)
    return {n: row for n, row in random.choice([item_by_item, in_runs, in_one_month])(random).items() if n <= last}


def without_months(random: Random) -> Rows:
    """Ticks alone, or months here and there."""
    share = random.choice([0, 0.1, 0.5])
    rows = random.choice([item_by_item, in_runs, all_done])(random)
    return {
        n: {name: text for name, text in row.items() if name != "done_month" or random.random() < share}
        for n, row in rows.items()
    }


def without_ledgers(random: Random) -> Rows:
    """Ledgers only where the item demands one."""
    return {item.number: _row(item, random, ledger=0) for item in FORM.items}


def done_before_planned(random: Random) -> Rows:
    """In every category what is done first and then the rest, as the form itself goes from the easy to the hard."""
    rows: Rows = {}
    for category in FORM.categories:
        share = random.random()
        for n, item in enumerate(category.items):
            is_done = n < share * len(category.items)
            rows[item.number] = _done(item, random, random.randint(7, 9), 0.8) if is_done else _planned(item, 12)
    return rows


def whole_categories_blank(random: Random) -> Rows:
    """The offices of some categories have handed in nothing."""
    rows = random.choice([item_by_item, in_one_month])(random)
    gone = set(random.sample(sorted(set(CATEGORY.values())), random.randint(1, 5)))
    return {n: row for n, row in rows.items() if CATEGORY[n] not in gone}


def _row(item: Item, random: Random, month: int | None = None, ledger: float = 0.7) -> Entry:
    kind = random.random()
    if kind < 0.68:
        return _done(item, random, month or random.randint(1, 9), ledger)
    return _planned(item, random.randint(10, 12)) if kind < 0.88 else {}


def _done(item: Item, random: Random, month: int, ledger: float) -> Entry:
    text = f"{month}月"
    if item.recurrence in ("monthly", "quarterly") and random.random() < 0.4:
        text = random.choice(
            ["每月", "1-9月"] if item.recurrence == "monthly" else ["3、6、9月", "每季度", "3月、6月、9月"]
        )
    row = {"done": "√", "done_month": text}
    return row | {"ledger": "√"} if item.is_ledger or random.random() < ledger else row


def _planned(item: Item, month: int) -> Entry:
    return {"planned": "√"} | ({"planned_month": f"{month}月"} if item.planned_month else {})


WAYS: tuple[Callable[[Random], Rows], ...] = (
    item_by_item, in_runs, by_category, months_by_category, in_one_month, quarter_months, all_done, mostly_planned,
    hardly_anything, not_to_its_end, without_months, without_ledgers, done_before_planned, whole_categories_blank,
)  # fmt: skip


# --- remarks --------------------------------------------------------------------------------------------------------

ANYWHERE = (
    "无", "—", "/", "张三", "13800138000", "0762-8831234", "李四 0762-8831234", "责任股室：基层股", "由法宣股负责",
    "联系人：王五", "基层股牵头，法宣股配合", "分管领导：赵副局长", "与县综治办联合", "经费由县财政承担",
    "需市局支持", "各镇司法所", "涉及17个镇", "县委、县政府高度重视", "2012年重点工作", "群众反映良好",
    "司法所人员编制不足",
)  # fmt: skip
OF_DONE = (
    "见附件", "见附件3", "详见附件2", "附照片3张", "已建立台账", "台账已建", "有会议记录", "{m}月底完成",
    "{m}月{d}日", "2012-0{m}-{d}", "2012年{m}月{d}日召开", "已于{m}月{d}日上报", "{m}月{d}日会议研究",
    "龙府办〔2012〕{d}号", "已报市局", "已存档", "已归档，见档案{d}号", "已印发文件", "共{d}人", "培训{d}人次",
    "每季度一次", "每月1次", "覆盖率100%", "已全部完成", "按时完成", "如期完成", "全县{d}个镇均已落实",
    "发放资料{d}00份", "调处纠纷{d}宗，成功{d}宗", "已开展{d}次", "常年坚持", "长期坚持，定期检查",
    "领导小组已成立", "制定工作方案并组织实施", "制定工作计划并组织实施", "年度工作计划已印发", "已纳入年度计划",
    "召开全体会议部署", "全部干警参加", "报县委政法委备案", "材料另报", "附通知复印件", "司法所各有一份",
    "挂牌{d}个", "已建{d}个点，群众满意", "以会议形式传达", "第{d}期简报", "已签责任书{d}份", "详见工作总结",
    "电子台账", "台账在司法所", "计划内培训{d}人", "按计划推进并完成", "经费{d}万元已到位", "将继续坚持",
    "今后将定期开展", "下一步将巩固成果", "下半年继续", "取消了收费项目", "基本情况已登记", "建立基本台账",
    "部分析报告见附件", "支部会议记录在案", "完成率100%", "全年目标完成100%",
)  # fmt: skip
OF_PLANNED = (
    "拟{p}月完成", "{p}月底前", "计划年底开展", "待经费到位", "待县政府批复", "正在筹备", "正在起草",
    "与县政府协调中", "方案在报批", "场地未落实", "人员未到位", "尚未立项", "预计{p}月中旬", "下季度开展",
    "已列入计划", "已列入第四季度计划", "已报县政府审批", "年底前", "待上级文件", "初稿", "需与财政局协商",
)  # fmt: skip
OF_BLANK = (
    "暂未开展", "条件不具备", "未开展", "没有做", "等待上级部署", "经费未落实", "人员不足", "未列入今年工作",
    "由政法委牵头，我局配合", "情况不明", "待定", "尚未落实", "暂无", "还没有", "待市局明确",
)  # fmt: skip


def with_remarks(rows: Rows, random: Random) -> Rows:
    """Remarks of the usual length, at none of the items, some or most of them."""
    share = random.choice([0, 0.03, 0.1, 0.3, 0.8])
    return {item.number: _with_remark(rows.get(item.number, {}), random, share) for item in FORM.items}


def _with_remark(row: Entry, random: Random, share: float) -> Entry:
    if random.random() >= share:
        return row
    own = OF_DONE if "done" in row else OF_PLANNED if "planned" in row else OF_BLANK
    month = row.get("done_month", "").removesuffix("月")
    text = random.choice(random.choice([ANYWHERE, own, own, own]))
    if "{m}" in text and not month.isdigit():
        return row
    text = text.format(m=month, p=row.get("planned_month", "12月").removesuffix("月"), d=random.randint(10, 28))
    if "台账" in text and "done" in row:
        row = row | {"ledger": "√"}
    return row | {"remark": text}


# --- what is done to the sheet --------------------------------------------------------------------------------------


def one_colour_for_categories(book: Book, random: Random) -> None:
    style = add_style(book, fill="FFDDEBF7")
    _style(book, range(LAYOUT.row(1), LAYOUT.total_row), [PLACES["category"]], style)


def categories_in_colours(book: Book, random: Random) -> None:
    """Every category in a colour of its own, from its name to the hints."""
    styles = [add_style(book, fill=colour) for colour in ("FFFFF2CC", "FFE2EFDA", "FFDDEBF7", "FFFCE4D6")]
    for n, category in enumerate(FORM.categories):
        rows = range(LAYOUT.row(category.items[0].number), LAYOUT.row(category.items[-1].number) + 1)
        _style(book, rows, range(LAST + 1), styles[n % len(styles)])


def stripes(book: Book, random: Random) -> None:
    _style(book, range(LAYOUT.row(1), LAYOUT.total_row, 2), range(LAST + 1), add_style(book, fill="FFF2F2F2"))


def headings_coloured(book: Book, random: Random) -> None:
    _style(book, range(HEADER_ROW - 1, HEADER_ROW + 1), range(LAST + 1), add_style(book, fill="FFFFFF00"))


def done_in_colour(book: Book, random: Random) -> None:
    """What is ticked as done is green as well."""
    style = add_style(book, fill="FF92D050")
    for cell in _filled(book, "done"):
        cell.style = style


def a_column_coloured(book: Book, random: Random) -> None:
    place = PLACES[random.choice(["done", "ledger", "planned", "remark", "points"])]
    _style(book, range(LAYOUT.row(1), LAYOUT.total_row), [place], add_style(book, fill="FFFFFF99"))


def another_font(book: Book, random: Random) -> None:
    red = '<sz val="12"/><color rgb="FFFF0000"/>'
    look = random.choice([red, '<b/><sz val="14"/>', '<sz val="9"/>', '<i/><sz val="10"/>'])
    style = add_style(book, font=f'{look}<name val="仿宋_GB2312"/>')
    for name in random.choice([CHOICES, ("remark",), (*CHOICES, "remark"), ("done_month",)]):
        _style(book, range(LAYOUT.row(1), LAYOUT.total_row), [PLACES[name]], style)


def as_text(book: Book, random: Random) -> None:
    style = add_style(book, known=random.choice([49, 1, 14, 0]))
    for name in (*CHOICES, "remark"):
        _style(book, range(LAYOUT.row(1), LAYOUT.total_row), [PLACES[name]], style)


def settings(book: Book, random: Random) -> None:
    """Zoom, frozen panes, heights, an area to print scaled to a page."""
    zoom = f'<sheetView zoomScale="{random.choice([70, 85, 120])}" '
    book.sheet.before = re.sub(r' zoomScale(?:Normal)?="\d+"', "", book.sheet.before).replace("<sheetView ", zoom, 1)
    book.sheet.before = re.sub("<sheetFormatPr[^>]*>", '<sheetFormatPr defaultRowHeight="41"/>', book.sheet.before)
    book.sheet.after = re.sub("<pageSetup[^>]*/>", '<pageSetup paperSize="8" scale="65"/>', book.sheet.after)


def filtered(book: Book, random: Random) -> None:
    """A filter left on what is done, or on what is still to be done: all other rows are hidden."""
    name = random.choice(["done", "planned"])
    shown = random.random() < 0.5
    filled = {n for n, cell in book.answer_cells(name).items() if cell.value}
    hidden = set(book.answer_cells(name)) - filled if shown else filled
    if len(hidden) < len(FORM.items):
        last = len(FORM.items)
        ref = f"{LAYOUT.at(HEADER_ROW, ('category', 'category'))}:{LAYOUT.cell(last, 'remark')}"
        book.sheet.hidden_rows |= {LAYOUT.row(n) for n in hidden}
        protection = re.match(r"\s*<sheetProtection[^>]*/>", book.sheet.after)
        at = protection.end() if protection else 0
        book.sheet.after = f'{book.sheet.after[:at]}<autoFilter ref="{ref}"/>{book.sheet.after[at:]}'


def rows_hidden(book: Book, random: Random) -> None:
    """What others are to look after is hidden: a few rows, a category, or here and there."""
    way = random.random()
    if way < 0.3:
        numbers = [item.number for item in random.choice(FORM.categories).items]
    elif way < 0.7:
        first, count = random.randint(1, 98), random.randint(2, 9)
        numbers = list(range(first, first + count))
    else:
        numbers = random.sample(range(1, 109), random.randint(2, 9))
    book.sheet.hidden_rows |= {LAYOUT.row(n) for n in numbers}


def helper_column(book: Book, random: Random) -> None:
    """A column beside the table, hidden or not: who is responsible, counts, what was checked."""
    place = LAST + random.randint(1, 3)
    heading, texts = random.choice([
        ("责任股室", ("基层股", "法宣股", "办公室", "法援处")),
        ("责任人", ("张三", "李四", "王五")),
        ("联系电话", ("0762-8831234", "13800138000")),
        ("辅助列", (1.0, 0.0)),
        ("类别", ("一", "二", "三")),
        ("", (1.0, 2.0, 3.0)),
        ("页码", (1.0, 2.0, 3.0)),
        ("文号", ("〔2012〕12号", "〔2012〕7号")),
    ])  # fmt: skip
    if heading:
        book.sheet.at(HEADER_ROW, place).value = heading
    share = random.choice([0.2, 0.9, 1]) if heading else 1
    for number in (item.number for item in FORM.items if random.random() < share):
        cell = book.sheet.at(LAYOUT.row(number), place)
        cell.value = random.choice(texts)
    if random.random() < 0.5:
        book.sheet.hidden_columns.add(place)


def checked_off(book: Book, random: Random) -> None:
    """Whoever looked the done items over ticked them off beside the table."""
    book.sheet.at(HEADER_ROW, LAST + 1).value = "核对"
    for number, cell in book.answer_cells("done").items():
        if cell.value:
            book.sheet.at(LAYOUT.row(number), LAST + 1).value = "√"


BELOW = (
    "填报人：张三    审核人：李四    2012年9月28日", "（单位盖章）", "联系电话：0762-8831234",
    "注：本表一式两份，一份报市局，一份存档。", "以上情况属实。", "单位负责人签字：",
    "以上填报内容真实有效，如有不实愿承担责任。", "填报单位（公章）：东源县司法局", "2012年9月28日",
    "填表说明：已落实的打√，未落实的填拟落实时间。", "附件：1.台账目录；2.照片", "第 1 页 共 6 页",
    "备注：台账存于各司法所。", "分管局长：            局长：", "抄送：县委政法委、县综治办", "制表：法宣股",
    "主要负责人：王五（签名）", "报送日期：2012-9-28", "说明：1.本表由法宣股汇总。2.各股室已核对。",
    "注：√表示已落实", "已落实项数：70  拟落实项数：20", "材料清单附后", "已审核", "经局长办公会审议通过",
    "以上数据截至9月28日", "同意上报。王五", "同意上报", "情况属实，同意上报。",
)  # fmt: skip
ABOVE = (
    "急件", "附件1", "附件：", "东司〔2012〕45号", "各股室：请于9月25日前报法宣股汇总",
    "请各股室逐项填写，已落实的打√", "（第一稿）", "（定稿）", "单位：东源县司法局",
    "联系人：张三  电话：0762-8831234", "密级：内部", "本表由法宣股汇总，9月28日上报市局", "2012年9月28日",
    "报：市司法局",
)  # fmt: skip


def signed_below(book: Book, random: Random) -> None:
    row = LAYOUT.seal_row + random.randint(1, 4)
    for text in random.sample(BELOW, random.randint(1, 4)):
        book.sheet.at(row, random.randint(0, 9)).value = text
        row += random.randint(1, 2)


def notes_above(book: Book, random: Random) -> None:
    """A line or two over the title or over the headings."""
    at = random.choice([TITLE_ROW, HEAD_ROW, HEADER_ROW - 1])
    texts = random.sample(ABOVE, random.randint(1, 2))
    book.move(lambda place: (place[0] + len(texts), place[1]) if place[0] >= at else place)
    for n, text in enumerate(texts):
        book.sheet.at(at + n, random.choice([0, 1, 2, 8])).value = text


def stamped(book: Book, random: Random) -> None:
    """The picture of a seal on or below the line of signatures, on the day, or on the name of the unit."""
    places = [
        (LAYOUT.sign_row, PLACES[random.choice(SIGN_SPANS)[1][0]]),
        (LAYOUT.seal_row, PLACES[SEAL[0]]),
        (LAYOUT.seal_row + random.randint(1, 5), random.randint(2, 9)),
        (HEAD_ROW, PLACES[DATE_VALUE[0]]),
        (HEAD_ROW, PLACES[UNIT_VALUE[0]]),
        (LAYOUT.total_row, PLACES["ledger"]),
    ]
    place = random.choice(places)
    book.sheet.at(*place).over = (Over("picture", down=random.choice([0, 1, 2, 6])),)


def commented(book: Book, random: Random) -> None:
    """Comments of whoever looked it over, on answers, wordings and headings."""
    texts = (
        "已核对",
        "张三：见文件",
        "局长已阅",
        "2012年3月发文",
        "李四核",
        "请市局指导",
        "这一项由基层股填",
        "数据来自台账",
    )
    for cell in random.sample([*_filled(book, "done"), *_filled(book, "text")], 4):
        cell.over = (Over("comment", random.choice(texts)),)


def typed_otherwise(book: Book, random: Random) -> None:
    """Ticks and months as one types them, the same all over."""
    tick, month = (
        random.choice(["✓", "v", "是", "☑", "有", "V"]),
        random.choice(["{}", "{}月份", "2012年{}月", "2012.0{}"]),
    )
    for name in CHOICES:
        for cell in _filled(book, name):
            text = str(cell.value)
            if text == "√":
                cell.value = tick
            elif text.removesuffix("月").isdigit() and int(text.removesuffix("月")) < 10:
                cell.value = month.format(text.removesuffix("月"))


def further_sheets(book: Book, random: Random) -> None:
    """A blank one, a list of ledgers, a list of people, a diary, counts."""
    lists: list[tuple[str, list[tuple[str | float, ...]]]] = [
        ("Sheet2", []),
        ("台账目录", [("序号", "台账"), *((float(n), f"{one.name}台账") for n, one in enumerate(FORM.categories, 1))]),
        ("通讯录", [("姓名", "电话"), ("张三", "13800138000"), ("李四", "0762-8831234")]),
        ("大事记", [("日期", "内容"), ("9月3日", "召开动员会"), ("9月12日", "到17个镇督查"), ("9月20日", "汇报")]),
        ("统计", [("类别", "已落实"), *((one.name, float(random.randint(0, 9))) for one in FORM.categories)]),
        ("附件清单", [("编号", "名称", "有无"), *((float(n), f"附件{n}", "√") for n in range(1, 8))]),
        ("责任分工", [("类别", "责任股室"), *((one.name, "基层股") for one in FORM.categories)]),
    ]  # fmt: skip
    name, rows = random.choice(lists)
    sheet = Sheet.parse(name, f'<worksheet xmlns="{MAIN}"><sheetData></sheetData></worksheet>', [])
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.at(r, c).value = value
    book.sheets.append(sheet)


def renamed(book: Book, random: Random) -> None:
    book.sheet.name = random.choice(["东源县", "东源县司法局", "Sheet1", "三进工作", "2012年第三季度", "上报", "定稿"])


HABITS = (
    one_colour_for_categories, categories_in_colours, stripes, headings_coloured, done_in_colour, a_column_coloured,
    another_font, as_text, settings, filtered, rows_hidden, helper_column, checked_off, signed_below, notes_above,
    stamped, commented, typed_otherwise, further_sheets, renamed,
)  # fmt: skip
MOVING = {notes_above}  # nothing knows its place any more


def _style(book: Book, rows: range, columns: list[int] | range, style: int) -> None:
    for row in rows:
        for column in columns:
            book.sheet.at(row, column).style = style


def _filled(book: Book, name: str) -> list[Cell]:
    return [cell for cell in book.answer_cells(name).values() if cell.value]


# --- returns --------------------------------------------------------------------------------------------------------


@cache
def _issued() -> Book:
    return opened(FORM, fill(FORM, {}))


def honest(seed: int) -> tuple[Book, list[str]]:
    """A return and the ways in which it was made."""
    random = Random(seed)
    way = random.choice(WAYS)
    rows = with_remarks(way(random), random)
    issued = _issued()
    book = Book(FORM, [issued.sheet.copy()], [*issued.strings], dict(issued.parts), {})
    for number, row in rows.items():
        for name, text in row.items():
            book.sheet.at(LAYOUT.row(number), PLACES[name]).value = text
    habits = random.sample(HABITS, random.choice([0, 1, 1, 2, 3, 4]))
    habits.sort(key=lambda one: one in MOVING)
    for habit in habits:
        habit(book, random)
    return book, [way.__name__, *(one.__name__ for one in habits)]


def asked(outcome: Outcome) -> set[str]:
    """The codes of what is asked, or the reason why it was not read."""
    if outcome.submission is None:
        return {outcome.reason or "?"}
    return {one.code for one in outcome.findings if one.asks}


def main() -> None:
    """Print of how many returns each code was asked, and of how many in a thousand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--through", nargs=2, metavar=("CLIENT", "FORMAT"), help="saved again, such as LibreOffice ods")
    parser.add_argument("--show", default="", metavar="CODE", help="say where this is asked")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    for seed in range(options.seed, options.seed + options.cases):
        book, ways = honest(seed)
        data = _saved_by(options.through[0], options.through[1], book.data()) if options.through else book.data()
        outcome = judge(data)
        counts.update(asked(outcome))
        for one in outcome.findings:
            if one.asks and one.code in options.show.split(","):
                print(seed, one.code, one.item, one.cell, repr(one.found), dict(one.facts), ways)
    for code, count in counts.most_common():
        print(f"{count:6} {count * 1000 / options.cases:8.2f}  {code}{' *' if code in BY_RIGHT else ''}")


def _saved_by(client: str, format: str, data: bytes) -> bytes:
    from writers.trial import CLIENTS

    saved: bytes = CLIENTS[client].resave(data, format)
    return saved


if __name__ == "__main__":
    main()
