"""What is written where nobody asks for it is held against the items it speaks of (docs/returns.md §3)."""

from collections.abc import Callable
from random import Random

import pytest
from damage.book import Book, opened
from damage.registry import Run
from damage.rows import insert_rows_at, rows_sorted, visible_columns_sorted
from damage.sheet import Cell, Sheet
from drawn import with_comment
from rounds import clean, done, fill, judge, planned, the_form

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.cellref import address
from sanjin_xl.model.layout import HEADER_ROW, layout_of
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.claims import claims, corrects, is_about_all, items_named, says_ledger

FORM = the_form()
LAYOUT = layout_of(FORM)
PLACES = LAYOUT.places
BLANK = 5


def a_book(**rows: dict[str, str]) -> Book:
    """A clean return of which item 5 is blank."""
    book = opened(FORM, fill(FORM, clean(FORM) | {BLANK: {}} | {int(n[1:]): row for n, row in rows.items()}))
    book.truth = {item.number: dict.fromkeys(FORM.answers, "") for item in FORM.items}
    return book


def asked(book: Book) -> set[tuple[str, int | None]]:
    return {(one.code, one.item) for one in judge(book.data()).findings if one.asks}


def the_words(outcome: Outcome) -> list[str]:
    return [one.found or "" for one in outcome.findings if one.code.startswith(("words", "extra"))]


# --- what words say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("第3、5项已落实", [3, 5]),
        ("第3项、第5项已落实", [3, 5]),
        ("第3至5项已落实", [3, 4, 5]),
        ("第3-5、8项", [3, 4, 5, 8]),
        ("第三十五项", [35]),
        ("第十项和第一百零八项", [10, 108]),
        ("序号35、36已落实", [35, 36]),
        ("第5条", [5]),
        ("27、33项均已落实", [27, 33]),
        ("共35项", []),
        ("第三季度", []),
        ("第9-3项", [9]),
        ("第1至999999项", []),
    ],
)
def test_items_are_named_by_their_numbers(text: str, items: list[int]) -> None:
    assert items_named(text) == items


@pytest.mark.parametrize("text", ["有台帐", "有台账，在档案室", "已建立台帐", "台账齐全", "√（有台帐）", "建立了台帐"])
def test_words_say_that_there_is_a_ledger(text: str) -> None:
    assert says_ledger(text)


@pytest.mark.parametrize(
    "text", ["无台帐", "没有台账", "未建立台帐", "拟建立台帐", "台帐未建", "应有台帐", "已落实", "讲台", "有平台"]
)
def test_words_say_nothing_of_a_ledger_or_that_there_is_none(text: str) -> None:
    assert not says_ledger(text)


@pytest.mark.parametrize("text", ["落实情况见附表", "其他情况另附表", "详见附件", "已落实", "拟12月完成"])
def test_words_claim_something_or_say_where_it_is_said(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize("text", ["台帐见附件", "照片见附件", "本表一式两份", "以上情况属实", "请核对"])
def test_words_claim_nothing(text: str) -> None:
    assert not claims(text)


@pytest.mark.parametrize("text", ["以上已完成", "以下各项", "本类均已落实", "其余项目"])
def test_words_are_about_all(text: str) -> None:
    assert is_about_all(text)


@pytest.mark.parametrize(
    ("text", "answer", "does"),
    [
        ("更正：第5项改为已落实", Answer(done=True), False),
        ("更正：第5项改为已落实", Answer(done=False), True),
        ("第5项月份应为8月", Answer(done=True), True),
        ("第5项台帐应为有", Answer(done=True), True),
        ("第5项由张三负责", Answer(done=False), False),
    ],
)
def test_words_correct_an_answer_that_does_not_say_so_already(text: str, answer: Answer, does: bool) -> None:
    assert corrects(text, answer) is does


# --- where they stand -----------------------------------------------------------------------------------------------


def _behind(book: Book, row: int, column: int, text: str) -> None:
    cell = book.sheet.at(row, column)
    cell.value = f"{cell.value or ''}{text}"


def _below_the_headings(book: Book, text: str) -> None:
    insert_rows_at(book, HEADER_ROW + 1)
    _behind(book, HEADER_ROW + 1, PLACES["text"], text)


WHERE: dict[str, Callable[[Book, str], None]] = {
    "in a heading": lambda book, text: _behind(book, HEADER_ROW, PLACES["done_month"], text),
    "behind 填表人": lambda book, text: _behind(book, LAYOUT.seal_row - 1, PLACES["category"], text),
    "in a row below the headings": _below_the_headings,
    "in 备注 of another item": lambda book, text: _behind(book, LAYOUT.row(8), PLACES["remark"], text),
    "in the name of the sheet": lambda book, text: setattr(book.sheet, "name", text),
    "in the name of another sheet": lambda book, text: book.sheets.append(Sheet(text, {(0, 0): Cell("佐证")})),
    "on another sheet": lambda book, text: book.sheets.append(Sheet("补充", {(3, 1): Cell(text)})),
}


# So near to a blank item any word about it may be its answer.
NEAR = ("in a heading", "behind 填表人", "in a row below the headings")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（第5项已于9月落实）", {("words-beside", BLANK)}),
        ("（以上各项均已落实）", {("words-below", None)}),
        ("（第6项已于9月落实）", set()),  # as it says itself
        ("（第5项由张三负责）", set()),
    ],
)
def test_words_are_asked_about_wherever_they_are_said(
    where: str, text: str, expected: set[tuple[str, int | None]]
) -> None:
    if text == "（第5项由张三负责）" and where in NEAR:
        expected = {("words-beside", BLANK)}
    book = a_book()
    before = asked(book)
    WHERE[where](book, text)
    assert asked(book) - before == expected


@pytest.mark.parametrize("written", ["{}\n本类各项均已落实", "{}（已落实，9月）", "已全部落实"])
def test_words_in_the_cell_of_a_category_are_about_its_blank_items(written: str) -> None:
    category = FORM.category_of(BLANK)
    book = a_book()
    cell = book.sheet.at(LAYOUT.row(category.items[0].number), PLACES["category"])
    cell.value = written.format(cell.value)
    assert {one for one in asked(book) if one[0].startswith("words")} == {("words-beside", BLANK)}


def test_words_in_the_cell_of_a_category_that_claim_nothing_are_kept() -> None:
    book = a_book()
    _behind(book, LAYOUT.row(1), PLACES["category"], "（张三）")
    outcome = judge(book.data())
    assert any("张三" in text for text in the_words(outcome))
    assert not {one.code for one in outcome.findings if one.asks}


def test_the_name_of_a_category_written_otherwise_is_no_word() -> None:
    book = a_book()
    for category in FORM.categories:
        book.sheet.at(LAYOUT.row(category.items[0].number), PLACES["category"]).value = category.name
    assert the_words(judge(book.data())) == []


@pytest.mark.parametrize(("said", "asks"), [("已落实（9月）", True), ("√", True), ("张三", False), ("2012年", False)])
def test_what_a_list_of_the_items_on_another_sheet_says_of_a_blank_one_is_asked_about(said: str, asks: bool) -> None:
    book = a_book()
    rows = {(n, 0): Cell(FORM.item(n).text) for n in range(1, 9)} | {(n, 1): Cell(said) for n in range(1, 9)}
    book.sheets.append(Sheet("任务分解", rows))
    assert {one for one in asked(book) if one[0] == "words-beside"} == ({("words-beside", BLANK)} if asks else set())


# --- corrections ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("更正：第6项月份应为8月", 6),
        ("第6项改为未落实", 6),
        ("勘误：第7项改为已落实", None),
        ("第9项改为已落实", 9),
    ],
)
def test_corrections_below_the_table_are_asked_about_unless_the_answer_says_so(text: str, item: int | None) -> None:
    book = a_book(n9=planned(month=12))
    book.sheet.at(LAYOUT.seal_row + 2, PLACES["text"]).value = text
    assert {number for code, number in asked(book) if code == "words-beside"} == ({item} if item else set())


def test_a_row_below_the_table_with_a_number_and_answers_alone_is_about_that_item() -> None:
    book = a_book(n9=planned(month=12), n8=done(month=8))
    for row, number, month in ((2, 9.0, "9月"), (3, 8.0, "8月")):
        texts: dict[str, str | float] = {"number": number, "done": "√", "done_month": month}
        for name, value in texts.items():
            book.sheet.at(LAYOUT.seal_row + row, PLACES[name]).value = value
    assert {number for code, number in asked(book) if code == "words-beside"} == {9}


# --- rows of their own ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["number", "points"])
def test_words_in_a_row_of_their_own_are_no_item_though_one_was_deleted(name: str) -> None:
    book = a_book()
    book.move(lambda p: None if p[0] == LAYOUT.row(6) else (p[0] - (p[0] > LAYOUT.row(6)), p[1]))
    insert_rows_at(book, LAYOUT.row(6))
    book.sheet.at(LAYOUT.row(6), PLACES[name]).value = "上项已于9月落实"
    assert {("words-beside", BLANK), ("item-missing", 6)} <= asked(book)


def test_words_that_stayed_where_they_were_when_items_were_sorted_ask_about_all_that_is_blank() -> None:
    book = a_book()
    insert_rows_at(book, LAYOUT.row(6))
    book.sheet.at(LAYOUT.row(6), PLACES["text"]).value = "上项已于9月落实"
    rows_sorted(book, Random(1))
    assert ("words-below", None) in asked(book)


@pytest.mark.parametrize(("way", "asks"), [(visible_columns_sorted, True), (rows_sorted, False)])
def test_words_beside_the_table_are_about_any_blank_item_where_they_stayed_with_the_hidden_codes(
    way: Run, asks: bool
) -> None:
    book = a_book(n5=done(), n6={})
    book.sheet.at(LAYOUT.row(5), PLACES["code"] + 2).value = "已于9月落实"
    way(book, Random(1))
    assert (("words-below", None) in asked(book)) is asks


# --- ledgers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", [done(ledger=False, remark="有台帐"), done(ledger=False) | {"done": "√（有台帐）"}])
def test_a_ledger_in_words_is_asked_about_and_counts_low(entry: dict[str, str]) -> None:
    book = a_book(n6=entry)
    outcome = judge(book.data())
    assert ("ledger-in-words", 6) in asked(book)
    assert outcome.submission
    assert outcome.submission.answer(6).ledger is None
    assert outcome.submission.answer(6).done


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"done_month": "3月", "remark": "台帐齐全"}, "ledger-in-words"),
        ({"done": "部分", "done_month": "3月", "remark": "已建立台账"}, "ledger-in-words"),
        ({"planned": "√", "planned_month": "12月", "remark": "台帐齐全"}, "ledger-in-words"),
        ({"remark": "已于9月落实，有台帐"}, "remark-answers"),
    ],
)
def test_a_ledger_in_words_is_asked_about_whether_or_not_the_item_is_done(entry: dict[str, str], code: str) -> None:
    book = a_book(n6=entry)
    outcome = judge(book.data())
    assert {found for found, item in asked(book) if item == 6} & {"ledger-in-words", "remark-answers"} == {code}
    assert outcome.submission
    assert outcome.submission.answer(6).ledger is None


@pytest.mark.parametrize("name", ["hint", "score"])
def test_a_ledger_in_words_beside_an_item_is_asked_about(name: str) -> None:
    book = a_book(n6=done(ledger=False))
    cell = book.sheet.at(LAYOUT.row(6), PLACES[name])
    cell.value, cell.formula = "有台帐", None
    assert ("ledger-in-words", 6) in asked(book)


def test_ledgers_said_of_all_items_below_the_table_are_asked_about() -> None:
    book = a_book(n6=done(ledger=False), n5=done())
    book.sheet.at(LAYOUT.seal_row + 2, PLACES["text"]).value = "以上各项均已建立台帐"
    assert asked(book) == {("words-below", None)}


@pytest.mark.parametrize("ledger", ["√", "无"])
def test_words_about_a_ledger_ask_nothing_where_its_cell_says_something(ledger: str) -> None:
    book = a_book(n6=done(ledger=False, remark="有台帐") | {"ledger": ledger})
    assert not {code for code, item in asked(book) if item == 6}


def test_a_ledger_in_the_remark_of_a_blank_item_may_be_its_answer() -> None:
    assert ("remark-answers", BLANK) in asked(a_book(n5={"remark": "有台帐"}))


@pytest.mark.parametrize(
    "name", ["hint", "score", "number", "beside", "comment", "comment on the wording", "far comment"]
)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第5项已于9月落实", {("words-beside", BLANK)}),
        ("与第5项一并办理", set()),
        ("第6项已于9月落实", set()),  # as it says itself
    ],
)
def test_words_on_the_row_of_another_item_are_about_the_item_that_they_name(
    name: str, text: str, expected: set[tuple[str, int | None]]
) -> None:
    book = a_book()
    before, row = asked(book), LAYOUT.row(8)
    on = {"comment": "done", "comment on the wording": "text"}
    if "comment" in name:
        place = PLACES[on[name]] if name in on else PLACES["code"] + 9
        data = with_comment(book.data(), address(row, place), text)
        found = {(one.code, one.item) for one in judge(data).findings if one.asks}
    else:
        where = row, PLACES.get(name, PLACES["code"] + 2)
        book.sheet.cells[where] = Cell(text, style=book.sheet.at(*where).style)
        found = asked(book)
    assert found - before == expected


@pytest.mark.parametrize(
    "text", ["共108项，已落实107项", "填表说明：已落实的打√", "台帐均存于办公室", "已落实107项", "以上内容属实"]
)
def test_counts_and_how_to_fill_in_claim_nothing(text: str) -> None:
    assert not claims(text)


@pytest.mark.parametrize(
    "text",
    ["详见纸质表", "以纸质件为准", "另有补充，见邮件", "见背面", "第5项已落实", "5. √", "第107项已办", "35项已办"],
)
def test_where_the_answers_are_and_what_became_of_one_is_claimed(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize(
    ("entry", "text", "asks"),
    [
        ({}, "见附件6", True),
        ({}, "同上", True),
        ({}, "做完了", True),
        ({}, "8月完成，台帐齐全", True),
        ({}, "此项由政工股填", False),
        (done(month=8), "误填", True),
        (done(month=8), "应为9月", True),
        (done(month=8), "其实没有做", True),
        (done(month=8), "只做了一半", False),
    ],
)
def test_a_comment_on_an_answer_asks_where_it_may_be_one_or_says_that_it_is_wrong(
    entry: dict[str, str], text: str, asks: bool
) -> None:
    data = fill(FORM, clean(FORM) | {BLANK: entry})
    found = judge(with_comment(data, LAYOUT.cell(BLANK, "done"), text)).findings
    assert {one.code for one in found if one.asks} == ({"words-beside"} if asks else set())


# --- 备注 of the item itself ----------------------------------------------------------------------------------------


def words(*lines: str) -> list[str]:
    return " ".join(lines).split()


@pytest.mark.parametrize(
    "text",
    words(
        "见附件6 详见附件三 附后 见电子版 已办 做完了 办好了 落实了 搞定 完毕 OK 是 有 同上 同第4项",
        "开展了3次 召开会议2次 长期坚持 每季度1次 正常开展 到位 100% 材料齐全",
    ),
)
def test_what_stands_in_the_remark_of_a_blank_item_instead_of_a_tick_is_asked_about(text: str) -> None:
    assert asked(a_book(n5={"remark": text})) == {("remark-answers", BLANK)}


@pytest.mark.parametrize(
    "text",
    [
        *words(
            "未落实 无 暂无 没有做 / 尚未开展 没做完 待上级文件 因经费不足未开展 =1+1 由基层股负责",
            "没有开展 未到位 暂未达标 培训工作由政工股负责",
        ),
        "  两头空格 ",
    ],
)
def test_what_the_remark_of_a_blank_item_says_beside_that_asks_nothing(text: str) -> None:
    assert asked(a_book(n5={"remark": text})) == set()


@pytest.mark.parametrize(
    "text",
    words(
        "没有落实 只完成一半 完成80% 还差2个乡镇 进行中 有待完善 初步完成 推迟 除柳城镇外均已落实",
        "填错了 误填 此项有误 应为8月 月份应为9月 作废 撤回 无台帐 台账未建 没有台账",
        "取消 本项取消 已取消，改明年 取消打勾 实际9月落实",
    ),
)
def test_what_a_remark_takes_back_is_asked_about(text: str) -> None:
    assert asked(a_book(n6=done(month=8, remark=text))) == {("remark-contradicts", 6)}


@pytest.mark.parametrize(
    "text",
    words(
        "已于8月落实 3次 见附件6 全部完成 8月15日召开 每月一次 持续开展 台帐在办公室 待协调",
        "完成全年任务的100% 合格率94% 完成率达96% 计划内任务均完成 正在运行，效果良好 已印发文件，并列入明年计划",
        "实际8月落实 各项制度均已落实 取消了收费项目 撤销案件3宗 建立基本台帐",
    ),
)
def test_what_a_remark_says_beside_a_tick_asks_nothing(text: str) -> None:
    assert asked(a_book(n6=done(month=8, remark=text))) == set()


def test_a_plan_in_the_remark_of_what_is_done_once_is_asked_about() -> None:
    once = next(item.number for item in FORM.items if item.one_off and item.number != BLANK)
    again = next(item.number for item in FORM.items if not item.one_off and item.number != BLANK)
    book = a_book(**{f"n{n}": done(month=8, remark="拟12月完成") for n in (once, again)})
    assert asked(book) == {("remark-contradicts", once)}


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        *((text, True) for text in words("计划12月完成 工作计划12月完成 拟列入年度计划后实施 将于12月召开")),
        *((text, False) for text in words("制定工作计划并组织实施 年度计划全部完成 按计划推进并完成 今后将定期开展")),
    ],
)
def test_a_plan_that_is_a_thing_or_goes_on_takes_back_nothing_that_is_done_once(text: str, asks: bool) -> None:
    once = next(item.number for item in FORM.items if item.one_off and item.number != BLANK)
    found = asked(a_book(**{f"n{once}": done(month=8, remark=text)}))
    assert (("remark-contradicts", once) in found) is asks


@pytest.mark.parametrize(
    ("month", "text", "asks"),
    [
        (12, "12月底前", False),
        (12, "12月", False),
        (None, "12月底前", False),  # of an item for which the form asks no month
        (12, "8月", True),
        (12, "12月已完成", True),
        (12, "已落实", True),
    ],
)
def test_the_month_of_a_plan_said_again_is_no_month_of_what_is_done(month: int | None, text: str, asks: bool) -> None:
    number = next(item.number for item in FORM.items if item.planned_month is bool(month) and item.number != BLANK)
    found = asked(a_book(**{f"n{number}": planned(month=month, remark=text)}))
    assert (("remark-answers", number) in found) is asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        *((text, False) for text in words("2012年9月28日 9月28日 二〇一二年九月二十八日 2012年9月 台账存于各司法所")),
        *((text, False) for text in words("注：√表示已落实 已落实的打√，未落实的填拟落实时间 已落实项数：70")),
        *((text, True) for text in words("√ 9月 已于9月28日落实 均于2012年9月28日完成 有台账 以上各项台账在档案室")),
    ],
)
def test_a_day_a_legend_and_where_ledgers_are_say_nothing_of_any_item(text: str, asks: bool) -> None:
    book = a_book(n6=done(ledger=False))
    book.sheet.at(LAYOUT.seal_row + 2, PLACES["done_month"]).value = text
    assert bool(asked(book)) is asks


@pytest.mark.parametrize(("text", "asks"), [("张三", False), ("见纸质件", True), ("已落实", True)])
def test_a_column_with_a_heading_of_its_own_asks_only_about_what_claims_something(text: str, asks: bool) -> None:
    book = a_book()
    book.sheet.at(HEADER_ROW, len(PLACES)).value = "责任人"
    book.sheet.at(LAYOUT.row(BLANK), len(PLACES)).value = text
    assert (("words-beside", BLANK) in asked(book)) is asks


@pytest.mark.parametrize("text", words("台帐见附件3 台帐另附 台账附后 台帐1份 台账一本 台帐：有 台账√ 台帐在办公室"))
def test_a_remark_tells_in_other_words_that_there_is_a_ledger(text: str) -> None:
    assert asked(a_book(n6=done(ledger=False, remark=text))) == {("ledger-in-words", 6)}
