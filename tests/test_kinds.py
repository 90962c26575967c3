"""Inputs as public bug reports describe them, each rebuilt several times over in our own return.

What is unusual and means one thing is read without a question; what cannot be read is asked about where it stands.
"""

import re
from collections.abc import Callable

import pytest
from hostile import packed, parts_of
from rounds import clean, fill, judge, the_form

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.layout import layout_of
from sanjin_xl.model.submission import Answer
from sanjin_xl.workbook.xml import without_prefix

FORM = the_form()
BASE = fill(FORM, clean(FORM))
PARTS = parts_of(BASE)
SHEET, OTHER, BOOK = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/_rels/workbook.xml.rels"
ITEM = 7
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Parts = dict[str, bytes]


def asked(outcome: Outcome) -> set[tuple[str, int | None]]:
    return {(one.code, one.item) for one in outcome.findings if one.asks}


def answers(outcome: Outcome) -> dict[int, Answer]:
    assert outcome.submission, outcome.reason
    return dict(outcome.submission.answers)


def with_cell(name: str, content: str, item: int = ITEM) -> bytes:
    """The return with another content of one answer cell: what follows its style."""
    address = layout_of(FORM).cell(item, name).encode()
    pattern = rb'<c r="' + address + rb'"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
    xml, count = re.subn(
        pattern, rb'<c r="' + address + rb'"\1' + content.encode().replace(b"\\", rb"\\"), PARTS[SHEET], count=1
    )
    assert count == 1
    return packed(PARTS | {SHEET: xml})


def with_rows(rows: bytes, part: str = SHEET) -> bytes:
    return packed(PARTS | {part: PARTS[part].replace(b"</sheetData>", rows + b"</sheetData>")})


def targets(old: bytes, new: bytes, part: str = BOOK) -> bytes:
    return packed(PARTS | {part: PARTS[part].replace(b'Target="' + old, b'Target="' + new)})


def renamed(change: Callable[[str], str], old: bytes, new: bytes) -> bytes:
    """The same under other names of parts, which the types and relationships follow."""
    return packed({
        change(name): part.replace(old, new) if name.endswith((".rels", "].xml")) else part
        for name, part in PARTS.items()
    })  # fmt: skip


def lines(first: int, last: int, row: bytes) -> bytes:
    return b"".join(row.replace(b"%", b"%d" % n) for n in range(first, last))


def _moved(name: str) -> str:
    """Where a part lies in a workbook whose parts have none of the usual names."""
    return name.replace("workbook.xml", "main.xml").replace("worksheets/", "s/").replace("xl/", "data/")


def moved(part: bytes, name: str) -> bytes:
    if not name.endswith((".rels", "].xml")):
        return part
    return part.replace(b"workbook.xml", b"main.xml").replace(b"worksheets/", b"s/").replace(b"xl/", b"data/")


def prefixed(part: bytes) -> bytes:
    """A part as the Open XML SDK writes it."""
    if MAIN not in part[:1000]:
        return part
    part = part.replace(b'xmlns="' + MAIN, b'xmlns:x="' + MAIN, 1)
    return re.sub(rb"<(/?)([A-Za-z0-9]+)(?=[\s/>])", rb"<\1x:\2", part)


def in_ascii(part: bytes) -> bytes:
    return part.replace(b"UTF-8", b"ASCII", 1).decode().encode("ascii", "xmlcharrefreplace")


STYLED = b'<row r="%"><c r="A%" s="1"/><c r="B%" s="2"/><c r="L%" s="1"/></row>'
READ: dict[str, bytes] = {
    "a format in the very last cell": with_rows(b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
    "a format on the very last row": with_rows(b'<row r="1048576" s="1" customFormat="1"/>'),
    "a format in the last column": with_rows(b'<row r="300"><c r="XFD300" s="1"/></row>'),
    "60,000 rows with a height": with_rows(lines(300, 60_300, b'<row r="%" ht="20" customHeight="1"/>')),
    "20,000 formatted rows": with_rows(lines(300, 20_300, STYLED)),
    "cells with a type and nothing in them": with_rows(b'<row r="50000"><c r="A50000" s="1" t="s"/></row>'),
    "an empty value": with_rows(b'<row r="50000"><c r="A50000" s="1"><v></v></c></row>'),
    "a tick in a run": with_cell("ledger", ' t="inlineStr"><is><r><t>√</t></r></is></c>'),
    "a tick with a reading aid": with_cell(
        "ledger", ' t="inlineStr"><is><t>√</t><rPh sb="0" eb="1"><t>gou</t></rPh></is></c>'
    ),
    "targets from the root": targets(b"worksheets/", b"/xl/worksheets/"),
    "targets with ./": targets(b"worksheets/", b"./././worksheets/"),
    "targets with ..": targets(b"worksheets/", b"worksheets/../worksheets/"),
    "targets with a backslash": targets(b"worksheets/", b"worksheets\\"),
    "the book by ./": targets(b"xl/", b"./xl/", "_rels/.rels"),
    "the book from the root": targets(b"xl/", b"/xl/", "_rels/.rels"),
    "backslashes everywhere": packed({name.replace("/", "\\"): part for name, part in PARTS.items()}),
    "capitals": packed({name.replace("xl/", "XL/"): part for name, part in PARTS.items()}),
    "styles of another name": renamed(lambda one: one.replace("styles.xml", "look.xml"), b"styles.xml", b"look.xml"),
    "texts of another name": renamed(
        lambda one: one.replace("sharedStrings", "strings7"), b"sharedStrings.xml", b"strings7.xml"
    ),
    "a book of another name": renamed(
        lambda one: one.replace("workbook.xml", "book.xml"), b"xl/workbook.xml", b"xl/book.xml"
    ),
    "another folder": renamed(lambda one: one.replace("xl/", "excel/"), b"xl/", b"excel/"),
    "a book that only the types tell": packed({_moved(name): moved(part, name) for name, part in PARTS.items()}),
    "targets from the root without a slash": targets(b"worksheets/", b"xl/worksheets/"),
    "a blank in a name": renamed(lambda one: one.replace("sheet1", "my sheet"), b"sheet1.xml", b"my%20sheet.xml"),
    "a name in Chinese": renamed(lambda one: one.replace("sheet1", "表"), b"sheet1.xml", b"%E8%A1%A8.xml"),
    "every element with a prefix": packed({name: prefixed(part) for name, part in PARTS.items()}),
    "references in ASCII": packed({name: in_ascii(part) for name, part in PARTS.items()}),
    "utf8 without its hyphen": packed({name: part.replace(b"UTF-8", b"utf8", 1) for name, part in PARTS.items()}),
    "points without a nought": packed(PARTS | {SHEET: PARTS[SHEET].replace(b"<v>0.", b"<v>.")}),
}
ERRORS = (
    "#SPILL!",
    "#CALC!",
    "#BLOCKED!",
    "#FIELD!",
    "#CONNECT!",
    "#BUSY!",
    "#PYTHON!",
    "#GETTING_DATA",
    "#N/A",
    "#REF!",
)


@pytest.mark.parametrize("name", READ)
def test_what_is_unusual_and_means_one_thing_is_read_without_a_question(name: str) -> None:
    outcome = judge(READ[name])
    assert (answers(outcome), asked(outcome)) == (answers(judge(BASE)), set())


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_value_is_asked_about_where_it_stands_and_nowhere_else(error: str) -> None:
    value = f' t="e"><v>{error}</v></c>'
    assert ("answer-error", ITEM) in asked(judge(with_cell("ledger", value)))
    assert ("answer-error", ITEM) in asked(judge(with_cell("done_month", value)))
    assert asked(judge(with_cell("remark", value))) == {("remark-not-text", ITEM)}
    elsewhere = f'<row r="90"><c r="B90" t="e"><f>X()</f><v>{error}</v></c></row>'.encode()
    assert asked(judge(with_rows(elsewhere, OTHER))) == set()


@pytest.mark.parametrize(
    "content",
    [
        ' t="e" vm="1"><v>#VALUE!</v></c>',
        ' t="str"><f>_xlfn.DISPIMG(&quot;ID_1&quot;,1)</f><v>=DISPIMG("ID_1",1)</v></c>',
        ' t="inlineStr"><is><t>=DISPIMG("ID_1",1)</t></is></c>',
        ' t="e"><f>_xlfn.IMAGE(&quot;http://a/b.png&quot;)</f><v>#VALUE!</v></c>',
    ],
)
def test_a_picture_in_a_cell_is_no_tick(content: str) -> None:
    outcome = judge(with_cell("ledger", content))
    assert answers(outcome)[ITEM].ledger is None
    assert ITEM in {item for _, item in asked(outcome)}


@pytest.mark.parametrize("written", ['t="array"', 't="array" aca="1"', 't="dataTable" dt2D="0" dtr="0" r1="A1"'])
def test_each_cell_that_a_formula_of_another_cell_fills_is_a_formula(written: str) -> None:
    cells = [layout_of(FORM).cell(number, "done") for number in (3, 4, 5)]
    formula = f'<f {written} ref="{cells[0]}:{cells[-1]}">IF(B8:B10&gt;0,"√","")</f>'
    parts = PARTS | {SHEET: with_formula_over(PARTS[SHEET], cells, formula)}
    outcome = judge(packed(parts))
    assert asked(outcome) == {("answer-formula", 3), ("answer-formula", 4), ("answer-formula", 5)}
    assert [answers(outcome)[number].done for number in (3, 4, 5)] == [None] * 3


def with_formula_over(sheet: bytes, cells: list[str], formula: str) -> bytes:
    """The sheet with a formula in the first of some cells, whose results stand in all of them."""
    for cell in cells:
        content = ' t="str">' + formula * (cell == cells[0]) + "<v>√</v></c>"
        pattern = rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)'.encode()
        sheet, count = re.subn(pattern, f'<c r="{cell}"{content}'.encode(), sheet, count=1)
        assert count == 1
    return sheet


@pytest.mark.parametrize(
    ("written", "remark"),
    [
        ("_xD83D__xDC4D_", "👍"),
        ("&#x1F44D;", "👍"),
        ("&#128077;", "👍"),
        ("_x4F60__x597D_", "你好"),
        ("<![CDATA[见附件]]>", "见附件"),
    ],
)
def test_a_text_is_what_it_stands_for_however_it_is_written(written: str, remark: str) -> None:
    outcome = judge(with_cell("remark", f' t="inlineStr"><is><t>{written}</t></is></c>'))
    assert (answers(outcome)[ITEM].remark, asked(outcome)) == (remark, set())


def test_half_a_character_may_stand_in_a_run_of_its_own() -> None:
    outcome = judge(with_cell("remark", ' t="inlineStr"><is><r><t>_xD83D_</t></r><r><t>_xDC4D_</t></r></is></c>'))
    assert (answers(outcome)[ITEM].remark, asked(outcome)) == ("👍", set())


def test_a_sheet_whose_elements_have_a_prefix_is_looked_through_like_any_other() -> None:
    assert without_prefix(prefixed(PARTS[SHEET])) == PARTS[SHEET]
    hiding = PARTS[SHEET].replace(b"<sheetData>", b"<sheetData><!-- <x:row> -->")
    assert without_prefix(prefixed(hiding)) == prefixed(hiding)


def test_a_day_of_type_d_is_its_month() -> None:
    outcome = judge(with_cell("done_month", ' t="d"><v>2012-08-15T00:00:00</v></c>'))
    assert (answers(outcome)[ITEM].done_month, asked(outcome)) == ((8,), set())
