"""What a person sees of an answer, and is no value, is asked about; what only looks odd asks nothing."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

import openpyxl
import pytest
from damage.book import opened
from damage.rows import rows_swapped
from damage.sheet import Over
from drawn import (
    anchor,
    grouped,
    ink,
    picture,
    related,
    restyled,
    shape,
    sized,
    with_comment,
    with_controls,
    with_drawing,
    with_thread,
)
from hostile import packed, parts_of
from openpyxl.formatting.rule import IconSetRule, Rule
from openpyxl.styles import Border, Color, Font, GradientFill, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from rounds import Entry, clean, done, fill, judge, planned, the_form

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.layout import layout_of
from sanjin_xl.model.submission import Answer
from sanjin_xl.workbook.book import Fact
from sanjin_xl.workbook.reader import read_book

LAYOUT = layout_of(the_form())
PLACES = LAYOUT.places
Asked = list[tuple[str, int | None, str | None]]
BARE = 2  # an item that is done without a ledger, whose cells are in row 7
LEDGER, TICK, MONTH = "I7", "E7", "F7"
GREEN = PatternFill("solid", fgColor="FF92D050")


@cache
def bare(**changes: Any) -> bytes:
    """A clean return but for one item without a ledger, which only a note is made of."""
    return fill(the_form(), clean(the_form()) | {BARE: done(month=8, ledger=False)})


def asked(outcome: Outcome) -> Asked:
    return [(one.code, one.item, one.cell) for one in outcome.findings if one.asks]


def answer(outcome: Outcome, number: int = BARE) -> Answer:
    assert outcome.submission
    return outcome.submission.answer(number)


# ── conditional formats ──────────────────────────────────────────────────────────────────────────────────────────


def with_rule(**look: Any) -> bytes:
    """A clean return with a conditional format over all ticks that always holds."""
    book = openpyxl.load_workbook(BytesIO(bare()))
    rule = Rule(type="expression", formula=["TRUE"], dxf=DifferentialStyle(**look))
    book.worksheets[0].conditional_formatting.add("E6:E113", rule)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "look",
    [
        {"font": Font(strike=True)},
        {"font": Font(color="FFFFFFFF")},
        {"font": Font(color="FFFF0000"), "fill": PatternFill(bgColor="FFFE0101")},
        {"numFmt": NumberFormat(numFmtId=200, formatCode=";;;")},
        {"numFmt": NumberFormat(numFmtId=200, formatCode='"未";"未";"未";"未"')},
    ],
)
def test_a_conditional_format_that_hides_or_rewrites_answers_is_asked_about(look: dict[str, Any]) -> None:
    assert ("not-looked-into", None, None) in asked(judge(with_rule(**look)))


@pytest.mark.parametrize(
    "look",
    [{"font": Font(color="FFFF0000", b=True)}, {"fill": PatternFill(bgColor="FFFFFF00")}, {"font": Font(b=True)}],
)
def test_a_conditional_format_that_only_paints_asks_nothing(look: dict[str, Any]) -> None:
    assert asked(judge(with_rule(**look))) == []


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        ({}, False),  # shows ✗ for 0 and ✓ for 1, beside the number
        ({"reverse": True}, True),
        ({"showValue": False}, True),
    ],
)
def test_icons_that_may_draw_a_tick_for_nought_are_asked_about(rule: dict[str, bool], asks: bool) -> None:
    book = openpyxl.load_workbook(BytesIO(bare()))
    book.worksheets[0][LEDGER] = 0
    book.worksheets[0].conditional_formatting.add("I6:I113", IconSetRule("3Symbols2", "num", [0, 0.4, 0.8], **rule))
    target = BytesIO()
    book.save(target)
    assert asked(judge(target.getvalue())) == [("not-looked-into", None, None)] * asks


LATER_RULE = """<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"
xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>
<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="expression"
priority="9" id="{{0}}"><xm:f>填表说明!$A$1&lt;&gt;""</xm:f><x14:dxf>{look}</x14:dxf></x14:cfRule><xm:sqref>E6:E113
</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"""


@pytest.mark.parametrize(
    ("look", "asks"),
    [
        ('<font><color theme="0"/></font>', True),
        ('<font><color rgb="FF00B050"/></font><fill><patternFill><bgColor rgb="FF00B050"/></patternFill></fill>', True),
        ("<font><strike/></font>", True),
        ('<numFmt numFmtId="170" formatCode=";;;"/>', True),
        ("<font><x14:strike/></font>", True),  # no XML of its own: it may say anything
        ('<font><b/><strike val="0"/><color rgb="FFFF0000"/></font>', False),
        ('<numFmt numFmtId="0" formatCode="General"/>', False),
        ('<fill><patternFill><bgColor rgb="FFFFFF00"/></patternFill></fill>', False),
    ],
)  # fmt: skip
def test_a_conditional_format_that_looks_at_another_sheet_is_no_less_asked_about(look: str, asks: bool) -> None:
    parts = parts_of(bare())
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"</worksheet>", LATER_RULE.format(look=look).encode())
    outcome = judge(packed(parts | {"xl/worksheets/sheet1.xml": sheet}))
    assert asked(outcome) == [("not-looked-into", None, None)] * asks


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "inside",
    [shape("有"), shape("√"), shape("有，已建台帐"), shape(), picture(), ink()],
    ids=list("123456"),
)
def test_whatever_lies_over_an_answer_is_asked_about_and_counts_low(inside: str) -> None:
    outcome = judge(with_drawing(bare(), anchor(LEDGER, inside)))
    assert asked(outcome) == [("answer-drawing", BARE, LEDGER)]
    assert answer(outcome).ledger is None


def test_the_words_of_a_drawing_are_kept() -> None:
    (found,) = (one for one in judge(with_drawing(bare(), anchor(LEDGER, shape("见附件")))).findings if one.asks)
    assert (found.found, dict(found.facts)) == ("见附件", {"kind": "shape"})


@pytest.mark.parametrize(("cell", "text"), [(TICK, "√"), (MONTH, "8月"), (LEDGER, "无"), (LEDGER, "□")])
def test_a_drawing_that_says_what_the_cell_says_asks_nothing(cell: str, text: str) -> None:
    outcome = judge(with_drawing(bare(), anchor(cell, shape(text))))
    assert asked(outcome) == []


def test_a_hidden_shape_is_seen_by_nobody() -> None:
    assert asked(judge(with_drawing(bare(), anchor(LEDGER, shape("有", hidden=True))))) == []


def test_a_drawing_that_only_reaches_into_the_next_cell_is_not_about_that_one() -> None:
    outcome = judge(with_drawing(bare(), anchor(LEDGER, shape("有"), "J8", deep=0)))
    assert asked(outcome) == [("answer-drawing", BARE, LEDGER)]


def test_a_drawing_in_a_hidden_row_is_over_the_cell_in_that_row() -> None:
    parts = parts_of(with_drawing(bare(), anchor(LEDGER, shape("有"))))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb'<row r="7"', b'<row r="7" hidden="1"', sheet)
    assert asked(judge(packed(parts))) == [("answer-drawing", BARE, LEDGER)]


def test_a_shape_by_one_corner_and_a_size_lies_over_as_many_rows_as_it_is_high() -> None:
    one_corner = (
        "<xdr:oneCellAnchor><xdr:from><xdr:col>8</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row>"
        f'<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="400000" cy="900000"/>{picture()}</xdr:oneCellAnchor>'
    )
    found = asked(judge(with_drawing(bare(), one_corner)))
    assert {item for _, item, _ in found} >= {2, 3}
    assert {code for code, _, _ in found} == {"answer-drawing"}


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("nested", [False, True])
def test_each_shape_of_a_group_is_about_the_cell_that_it_lies_over(scale: int, nested: bool) -> None:
    # A group over two columns and the rows of items 2 to 21, with a box in its first cell and one in its last.
    area = (1_000_000, 2_000_000, 200_000, 2_000_000)
    left, top, width, height = (one // scale for one in area)
    first = sized(shape("有"), left, top, width // 2, height // 40)
    last = sized(shape("无"), left + width // 2, top + height - height // 40, width // 2, height // 40)
    inside = grouped(first, last, area=area, scale=scale)
    if nested:
        inside = grouped(sized(inside, *area), area=area)
    found = asked(judge(with_drawing(bare(), anchor("I7", inside, "J26", deep=100))))
    assert found == [("answer-drawing", 2, "I7"), ("answer-drawing", 21, "J26")]


@pytest.mark.parametrize(
    ("text", "asks"), [("第2项已有台帐", True), ("第2项台帐在档案室", True), ("第3项已有台帐", False)]
)
def test_words_drawn_below_that_name_an_item_of_no_ledger_are_asked_about(text: str, asks: bool) -> None:
    outcome = judge(with_drawing(bare(), anchor("C125", shape(text))))
    assert asked(outcome) == [("drawing-beside", BARE, None)] * asks


def test_a_group_that_is_hidden_is_seen_by_nobody() -> None:
    inside = grouped(shape("有"), area=(0, 0, 9, 9)).replace('name="组合 1"', 'name="组合 1" hidden="1"')
    assert asked(judge(with_drawing(bare(), anchor(LEDGER, inside)))) == []


def test_a_drawing_across_the_whole_sheet_is_one_question() -> None:
    outcome = judge(with_drawing(bare(), anchor("A1", picture(), "L113")))
    assert asked(outcome) == [("drawing-large", None, None)]
    assert answer(outcome).done


def test_words_beside_the_answers_are_asked_about_and_a_seal_below_is_noted() -> None:
    assert asked(judge(with_drawing(bare(), anchor("L7", shape("台帐在档案室"))))) == [("drawing-beside", BARE, None)]
    below = judge(with_drawing(bare(), anchor("I116", picture())))
    assert asked(below) == []
    assert "drawing-elsewhere" in {one.code for one in below.findings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第2项已于9月落实", ("drawing-beside", BARE, None)),
        ("以上各项均已落实", ("drawing-unplaced", None, None)),
        ("盖章", None),
    ],
)
def test_words_drawn_below_the_table_are_held_against_blank_items(
    text: str, expected: tuple[str, int | None, str | None] | None
) -> None:
    nothing = fill(the_form(), clean(the_form()) | {BARE: {}})
    found = [one for one in asked(judge(with_drawing(nothing, anchor("C118", shape(text))))) if "drawing" in one[0]]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize("vml", [False, True])
def test_a_check_box_that_is_ticked_over_a_blank_cell_is_asked_about(vml: bool) -> None:
    outcome = judge(with_controls(bare(), LEDGER, ticked=True, vml=vml))
    assert asked(outcome) == [("answer-drawing", BARE, LEDGER)]
    assert answer(outcome).ledger is None
    assert asked(judge(with_controls(bare(), TICK, ticked=False, vml=vml))) == [("answer-drawing", BARE, TICK)]


def test_a_check_box_that_is_neither_ticked_nor_not_is_asked_about() -> None:
    assert asked(judge(with_controls(bare(), LEDGER, ticked=False, vml=True, mixed=True))) == [
        ("answer-drawing", BARE, LEDGER)
    ]


# ── blank forms ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "drawn",
    [
        lambda data: with_drawing(data, anchor(TICK, shape("√"))),
        lambda data: with_drawing(data, anchor(TICK, ink())),
        lambda data: with_controls(data, TICK, ticked=True),
        lambda data: restyled(data, E7={"fill": GREEN}),
    ],
)
def test_a_form_answered_by_what_is_no_value_is_not_blank(drawn: Callable[[bytes], bytes]) -> None:
    outcome = judge(drawn(fill(the_form(), {})))
    assert {item for _, item, _ in asked(outcome)} == {BARE}
    assert answer(outcome).done is None


def test_a_form_of_which_a_box_says_that_all_is_done_is_not_blank() -> None:
    outcome = judge(with_drawing(fill(the_form(), {}), anchor("C118", shape("以上各项均已落实"))))
    assert asked(outcome) == [("drawing-unplaced", None, None)]


@pytest.mark.parametrize(("where", "drawn"), [(("A1", "L113"), ("picture",)), (("I115", "K118"), ())])
def test_a_blank_form_under_a_picture_is_refused_with_a_word_about_it_and_not_for_a_seal(
    where: tuple[str, str], drawn: tuple[str, ...]
) -> None:
    outcome = judge(with_drawing(fill(the_form(), {}), anchor(where[0], picture(), where[1])))
    assert outcome.reason == "blank-form"
    assert dict(outcome.facts)["drawn"] == drawn


def test_check_boxes_of_which_none_is_ticked_leave_a_form_blank() -> None:
    assert judge(with_controls(fill(the_form(), {}), TICK, ticked=False)).reason == "blank-form"


def test_a_check_box_that_agrees_with_its_cell_asks_nothing() -> None:
    assert asked(judge(with_controls(bare(), LEDGER, ticked=False))) == []
    assert asked(judge(with_controls(bare(), TICK, ticked=True))) == []


def test_a_check_box_in_a_cell_is_its_value() -> None:
    ticked = restyled(bare(), I7={"value": True})
    assert (asked(judge(ticked)), answer(judge(ticked)).ledger) == ([], True)


def test_a_picture_placed_in_a_cell_is_asked_about_as_a_picture() -> None:
    # Excel stores an error there for programs that know no pictures in cells.
    parts = parts_of(restyled(bare(), I7={"value": "#VALUE!"}))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        b' t="e"><v>#VALUE!</v>', b' t="e" vm="1"><v>#VALUE!</v>'
    )
    assert asked(judge(packed(parts))) == [("answer-drawing", BARE, LEDGER)]


def test_a_damaged_drawing_costs_only_what_it_would_have_told() -> None:
    outcome = judge(related(bare(), "drawing", "../drawings/drawing1.xml", b"<xdr:wsDr"))
    assert asked(outcome) == [("not-looked-into", None, None)]
    missing = parts_of(with_drawing(bare(), anchor(LEDGER, shape("有"))))
    del missing["xl/drawings/drawing1.xml"]
    assert read_book(packed(missing)).sheets[0].hidden.unread == {Fact.DRAWINGS}


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["../comments1.xml", "comments1.xml", "/xl/notes/第1.xml", "../comments/./a.xml"])
def test_a_comment_is_carried_wherever_its_part_lies(target: str) -> None:
    outcome = judge(with_comment(bare(), TICK, "张三：已印发", target))
    assert [(one.item, one.found) for one in outcome.findings if one.code == "answer-comment"] == [
        (BARE, "张三：已印发")
    ]
    assert asked(outcome) == []


def test_a_thread_of_comments_is_carried_and_not_the_notice_beside_it() -> None:
    outcome = judge(with_thread(bare(), TICK, "已落实吗？", "已落实"))
    assert [one.found for one in outcome.findings if one.code == "answer-comment"] == ["已落实吗？\n已落实"]


@pytest.mark.parametrize("cell", ["E7", "J7", "C7", "L7"])
def test_a_comment_that_may_be_the_answer_is_asked_about_wherever_it_is_in_the_row(cell: str) -> None:
    nothing = fill(the_form(), clean(the_form()) | {BARE: {}})
    for text, expected in (("已于9月落实", ["words-beside"]), ("由基层股负责", [])):
        outcome = judge(with_comment(nothing, cell, text))
        assert [code for code, item, _ in asked(outcome) if item == BARE] == expected
        assert text in {one.found for one in outcome.findings}


def test_a_comment_beside_the_table_is_kept() -> None:
    assert "见说明" in {one.found for one in judge(with_comment(bare(), "A1", "见说明")).findings}


# ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────

WHITE = Font(color="FFFFFFFF")
UNSEEN: list[dict[str, Any]] = [
    {"font": WHITE},
    {"font": Font(sz=1)},
    {"number_format": ";;;"},
    {"font": Font(color="FFFFFDF3")},  # of the colour of the cell
]


@pytest.mark.parametrize("cell", [TICK, MONTH])
def test_an_answer_that_is_struck_out_is_asked_about_and_counts_low(cell: str) -> None:
    outcome = judge(restyled(bare(), **{cell: {"font": Font(strike=True)}}))
    assert asked(outcome) == [("answer-struck", BARE, cell)]
    assert answer(outcome).value("done" if cell == TICK else "done_month") is None


@pytest.mark.parametrize(("cells", "where"), [("C", "C7"), ("BC", "B7"), ("BCEF", "E7")])
def test_an_answered_item_that_is_struck_out_in_its_printed_cells_is_asked_about(cells: str, where: str) -> None:
    struck = {f"{letter}7": {"font": Font(strike=True)} for letter in cells}
    outcome = judge(restyled(bare(), **struck))
    assert asked(outcome)[0] == ("answer-struck", BARE, where)
    assert len(asked(outcome)) == (2 if "F" in cells else 1)  # the tick and the month
    assert answer(outcome).done is None


@pytest.mark.parametrize("look", UNSEEN)
def test_an_answer_that_nobody_can_see_is_asked_about(look: dict[str, Any]) -> None:
    assert asked(judge(restyled(bare(), E7=look))) == [("answer-unseen", BARE, TICK)]


@pytest.mark.parametrize(
    ("code", "asks"),
    [("[White]@", True), ("[Color 2]@", True), ("[Red]@", False), ("[White]0", False)],
)
def test_a_format_in_white_shows_nothing(code: str, asks: bool) -> None:
    outcome = judge(restyled(bare(), E7={"number_format": code}))
    assert asked(outcome) == ([("answer-unseen", BARE, TICK)] if asks else [])


@pytest.mark.parametrize("ways", [{"diagonalUp": True}, {"diagonalDown": True}])
def test_an_answer_crossed_out_by_a_diagonal_border_is_asked_about(ways: dict[str, bool]) -> None:
    outcome = judge(restyled(bare(), E7={"border": Border(diagonal=Side("thin"), **ways)}))
    assert asked(outcome) == [("answer-struck", BARE, TICK)]
    assert answer(outcome).done is None


@pytest.mark.parametrize("border", [Border(diagonal=Side("thin")), Border(diagonalUp=True), Border(left=Side("thin"))])
def test_a_border_that_draws_no_diagonal_crosses_nothing_out(border: Border) -> None:
    assert asked(judge(restyled(bare(), E7={"border": border}))) == []


def test_rows_of_no_height_count_as_hidden() -> None:
    parts = parts_of(bare())
    sheet = parts["xl/worksheets/sheet1.xml"]
    flat = re.sub(rb'(<row r="7"[^>]*? ht=")[0-9.]+', rb"\g<1>0", sheet)
    assert flat != sheet
    assert read_book(packed(parts | {"xl/worksheets/sheet1.xml": flat})).sheets[0].hidden.hidden_rows == {6}


def test_white_on_a_dark_ground_can_be_read() -> None:
    dark = {"font": WHITE, "fill": PatternFill("solid", fgColor="FF1F4E79")}
    assert asked(judge(restyled(bare(), E7=dark))) == []


RED = PatternFill("solid", fgColor="FFFF0000")
BLACK = PatternFill("solid", fgColor="FF000000")


@pytest.mark.parametrize(
    ("font", "fill"),
    [
        (Font(), BLACK),  # of no colour of its own it is black
        (Font(color=Color(indexed=64)), PatternFill("solid", fgColor=Color(indexed=8))),
        (Font(color=Color(theme=1)), BLACK),
        (Font(color=Color(indexed=10)), RED),
        (Font(color=Color(theme=5)), PatternFill("solid", fgColor="FFC0504D")),  # the second accent
        (Font(color=Color(theme=5, tint=0.4)), PatternFill("solid", fgColor="FFD99795")),
        (Font(color=Color(theme=0, tint=-0.05)), PatternFill()),
    ],
)
def test_a_text_of_the_colour_behind_it_cannot_be_seen_however_the_colour_is_told(
    font: Font, fill: PatternFill
) -> None:
    data = restyled(bare(), E7={"font": font, "fill": fill})
    assert ("answer-unseen", BARE, TICK) in asked(judge(data))
    parts = parts_of(data)
    tiny = parts["xl/styles.xml"].replace(b'tint="-0.05"', b'tint="-4.9989318521683403E-2"')  # as Excel writes it
    assert ("answer-unseen", BARE, TICK) in asked(judge(packed(parts | {"xl/styles.xml": tiny})))


@pytest.mark.parametrize("color", [Color(theme=0), Color(theme=5), Color(indexed=13)])
def test_a_text_of_another_colour_than_what_is_behind_it_can_be_read(color: Color) -> None:
    dark = {"font": Font(color=color), "fill": PatternFill("solid", fgColor=Color(theme=3))}
    assert asked(judge(restyled(bare(), E7=dark))) == []


def test_hidden_rows_are_told_beside_an_answer_that_cannot_be_seen() -> None:
    data = restyled(bare(), E7={"font": WHITE})
    parts = parts_of(data)
    hidden = re.sub(rb'<row r="(9|10)"', rb'<row r="\1" hidden="1"', parts["xl/worksheets/sheet1.xml"])
    outcome = judge(packed(parts | {"xl/worksheets/sheet1.xml": hidden}))
    assert asked(outcome) == [("answer-unseen", BARE, TICK)]
    assert [dict(one.facts)["count"] for one in outcome.findings if one.code == "rows-hidden"] == [2]


def test_a_row_of_no_height_is_told_once() -> None:
    parts = parts_of(bare())
    flat = re.sub(rb'(<row r="7"[^>]*? ht=")[0-9.]+', rb"\g<1>0", parts["xl/worksheets/sheet1.xml"])
    outcome = judge(packed(parts | {"xl/worksheets/sheet1.xml": flat}))
    assert "rows-hidden" not in {one.code for one in outcome.findings}
    assert {code for code, _, _ in asked(outcome)} == {"answer-unseen"}


def test_a_column_of_which_nothing_can_be_seen_is_one_question() -> None:
    white = {f"E{row}": {"font": WHITE} for row in range(6, 114)}
    outcome = judge(restyled(bare(), **white))
    assert asked(outcome) == [("column-unseen", None, None)]
    assert answer(outcome).done


@pytest.mark.parametrize("size", ['ht="0"', 'ht="0.75"', 'ht="1"'])
def test_answers_in_a_row_of_no_height_are_asked_about(size: str) -> None:
    parts = parts_of(bare())
    before, row, after = parts["xl/worksheets/sheet1.xml"].partition(b'<row r="7"')
    height, rest = after[: after.index(b">")], after[after.index(b">") :]
    flat = b" ".join(part for part in height.split(b" ") if not part.startswith(b"ht=")) + f" {size}".encode()
    parts["xl/worksheets/sheet1.xml"] = before + row + flat + rest
    found = asked(judge(packed(parts)))
    assert {code for code, _, _ in found} == {"answer-unseen"}
    assert {item for _, item, _ in found} == {BARE}


@pytest.mark.parametrize(
    ("font", "letter", "taken"),
    [
        ("Wingdings 2", "P", True),
        ("Wingdings 2", "R", True),
        ("WINGDINGS2", "\uf052", True),
        ("Wingdings", "ü", True),
        ("Wingdings", "þ", True),
        ("Webdings", "a", True),
        ("Wingdings 2", "O", False),
        ("Wingdings", "¨", False),
        ("Wingdings", "√", True),
        ("Wingdings", "ý", None),
        ("Wingdings", "P", None),
        ("Wingdings", "1", None),
        ("Wingdings", "v", None),
        ("Wingdings 3", "ü", None),  # a triangle
    ],
)
def test_in_a_font_of_symbols_the_picture_counts_and_not_the_letter(font: str, letter: str, taken: bool | None) -> None:
    outcome = judge(restyled(bare(), I7={"value": letter, "font": Font(name=font)}))
    assert answer(outcome).ledger is taken
    assert ("ledger-unclear" in {one.code for one in outcome.findings}) is (taken is None)


@pytest.mark.parametrize(
    ("value", "code", "asks"),
    [
        (0, '"√";;"√"', True),
        (1, '"√"', False),
        (0, '"√";;', True),  # shows nothing, as is meant
        (1, '[=1]"√";[=0]"×"', False),
        (0, '[=1]"√";[=0]"×"', False),
        (1, '[=1]"×";[=0]"√"', True),
        ("否", '@"√"', True),
        (1, "0", False),
        (1, "0.00", False),
        (1, "General", False),
    ],
)
def test_a_format_that_draws_another_mark_than_the_value_is_asked_about(value: object, code: str, asks: bool) -> None:
    outcome = judge(restyled(bare(), I7={"value": value, "number_format": code}))
    codes = {one.code for one in outcome.findings if one.asks and one.cell == LEDGER}
    assert codes == ({"answer-shown-otherwise"} if asks and code != '"√";;' else {"answer-unseen"} if asks else set())


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('d"月"', "9月"),
        ('yyyy"年"d"月"', "2012年9月"),
        ('m/d"月"', "8/9月"),
        ("dd", "09"),
        ('d"日"', "9日"),
        ("yyyy", "2012"),
        ('m"月"', None),
        ('m"月"d"日"', None),
        ("yyyy-mm-dd", None),
        ("mmm-yy", None),
    ],
)
def test_a_day_shown_without_its_month_is_asked_about(code: str, shown: str | None) -> None:
    outcome = judge(restyled(bare(), F7={"value": date(2012, 8, 9), "number_format": code}))
    found = [dict(one.facts)["shown"] for one in outcome.findings if one.code == "answer-shown-otherwise"]
    assert found == ([shown] if shown else [])
    assert answer(outcome).done_month == (None if shown else (8,))


def test_a_day_that_shows_the_number_of_its_month_asks_nothing() -> None:
    outcome = judge(restyled(bare(), F7={"value": date(2012, 8, 8), "number_format": 'd"月"'}))
    assert (asked(outcome), answer(outcome).done_month) == ([], (8,))


def test_a_month_with_its_word_in_the_format_is_a_month() -> None:
    outcome = judge(restyled(bare(), F7={"value": 8, "number_format": '0"月"'}))
    assert (asked(outcome), answer(outcome).done_month) == ([], (8,))


def test_a_blank_cell_that_is_coloured_where_others_are_not_is_asked_about() -> None:
    outcome = judge(restyled(bare(), I7={"fill": GREEN}))
    assert asked(outcome) == [("answer-coloured", BARE, LEDGER)]
    assert answer(outcome).ledger is None


def test_a_box_as_on_paper_that_is_coloured_is_a_blank_cell_that_is() -> None:
    data = fill(the_form(), clean(the_form()) | {BARE: done(month=8) | {"ledger": "□ 有"}})
    assert asked(judge(restyled(data, I7={"fill": GREEN}))) == []
    data = fill(the_form(), clean(the_form()) | {BARE: done(month=8) | {"ledger": "□"}})
    assert asked(judge(restyled(data, I7={"fill": GREEN}))) == [("answer-coloured", BARE, LEDGER)]


@pytest.mark.parametrize("fill", [GradientFill(stop=("FF92D050", "FF00B050")), PatternFill("darkGrid")])
def test_a_gradient_and_a_pattern_are_colours(fill: GradientFill | PatternFill) -> None:
    assert asked(judge(restyled(bare(), I7={"fill": fill}))) == [("answer-coloured", BARE, LEDGER)]
    assert asked(judge(restyled(bare(), E7={"fill": fill, "font": WHITE}))) == []


@pytest.mark.parametrize("entry", [{}, planned(month=12)])
def test_a_colour_tells_nothing_where_all_have_it_or_the_whole_row_has(entry: Entry) -> None:
    data = fill(the_form(), clean(the_form()) | {BARE: done(month=8, ledger=False)} | ({3: entry} if entry else {}))
    column = {f"I{row}": {"fill": GREEN} for row in range(6, 114)}
    assert "answer-coloured" not in {code for code, _, _ in asked(judge(restyled(data, **column)))}
    row = {f"{letter}7": {"fill": GREEN} for letter in "EFGHIJ"}
    assert "answer-coloured" not in {code for code, _, _ in asked(judge(restyled(data, **row)))}


def test_a_part_of_a_text_that_is_struck_out_is_asked_about() -> None:
    parts = parts_of(bare())
    strings = parts["xl/sharedStrings.xml"].replace(
        b"<si><t>9\xe6\x9c\x88</t></si>",
        "<si><r><rPr><strike/></rPr><t>9</t></r><r><rPr><b/></rPr><t>月</t></r></si>".encode(),
    )
    assert strings != parts["xl/sharedStrings.xml"]
    found = asked(judge(packed(parts | {"xl/sharedStrings.xml": strings})))
    assert {(code, cell[0]) for code, _, cell in found if cell} == {("answer-struck", "F")}
    assert len(found) > 50  # every other item


def with_fill_behind_run(colour: str, cell: str, fill: str) -> bytes:
    """A return with a fill behind F7, its text a shared string: a part of `colour`, the rest as the cell has it."""
    parts = parts_of(bare())
    styles, sheet, strings = "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    counts = dict(re.findall(rb'<(fonts|fills|cellXfs) count="(\d+)"', parts[styles]))
    font, ground, format = (int(counts[name]) for name in (b"fonts", b"fills", b"cellXfs"))
    for end, added in {
        "</fonts>": f'<font><sz val="11"/><color {cell}/><name val="宋体"/></font>',
        "</fills>": f'<fill><patternFill patternType="solid"><fgColor {fill}/></patternFill></fill>',
        "</cellXfs>": f'<xf numFmtId="0" fontId="{font}" fillId="{ground}" borderId="0" xfId="0"/>',
    }.items():
        parts[styles] = parts[styles].replace(end.encode(), f"{added}{end}".encode())
    parts[sheet] = re.sub(rb'<c r="F7" s="\d+"', rb'<c r="F7" s="%d"' % format, parts[sheet])
    run = f"<si><r><rPr><color {colour}/></rPr><t>8</t></r><r><t>月</t></r></si>"
    parts[strings] = parts[strings].replace("<si><t>8月</t></si>".encode(), run.encode())
    assert run.encode() in parts[strings]
    return packed(parts)


@pytest.mark.parametrize(
    ("colour", "cell", "fill", "asks"),
    [
        ('rgb="FFFF0000"', 'theme="1"', 'rgb="FFFF0000"', True),
        ('indexed="10"', 'theme="1"', 'rgb="FFFF0000"', True),
        ('theme="5"', 'theme="1"', 'rgb="FFC0504D"', True),  # the second accent of the theme
        ('theme="1"', 'rgb="FFFFFFFF"', 'rgb="FF000000"', True),
        ('rgb="FF0000FF"', 'theme="1"', 'rgb="FFFF0000"', False),
        ('rgb="FFFFFF00"', 'rgb="FFFFFFFF"', 'rgb="FF000000"', False),  # the rest of it is white, not black
    ],
)
def test_a_part_of_a_text_that_has_the_colour_behind_it_is_asked_about(
    colour: str, cell: str, fill: str, asks: bool
) -> None:
    assert asked(judge(with_fill_behind_run(colour, cell, fill))) == [("answer-unseen", BARE, MONTH)] * asks


def test_a_return_as_issued_has_no_odd_look_at_all() -> None:
    sheets = read_book(bare()).sheets
    assert [sheet.hidden.looks for sheet in sheets] == [{}, {}, {}]
    assert [sheet.hidden.drawings for sheet in sheets] == [(), (), ()]


def test_a_drawing_that_stayed_when_items_were_sorted_may_be_about_any_that_is_blank() -> None:
    book = opened(the_form(), fill(the_form(), clean(the_form()) | {BARE: {}}))
    book.sheet.at(LAYOUT.row(50), PLACES["code"] + 2).over = (Over("shape", "已于9月落实"),)
    assert ("drawing-unplaced", None, None) not in asked(judge(book.data()))
    rows_swapped(book, Random(1))
    assert ("drawing-unplaced", None, None) in asked(judge(book.data()))
