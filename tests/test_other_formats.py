"""What .xls, .ods and .xlsb tell: the same as an .xlsx, no less, and nothing beyond the budgets."""

import html
import io
import random
import re
import struct
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from xml.sax.saxutils import quoteattr

import pytest
from hostile import compound, packed, parts_of, refused_as
from other_formats import (
    EOF,
    FORMATS,
    Cell,
    Page,
    binary,
    bof,
    changed,
    ods_content,
    ods_file,
    of,
    record,
    text,
    wide,
    xls_stream,
    xlsb_parts,
)
from python_calamine import CalamineWorkbook
from rounds import clean, fill, processor, small_form

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Drawing, DrawingKind, Fact, Hidden, Look, Sheet
from sanjin_xl.workbook.ods.xml import Rewriting
from sanjin_xl.workbook.reader import read_book

EACH = pytest.mark.parametrize("format", FORMATS)
MOST_MEMORY = 64 * 2**20  # what the cells of the largest sheet take


@cache
def issued() -> dict[str, Page]:
    form = small_form()
    return of(fill(form, clean(form)))


def returned(format: str, **cells: Cell) -> Outcome:
    return judged(format, FORMATS[format](changed(issued(), **cells)))


def judged(format: str, data: bytes) -> Outcome:
    return processor(small_form()).process_file(data, f"东源县司法局.{format}")


def found(outcome: Outcome) -> list[tuple[str, int | None, str | None]]:
    assert outcome.status is Status.READABLE
    return [(one.code, one.item, one.cell) for one in outcome.findings]


def sheet(format: str, **cells: Cell) -> Sheet:
    (only,) = read_book(FORMATS[format]({"表": Page(cells=cells)})).sheets
    return only


def hidden(format: str, **cells: Cell) -> Hidden:
    return sheet(format, **cells).hidden


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@EACH
def test_a_clean_return_has_no_finding_in_any_format(format: str) -> None:
    assert found(returned(format)) == []


@EACH
def test_a_formula_is_no_answer(format: str) -> None:
    outcome = returned(format, E6=Cell(value="√", formula=True), I7=Cell(value="√", formula=True))
    assert found(outcome) == [("answer-formula", 1, "E6"), ("answer-formula", 2, "I7")]
    assert outcome.submission
    assert (outcome.submission.answer(1).done, outcome.submission.answer(2).ledger) == (None, None)


THREE: dict[str, Page] = {
    "表": Page(cells={"A1": Cell(value=1.0, formula=True), "A2": Cell(value=1.0), "A3": Cell(value=1.0)})
}
FILLING: dict[str, Callable[[], bytes]] = {  # a formula in the first of three cells, whose results stand in all of them
    "ods": lambda: ods_file(
        ods_content(
            '<table:table table:name="表"><table:table-row><table:table-cell table:formula="of:=IF([.B1:.B3];1;0)" '
            'table:number-matrix-rows-spanned="3" table:number-matrix-columns-spanned="1" office:value-type="float" '
            'office:value="1"/></table:table-row>'
            + '<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>' * 2
            + "</table:table>"
        )
    ),
    "xls": lambda: compound({
        "Workbook": with_records(
            xls_stream(THREE), record(0x221, struct.pack("<2H2B6x", 0, 2, 0, 0)) + record(0x225, b"\0\0\x2c\1")
        )
    }),
    "xlsb": lambda: packed(
        xlsb_parts(THREE)
        | {
            "xl/worksheets/sheet1.bin": xlsb_parts(THREE)["xl/worksheets/sheet1.bin"]
            + binary(426, struct.pack("<4LB", 0, 2, 0, 0, 0))
        }
    ),
}  # fmt: skip


def with_records(stream: bytes, added: bytes) -> bytes:
    """A stream with further records in its last sheet."""
    assert stream.endswith(EOF)
    return stream.removesuffix(EOF) + added + EOF


@EACH
def test_each_cell_that_a_formula_of_another_cell_fills_is_a_formula(format: str) -> None:
    (only,) = read_book(FILLING[format]()).sheets
    assert only.rows[:3] == [[1.0]] * 3
    assert only.hidden.formulas == {"A1": True, "A2": True, "A3": True}


@EACH
@pytest.mark.parametrize("formula", [False, True])
def test_an_error_value_is_no_blank(format: str, formula: bool) -> None:
    outcome = returned(format, I6=Cell(error=True, formula=formula))
    assert ("answer-error", 1, "I6") in found(outcome)


@EACH
def test_a_note_is_kept(format: str) -> None:
    outcome = returned(format, E6=Cell(value="√", note="只做了一半"))
    assert found(outcome) == [("answer-comment", 1, "E6")]
    assert outcome.findings[0].found == "只做了一半"


@EACH
def test_answers_below_a_merge_are_asked_about(format: str) -> None:
    outcome = returned(format, I6=Cell(value="√", rows=2))
    assert ("answer-merged", 2, "I7") in found(outcome)


@EACH
def test_a_sheet_that_is_no_longer_locked_is_said_to_be(format: str) -> None:
    first, *others = pages = issued()
    opened = {first: replace(pages[first], protected=False)} | {name: pages[name] for name in others}
    assert found(judged(format, FORMATS[format](opened))) == [("protection-removed", None, None)]


@EACH
def test_hidden_rows_and_columns_are_told(format: str) -> None:
    first, *others = pages = issued()
    page = replace(pages[first], hidden_rows=frozenset((5,)), hidden_columns=frozenset((4,)))
    codes = [code for code, *_ in found(judged(format, FORMATS[format]({first: page} | {n: pages[n] for n in others})))]
    assert codes == ["columns-hidden", "rows-hidden"]


@EACH
def test_a_figure_of_the_sheet_that_was_typed_over_is_told(format: str) -> None:
    assert found(returned(format, K6=Cell(value=0.25))) == [("score-overwritten", None, None)]


@EACH
def test_what_is_struck_out_invisible_or_in_a_font_of_symbols_is_seen(format: str) -> None:
    looks = hidden(
        format,
        A1=Cell(value="√", struck=True),
        A2=Cell(value="√", white=True),
        A3=Cell(value="√"),
        A4=Cell(value=1.0, struck=True),
    ).looks
    assert {cell: (look.struck, look.unseen) for cell, look in looks.items()} == {
        "A1": ("√", False),
        "A2": ("", True),
        "A4": ("1", False),
    }
    assert hidden(format, A1=Cell(value="R", font="Wingdings 2")).looks["A1"].font == "Wingdings 2"


@EACH
def test_what_a_font_of_symbols_draws_is_read(format: str) -> None:
    outcome = returned(format, E6=Cell(value="R", font="Wingdings 2"), E7=Cell(value="Q", font="Wingdings 2"))
    assert outcome.submission
    assert [outcome.submission.answer(number).done for number in (1, 2)] == [True, None]


@EACH
def test_a_text_box_lies_over_its_cells(format: str) -> None:
    (drawing,) = hidden(format, A1=Cell(value="台帐"), I6=Cell(over="有")).drawings
    assert (drawing.area, drawing.text) == ((5, 8, 5, 8), "有")


_FIFTH_ROW = '<table:table-row table:number-rows-repeated="4"><table:table-cell/></table:table-row>'
_SPACE = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'


@pytest.mark.parametrize(
    ("size", "area"),
    [
        ('svg:x="0.1cm" svg:y="0.1cm" svg:width="1cm" svg:height="0.8cm"', (4, 1, 4, 1)),
        ('svg:x="0.1cm" svg:y="0.1cm" svg:width="1cm" svg:height="28mm"', (4, 1, 6, 1)),
        ('svg:x="0.1cm" svg:y="0.95cm" svg:width="4cm" svg:height="1cm"', (5, 1, 5, 2)),  # rows have one centimetre
        ('svg:x1="1cm" svg:y1="1.9cm" svg:x2="0cm" svg:y2="0.1cm"', (4, 1, 5, 1)),
        ('draw:transform="rotate (1.5) translate (1cm 1cm)"', (4, 1, 4, 1)),
    ],
)
@pytest.mark.parametrize("around", ["{}", "<draw:g>{}</draw:g>", "<draw:g><draw:g>{}</draw:g></draw:g>"])
def test_a_shape_of_an_ods_that_names_no_end_lies_over_the_cells_under_its_size(
    size: str, area: tuple[int, int, int, int], around: str
) -> None:
    shape = around.format(f"<draw:rect {_SPACE} {size}><text:p>有</text:p></draw:rect>")
    anchored = f"<table:table-row><table:table-cell/><table:table-cell>{shape}</table:table-cell></table:table-row>"
    (drawing,) = drawings_of(f"{_FIFTH_ROW}{anchored}")
    assert drawing == Drawing(DrawingKind.SHAPE, area, "有")


@pytest.mark.parametrize(
    ("end", "ends", "area"),
    [
        ("A1", 'svg:x1="3cm" svg:y1="4.1cm" svg:x2="3cm" svg:y2="6.5cm"', None),  # LibreOffice, of a connector in .xlsx
        ("B3", 'svg:x1="0.1cm" svg:y1="0.1cm" svg:x2="3cm" svg:y2="2.5cm"', (0, 0, 2, 1)),
    ],
)
def test_a_line_of_an_ods_whose_ends_lie_elsewhere_than_its_cells_has_no_known_place(
    end: str, ends: str, area: tuple[int, int, int, int] | None
) -> None:
    inside = f'table:end-cell-address="表.{end}" table:end-x="0.1cm" table:end-y="0.1cm" {ends}'
    line = f"<draw:connector {_SPACE} {inside}/>"
    (drawing,) = drawings_of(f"<table:table-row><table:table-cell>{line}</table:table-cell></table:table-row>")
    assert drawing == Drawing(DrawingKind.SHAPE, area)


def test_a_shape_of_an_ods_on_the_page_lies_over_the_cells_under_it() -> None:
    size = f'{_SPACE} svg:x="2.5cm" svg:y="4.1cm" svg:width="1cm" svg:height="0.8cm"'
    shapes = f"<table:shapes><draw:rect {size}><text:p>有</text:p></draw:rect></table:shapes>"
    (drawing,) = drawings_of(f"{_FIFTH_ROW}{row(ONE)}", shapes)
    assert drawing.area == (4, 1, 4, 1)


def drawings_of(rows: str, shapes: str = "") -> tuple[Drawing, ...]:
    """What lies over a sheet whose rows are a centimetre high."""
    style = (
        '<style:style style:name="ro" style:family="table-row">'
        '<style:table-row-properties style:row-height="1cm"/></style:style>'
    )
    rows = rows.replace("<table:table-row", '<table:table-row table:style-name="ro"')
    more = '<table:table-row table:style-name="ro" table:number-rows-repeated="9"><table:table-cell/></table:table-row>'
    columns = '<table:table-column table:number-columns-repeated="9"/>'
    table = f'<table:table table:name="表">{shapes}{columns}{rows}{more}</table:table>'
    return read_book(ods_file(ods_content(table, style))).sheets[0].hidden.drawings


@EACH
def test_a_text_box_over_a_blank_cell_asks_about_its_item(format: str) -> None:
    assert ("answer-drawing", 1, "I6") in found(returned(format, I6=Cell(over="有，已建台帐")))


@EACH
def test_an_answer_that_is_struck_out_or_white_is_asked_about(format: str) -> None:
    outcome = returned(format, E6=Cell(value="√", struck=True), I7=Cell(value="√", white=True))
    assert found(outcome)[:2] == [("answer-struck", 1, "E6"), ("answer-unseen", 2, "I7")]
    assert outcome.submission
    assert outcome.submission.answer(1).done is None


@EACH
def test_a_letter_in_a_font_of_symbols_is_the_picture_it_draws(format: str) -> None:
    outcome = returned(format, E6=Cell(value="P", font="Wingdings 2"), I6=Cell(value="O", font="Wingdings 2"))
    assert outcome.submission
    assert (outcome.submission.answer(1).done, outcome.submission.answer(1).ledger) == (True, False)


@EACH
def test_values_keep_their_kind_and_text_stays_text(format: str) -> None:
    values = {
        "A1": "007",
        "B1": "#REF!",
        "C1": "第一行\n第二行",
        "D1": "好👍𠮷",
        "A2": 3.0,
        "B2": 0.1,
        "C2": True,
        "D2": date(2012, 9, 28),
        "E3": "=1+1",
    }
    read = sheet(format, **{where: Cell(value=value) for where, value in values.items()})
    assert read.rows == [
        ["007", "#REF!", "第一行\n第二行", "好👍𠮷", ""],
        [3.0, 0.1, True, date(2012, 9, 28), ""],
        ["", "", "", "", "=1+1"],
    ]
    assert (read.hidden.errors, read.hidden.formulas) == ({}, {})


@pytest.mark.parametrize("format", ["xls", "ods"])  # it asks more of an .xlsb than there is; see docs/writers.md
def test_calamine_reads_the_same(format: str) -> None:
    data = FORMATS[format](issued())
    ours = {sheet.name: [[plain(value) for value in row] for row in sheet.rows] for sheet in read_book(data).sheets}
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        theirs = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    assert ours == {name: [[plain(value) for value in row] for row in rows] for name, rows in theirs.items()}


def plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


# ── .ods ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def table(rows: str) -> bytes:
    return ods_file(ods_content(f'<table:table table:name="表">{rows}</table:table>'))


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def words(inner: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def rows_of(data: bytes) -> list[list[object]]:
    return read_book(data).sheets[0].rows


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<text:p><![CDATA[√]]></text:p>", "√"),
        ("<text:p>a<!-- b -->c</text:p>", "ac"),
        ("<text:p>a</text:p>\n  <text:p>b</text:p>", "a\nb"),
        ("<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p>", "a   b\tc\nd"),
        ("<text:p>a<text:span>b</text:span><text:a>c</text:a></text:p>", "abc"),
        ("<text:p>&lt;table:table-cell&gt; &amp; &#x221A;</text:p>", "<table:table-cell> & √"),
        ("<office:annotation><text:p>no</text:p></office:annotation><text:p>yes</text:p>", "yes"),
    ],
)
def test_a_paragraph_says_what_an_office_program_shows(inner: str, said: str) -> None:
    assert rows_of(table(row(words(inner)))) == [[said]]


def test_other_prefixes_mean_the_same() -> None:
    content = ods_content(f'<table:table table:name="表">{row(words("<text:p>√</text:p>"))}</table:table>')
    for old, new in (("table", "t"), ("text", "x"), ("office", "o")):
        content = content.replace(f"{old}:".encode(), f"{new}:".encode())
        content = content.replace(f"xmlns:{new}:{new}:".encode(), b"broken").replace(
            f"opendocument:xmlns:{new}:".encode(), f"opendocument:xmlns:{old}:".encode()
        )
        content = content.replace(f"xmlns:{old}=".encode(), f"xmlns:{new}=".encode())
    assert b"<t:table-cell" in content
    assert rows_of(ods_file(content)) == [["√"]]


def test_an_attribute_that_is_written_anew_says_what_it_said() -> None:
    space = 'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    said = 'of:=IF([.E6]="√";"<&>";"\'")\n\t'
    written = Rewriting().read(f"<t:c {space} t:formula={quoteattr(said)}/>".encode()).decode()
    (value,) = re.findall(r'table:formula="([^"<]*)"', written)
    assert html.unescape(value) == said


def test_a_prefix_that_means_another_thing_hides_nothing() -> None:
    stranger = '<x xmlns:table="urn:other"><table:table-cell/></x>'
    cells = words(f"<text:p>√</text:p>{stranger}") + words("<text:p>b</text:p>")
    assert rows_of(table(row(cells))) == [["√", "b"]]


def test_repeated_blanks_cost_nothing_and_push_what_follows() -> None:
    blank = '<table:table-cell table:number-columns-repeated="3"/>'
    end = '<table:table-cell table:number-columns-repeated="16380"/>'
    rows = row("<table:table-cell/>", 'table:number-rows-repeated="2"') + row(blank + words("<text:p>d</text:p>") + end)
    far = row(end, 'table:number-rows-repeated="1048573"')
    assert rows_of(table(rows + far)) == [["", "", "", ""], ["", "", "", ""], ["", "", "", "d"]]


def test_covered_cells_keep_their_place() -> None:
    covered = '<table:covered-table-cell office:value-type="string"><text:p>b</text:p></table:covered-table-cell>'
    cells = words("<text:p>a</text:p>", 'table:number-columns-spanned="2" office:value-type="string"')
    assert rows_of(table(row(cells + covered + words("<text:p>c</text:p>")))) == [["a", "b", "c"]]


ONE = words("<text:p>x</text:p>")
BOMB = words("<text:p>x</text:p>", 'table:number-columns-repeated="16384" office:value-type="string"')
ODS_BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "cells repeated to the right": ("file-far-cell", lambda: table(row(BOMB))),
    "rows repeated downwards": ("file-too-many-rows", lambda: table(row(ONE, 'table:number-rows-repeated="1048576"'))),
    "both": ("file-too-many-rows", lambda: table(row(BOMB, 'table:number-rows-repeated="1048576"'))),
    "a wide row repeated": (
        "file-too-many-cells",
        lambda: table(row(BOMB.replace("16384", "500"), 'table:number-rows-repeated="20000"')),
    ),
    "a cell far to the right": (
        "file-far-cell",
        lambda: table(row(BOMB.replace("<text:p>x</text:p>", "").replace(' office:value-type="string"', "") + ONE)),
    ),
    "two far corners": (
        "file-grid",
        lambda: table(
            row('<table:table-cell table:number-columns-repeated="400"/>' + ONE)
            + row("<table:table-cell/>", 'table:number-rows-repeated="15000"')
            + row(ONE)
        ),
    ),
    "a number without end": ("file-address", lambda: table(row(ONE, f'table:number-rows-repeated="{"9" * 400}"'))),
    "too many cells": ("file-too-many-cells", lambda: table(row("<table:table-cell/>" * 400_001))),
    "a text without end": ("file-long-text", lambda: table(row(words(f"<text:p>{'字' * 40_000}</text:p>")))),
    "blanks without end": (
        "file-long-text",
        lambda: table(row(words("<text:p>" + "<text:s text:c='30000'/>" * 2_000 + "a</text:p>"))),
    ),
    "depth": (
        "file-too-complex",
        lambda: table(row(words("<text:p>" + "<text:span>" * 90 + "</text:span>" * 90 + "</text:p>"))),
    ),
    "a document type": (
        "file-doctype",
        lambda: ods_file(
            table_content().replace(b"<office:document-content", b"<!DOCTYPE a []><office:document-content", 1)
        ),
    ),
    "two texts": (
        "file-two-values",
        lambda: table(row(words("<text:p>a</text:p>", 'office:value-type="string" office:string-value="√"'))),
    ),
    "a table in a table": ("file-markup", lambda: table(f'<table:table table:name="b">{row(ONE)}</table:table>')),
    "a cell in a cell": ("file-xml", lambda: table(row(words(ONE)))),
    "a style named twice": (
        "file-xml",
        lambda: table(row(words("", 'table:style-name="a" office:value-type="string" table:style-name="b"'))),
    ),
    "no end": ("file-xml", lambda: ods_file(table_content()[:-60])),
    "no sheet": ("file-wiring", lambda: ods_file(ods_content(""))),
}


def table_content() -> bytes:
    return ods_content(f'<table:table table:name="表">{row(ONE)}</table:table>')


SEEN_STYLES = "".join(
    f'<style:style style:name="{name}" style:family="{family}" {more}>{inside}</style:style>'
    for name, family, more, inside in (
        ("struck", "text", "", '<style:text-properties style:text-line-through-style="solid"/>'),
        ("big", "text", "", '<style:text-properties fo:font-size="14pt"/>'),
        ("own", "table-cell", 'style:data-style-name="N100"', ""),
        ("low", "table-row", "", '<style:table-row-properties style:row-height="0.02cm"/>'),
    )
)


def styled(rows: str, styles: str = SEEN_STYLES) -> Sheet:
    return read_book(ods_file(ods_content(f'<table:table table:name="表">{rows}</table:table>', styles))).sheets[0]


def test_a_span_within_a_span_has_the_looks_of_both() -> None:
    inner = '<text:span text:style-name="struck"><text:span text:style-name="big">9月</text:span></text:span>'
    assert styled(row(words(f"<text:p>{inner}</text:p>"))).hidden.looks["A1"].struck == "9月"


@pytest.mark.parametrize(("line", "struck"), [("0.06pt solid #000000", "√"), ("none", "")])
@pytest.mark.parametrize("way", ["bl-tr", "tl-br"])
def test_a_diagonal_border_of_an_ods_crosses_an_answer_out(way: str, line: str, struck: str) -> None:
    inside = f'<style:table-cell-properties style:diagonal-{way}="{line}"/>'
    style = f'<style:style style:name="x" style:family="table-cell">{inside}</style:style>'
    cell = '<table:table-cell table:style-name="x" office:value-type="string"><text:p>√</text:p></table:table-cell>'
    assert styled(row(cell), style).hidden.looks.get("A1", Look()).struck == struck


@pytest.mark.parametrize("style", ['style:name="s" {family}', '{family} style:name="s"'])
@pytest.mark.parametrize("cell", ['{name} office:value-type="string"', 'office:value-type="string" {name}'])
def test_a_style_is_known_wherever_its_name_stands(style: str, cell: str) -> None:
    inside = '<style:text-properties style:text-line-through-style="solid"/>'
    said = style.format(family='style:family="table-cell"')
    attributes = cell.format(name='table:style-name="s"')
    sheet = styled(row(words("<text:p>√</text:p>", attributes)), f"<style:style {said}>{inside}</style:style>")
    assert sheet.hidden.looks["A1"].struck == "√"


def test_what_a_formula_of_an_ods_says_is_known() -> None:
    score = "of:=IF([.E6]=&quot;√&quot;;ROUND([.D6]*IF([.I6]=&quot;√&quot;;1;0.5);2);0)"
    cell = words("<text:p>1</text:p>", f'table:formula="{score}" office:value-type="float" office:value="1"')
    wordings = styled(row("<table:table-cell/>" + cell)).hidden.wordings
    assert wordings == SCORE.replace(b'"K6"', b'"B1"')


@pytest.mark.parametrize("show", ["true", "false"])
def test_bars_of_an_ods_that_take_the_place_of_values_are_not_looked_into(show: str) -> None:
    bars = f'<calcext:conditional-formats><calcext:data-bar calcext:show-value="{show}"/></calcext:conditional-formats>'
    assert bool(styled(row(words("<text:p>√</text:p>")) + bars).hidden.unread) is (show == "false")


def test_a_text_under_a_format_is_what_is_stored_and_seen_as_what_is_shown() -> None:
    own = 'table:style-name="own" office:value-type="string" office:string-value="√"'
    sheet = styled(row(words("<text:p/>", own) + words("<text:p>√（撤回）</text:p>", own)))
    assert sheet.rows == [["√", "√"]]
    assert [(look.unseen, look.shown) for look in sheet.hidden.looks.values()] == [(True, ""), (False, "√（撤回）")]


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("9", "8月", "8月"),
        ("9", "√", "√"),
        ("9", "9月", ""),
        ("1.5", "1.50", ""),
        ("0.125", "0.13", ""),
        ("1234.5", "1,234.50", ""),
        ("12345678", "1.23E+07", ""),
        ("-2", "(2)", ""),
    ],
)
def test_a_format_of_an_ods_may_show_another_number(value: str, text: str, shown: str) -> None:
    cell = words(f"<text:p>{text}</text:p>", f'office:value-type="float" office:value="{value}"')
    assert styled(row(cell)).hidden.looks.get("A1", Look()).shown == shown


def test_what_stands_in_a_row_of_no_height_is_seen_by_nobody_and_the_row_is_a_hidden_one() -> None:
    sheet = styled(row(words("<text:p>√</text:p>"), 'table:style-name="low"'))
    assert (sheet.hidden.looks["A1"].unseen, sheet.hidden.hidden_rows) == (True, frozenset((0,)))


def test_the_name_of_a_font_may_be_quoted_in_an_attribute() -> None:
    face = '<style:font-face style:name="W" svg:font-family="&apos;Wingdings 2&apos;"/>'
    font = '<style:text-properties style:font-name="W"/>'
    style = f'{face}<style:style style:name="s" style:family="table-cell">{font}</style:style>'
    sheet = styled(row(words("<text:p>P</text:p>", 'table:style-name="s" office:value-type="string"')), style)
    assert sheet.rows == [["✓"]]


# ── .xls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def stream(cells: bytes, strings: bytes = b"") -> bytes:
    """The stream of a workbook with these records in its only sheet, and these before it."""
    name = text("a", "<BB")
    head = bof(5) + strings
    head += record(0x85, struct.pack("<LBB", len(head) + 10 + len(name) + len(EOF), 0, 0) + name) + EOF
    return head + bof(16) + cells + EOF


def number(row: int, column: int, value: float = 1.0) -> bytes:
    return record(0x203, struct.pack("<3Hd", row, column, 0, value))


def in_table(data: bytes, entry: int, value: int) -> bytes:
    """A container in which another sector follows one."""
    (where,) = struct.unpack_from("<L", data, 76)
    at = (where + 1) * 512 + 4 * entry
    return data[:at] + struct.pack("<L", value) + data[at + 4 :]


def book(cells: bytes, strings: bytes = b"") -> bytes:
    return compound({"Workbook": stream(cells, strings)})


def shared_texts(claimed: int) -> bytes:
    return record(0xFC, struct.pack("<2L", claimed, claimed) + text("a"))


def twice_listed(data: bytes) -> bytes:
    return data[:44] + struct.pack("<L", 2) + data[48:80] + data[76:80] + data[84:]


def directory_in_a_circle() -> bytes:
    data = compound({"Workbook": b"\x09\x08", **{f"Stream {n}": b"" for n in range(6)}})
    (first,) = struct.unpack_from("<L", data, 48)
    return in_table(data, first, first)


LARGE = {"Workbook": stream(b"".join(number(n, 0) for n in range(300)))}
XLS_BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a chain in a circle": ("file-overlap", lambda: in_table(compound(LARGE), 3, 1)),
    "a chain that leads nowhere": ("file-unreadable", lambda: in_table(compound(LARGE), 3, 90)),
    "a chain that leaves the file": ("file-unreadable", lambda: in_table(compound(LARGE), 3, 0xFFFFFFF0)),
    "a chain that ends too early": ("file-cut-off", lambda: in_table(compound(LARGE), 3, 0xFFFFFFFE)),
    "two streams in one place": ("file-overlap", lambda: in_table(compound(LARGE | {"Other": b"x"}), 10, 11)),
    "a table listed twice": ("file-overlap", lambda: twice_listed(compound(LARGE))),
    "a directory in a circle": ("file-overlap", directory_in_a_circle),
    "a cell far down": ("file-far-cell", lambda: book(number(65_535, 0))),
    "a cell far to the right": ("file-far-cell", lambda: book(number(0, 65_535))),
    "two far corners": ("file-grid", lambda: book(number(19_999, 0) + number(0, 499))),
    "a cell twice": ("file-two-values", lambda: book(number(0, 0) + number(0, 0, 2.0))),
    "texts that are not there": ("file-value", lambda: book(record(0xFD, struct.pack("<3HL", 0, 0, 0, 7)))),
    "four billion texts": (
        "file-value",
        lambda: book(record(0xFD, struct.pack("<3HL", 0, 0, 0, 7)), shared_texts(2**32 - 1)),
    ),
    "a text cut off": ("file-cut-off", lambda: book(b"", record(0xFC, struct.pack("<2LHB", 1, 1, 900, 1) + b"ab"))),
    "a record longer than the stream": (
        "file-cut-off",
        lambda: compound({"Workbook": stream(b"")[:-4] + struct.pack("<2H", 1, 9)}),
    ),
    "a record too short": ("file-unreadable", lambda: book(record(0x203, b"\0"))),
    "a sheet that begins nowhere": (
        "file-unreadable",
        lambda: compound({"Workbook": bof(5) + record(0x85, b"\xff\xff\xff\x7f\0\0\1\0a") + EOF}),
    ),
    "no sheet": ("file-wiring", lambda: compound({"Workbook": bof(5) + EOF})),
    "a merge turned round": ("file-range", lambda: book(record(0xE5, struct.pack("<5H", 1, 9, 3, 0, 0)))),
}


def test_short_streams_and_long_tables_are_followed() -> None:
    assert read_book(compound(LARGE)).sheets[0].rows == [[1.0]] * 300


def test_shared_texts_go_on_in_the_next_record_even_within_a_character() -> None:
    thumb = "好👍了".encode("utf-16-le")
    cut = struct.pack("<2LHB", 1, 1, len(thumb) // 2, 1) + thumb[:4]
    strings = record(0xFC, cut) + record(0x3C, b"\x01" + thumb[4:])
    assert read_book(book(record(0xFD, bytes(10)), strings)).sheets[0].rows == [["好👍了"]]
    mixed = record(0xFC, struct.pack("<2LHB", 1, 1, 3, 0) + b"ab") + record(0x3C, b"\x01" + "好".encode("utf-16-le"))
    assert read_book(book(record(0xFD, bytes(10)), mixed)).sheets[0].rows == [["ab好"]]


def test_a_run_of_a_shared_text_may_be_struck_out() -> None:
    fonts = b"".join(record(0x31, struct.pack("<3H8x", 220, 8 * (n == 1), 0x7FFF) + text("a", "<BB")) for n in range(2))
    rich = struct.pack("<2LHBH", 1, 1, 3, 9, 1) + "√9月".encode("utf-16-le") + struct.pack("<2H", 1, 1)
    looks = read_book(book(record(0xFD, bytes(10)), fonts + record(0xFC, rich))).sheets[0].hidden.looks
    assert looks["A1"].struck == "9月"


def test_a_chart_in_a_sheet_is_no_part_of_its_cells() -> None:
    chart = bof(0x20) + number(3, 3) + EOF
    assert read_book(book(number(0, 0) + chart + number(0, 1))).sheets[0].rows == [[1.0, 1.0]]


def test_numbers_in_few_bytes_are_what_they_were() -> None:
    coded = {0x3FF00000: 1.0, 0x3FF00001: 0.01, 0x12E: 75.0, 0x12F: 0.75, 0xFFFFFFFE: -1.0, 0xC0080000: -3.0}
    cells = b"".join(record(0x27E, struct.pack("<3HL", 0, n, 0, one)) for n, one in enumerate(coded))
    several = record(0xBD, struct.pack("<2H", 1, 0) + struct.pack("<HLHL", 0, 0x12E, 0, 0x12F) + struct.pack("<H", 1))
    assert read_book(book(cells + several)).sheets[0].rows == [[*coded.values()], [75.0, 0.75, "", "", "", ""]]


@pytest.mark.parametrize(("value", "text"), [(0, "☐"), (1, "☑"), (2, "")])
def test_a_check_box_tells_whether_it_is_ticked(value: int, text: str) -> None:
    anchor = struct.pack("<2HL", 0, 0xF010, 18) + struct.pack("<9H", 0, 4, 0, 5, 0, 4, 900, 5, 200)
    state = struct.pack("<2H4H", 0x12, 8, value, 0, 0, 0)
    ticked = record(0xEC, anchor) + record(0x5D, struct.pack("<2H2H14x", 0x15, 18, 0x0B, 1) + state)
    (drawing,) = read_book(book(number(0, 0) + ticked)).sheets[0].hidden.drawings
    assert (drawing.kind.value, drawing.area, drawing.text) == ("check-box", (5, 4, 5, 4), text)


@pytest.mark.parametrize(
    ("control", "text"),
    [
        ("checkbox", "☐"),
        ('checkbox form:current-state="checked"', "☑"),
        ('checkbox form:current-state="unknown"', ""),
        ('radio form:current-selected="true"', "☑"),
        ("radio", "☐"),
    ],
)
def test_a_control_of_an_ods_tells_whether_it_is_ticked(control: str, text: str) -> None:
    boxes = f'<form:form><form:{control} form:id="one"/></form:form>'
    cell = words('<draw:control table:end-cell-address="表.A1" draw:control="one"/>', "")
    (drawing,) = styled(f"<office:forms>{boxes}</office:forms>" + row(cell)).hidden.drawings
    assert (drawing.kind.value, drawing.text) == ("check-box", text)


def formula(row: int, column: int, tokens: bytes) -> bytes:
    return record(0x06, struct.pack("<3HdHLH", row, column, 0, 1.0, 0, 0, len(tokens)) + tokens)


def ref(token: int, row: int, column: int) -> bytes:
    return struct.pack("<B2H", token, row, column)


TICK = b"\x17\x01\x01\x1a\x22"


def own_score(done: bytes, points: bytes, ledger: bytes, tick: bytes = TICK) -> bytes:
    """The tokens of IF(done="√",ROUND(points*IF(ledger="√",1,0.5),2),0)."""
    half = b"\x1f" + struct.pack("<d", 0.5)
    inner = points + ledger + tick + b"\x0b\x1e\x01\0" + half + b"\x42\x03\x01\0\x05"
    return done + tick + b"\x0b\x19\x02\x10\0" + inner + b"\x1e\x02\0\x41\x1b\0\x1e\0\0\x42\x03\x01\0"


SCORE = b'<c r="K6"><f>IF(E6="\xe2\x88\x9a",ROUND(D6*IF(I6="\xe2\x88\x9a",1,0.5),2),0)</f></c>'


def test_what_a_formula_of_an_xls_says_is_known() -> None:
    plain = own_score(ref(0x44, 5, 0xC004), ref(0x44, 5, 0xC003), ref(0x44, 5, 0xC008))
    assert read_book(book(formula(5, 10, plain))).sheets[0].hidden.wordings == SCORE
    gone = own_score(b"\x1c\x17", ref(0x4A, 0, 0), ref(0x44, 5, 0xC008))
    assert b'IF(#REF!="' in read_book(book(formula(5, 10, gone))).sheets[0].hidden.wordings


def test_a_formula_of_which_only_an_error_is_left_is_one_of_a_cell_that_is_gone() -> None:
    wordings = read_book(book(formula(5, 10, b"\x1c\x2a"))).sheets[0].hidden.wordings
    assert wordings == b'<c r="K6"><f>#REF!</f></c>'


def test_a_formula_that_cells_of_an_xls_share_is_known_of_each() -> None:
    shared = own_score(ref(0x4C, 0, 0xC0FA), ref(0x4C, 0, 0xC0F9), ref(0x4C, 0, 0xC0FE))
    cells = formula(5, 10, b"\x01" + struct.pack("<2H", 5, 10))
    cells += record(0x4BC, struct.pack("<2H4BH", 5, 6, 10, 10, 0, 2, len(shared)) + shared)
    cells += formula(6, 10, b"\x01" + struct.pack("<2H", 5, 10))
    seventh = SCORE.replace(b"K6", b"K7").replace(b"E6", b"E7").replace(b"D6", b"D7").replace(b"I6", b"I7")
    assert read_book(book(cells)).sheets[0].hidden.wordings == SCORE + seventh


def test_a_formula_without_end_costs_no_time() -> None:
    tokens = ref(0x44, 5, 0xC004) + (ref(0x44, 5, 0xC004) + b"\x08") * 1_300
    assert len(read_book(book(formula(5, 10, tokens))).sheets[0].hidden.wordings) < 500


NUMBER, FONT, PATTERN = 1 << 25, 1 << 26, 1 << 29  # the parts of a conditional format
NO_COLOUR = 0xFFFFFFFF


def font(struck: bool = False, colour: int = NO_COLOUR) -> bytes:
    return struct.pack("<64x2L8xL4xL26x", 220, 0x80 * struck, colour, 0 if struck else 0x80)


OWN_FORMAT = text('"未"')
CHANGES: dict[str, tuple[bool, bytes]] = {
    "struck out": (True, struct.pack("<LH", FONT, 0) + font(struck=True)),
    "white": (True, struct.pack("<LH", FONT, 0) + font(colour=9)),
    "white on black": (
        False,
        struct.pack("<LH", FONT | PATTERN, 0) + font(colour=9) + struct.pack("<2H", 1 << 10, 8 << 7),
    ),
    "another text": (True, struct.pack("<LHH", NUMBER, 1, len(OWN_FORMAT) + 2) + OWN_FORMAT),
    "a number format by its number": (True, struct.pack("<LH2B", NUMBER, 0, 0, 14)),
    "General": (False, struct.pack("<LH2B", NUMBER, 0, 0, 0)),
    "red": (False, struct.pack("<LH", FONT, 0) + font(colour=10)),
    "nothing": (False, struct.pack("<LH", 0, 0)),
}


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("what", CHANGES)
def test_what_a_condition_of_an_xls_hides_or_rewrites_is_not_looked_into(what: str, later: bool) -> None:
    hides, change = CHANGES[what]
    old = record(0x1B1, struct.pack("<2B2H", 2, 0, 0, 0) + change)
    new = record(0x87A, struct.pack("<12x2B2HL", 2, 0, 0, 0, len(change)) + change)
    unread = read_book(book(number(0, 0) + (new if later else old))).sheets[0].hidden.unread
    assert unread == ({Fact.LOOKS} if hides else set())


def test_bars_and_icons_of_an_xls_are_not_looked_into() -> None:
    icons = record(0x87A, struct.pack("<12x2B2HL", 6, 0, 0, 0, 0))
    assert read_book(book(number(0, 0) + icons)).sheets[0].hidden.unread == {Fact.LOOKS}


@pytest.mark.parametrize(("kind", "told"), [(b"\x07\x04", True), (b"\x06\x04", False)])
def test_a_text_of_the_ground_of_a_theme_in_an_xlsb_is_seen_to_be_unseen(kind: bytes, told: bool) -> None:
    white = b"\x05\0\0\0\xff\xff\xff\xff"  # 2.5.19: of a theme, and which colour that is told or not
    parts = xlsb_parts({"表": Page(cells={"A1": Cell(value="√", white=True)})})
    assert white in parts["xl/styles.bin"]
    parts["xl/styles.bin"] = parts["xl/styles.bin"].replace(white, kind + white[2:])
    looks = read_book(packed(parts)).sheets[0].hidden.looks
    assert ("A1" in looks and looks["A1"].unseen) is told


@pytest.mark.parametrize(
    ("protect", "locked", "unseen"),
    [
        ("hidden-and-protected", True, True),
        ("hidden-and-protected", False, False),
        ("protected formula-hidden", True, False),
        ("none", True, False),
    ],
)
def test_a_cell_of_an_ods_that_protection_hides_cannot_be_seen(protect: str, locked: bool, unseen: bool) -> None:
    style = (
        '<style:style style:name="ce1" style:family="table-cell">'
        f'<style:table-cell-properties style:cell-protect="{protect}"/></style:style>'
    )
    cell = words("<text:p>√</text:p>", 'table:style-name="ce1" office:value-type="string"')
    lock = ' table:protected="true"' * locked
    content = ods_content(f'<table:table table:name="表"{lock}>{row(cell + ONE)}</table:table>', style)
    looks = read_book(ods_file(content)).sheets[0].hidden.looks
    assert {where: look.unseen for where, look in looks.items()} == ({"A1": True} if unseen else {})


# ── .xlsb ────────────────────────────────────────────────────────────────────────────────────────────────────────

ROW, BLANK, CODED, SHORT_BLANK, SHORT_CODED, SHORT_TEXT = 0, 1, 2, 12, 13, 17


def in_binary(cells: bytes, **others: bytes) -> bytes:
    """An .xlsb with these records in its only sheet, and other parts in place of its own."""
    parts = xlsb_parts({"表": Page(cells={})}) | {"xl/worksheets/sheet1.bin": cells}
    return packed(parts | {f"xl/{name}.bin": part for name, part in others.items()})


def begun(row: int) -> bytes:
    return binary(ROW, struct.pack("<2LH3B", row, 0, 300, 0, 0, 0))


def coded(column: int) -> bytes:
    return binary(CODED, struct.pack("<3L", column, 0, 6))


XLSB_BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a cell far down": ("file-far-cell", lambda: in_binary(begun(1_048_575) + coded(0))),
    "a cell beyond every sheet": ("file-far-cell", lambda: in_binary(begun(0) + coded(2**32 - 1))),
    "two far corners": ("file-grid", lambda: in_binary(begun(0) + coded(499) + begun(19_999) + coded(0))),
    "a cell twice": ("file-two-values", lambda: in_binary(begun(0) + coded(0) + coded(0))),
    "a record longer than its part": ("file-unreadable", lambda: in_binary(b"\x0d\x08short")),
    "a record without end": ("file-unreadable", lambda: in_binary(b"\x0d\xff\xff\xff\xff")),
    "a text longer than its record": (
        "file-unreadable",
        lambda: in_binary(begun(0) + binary(6, struct.pack("<3L", 0, 0, 2**31))),
    ),
    "a text that is not there": ("file-value", lambda: in_binary(begun(0) + binary(7, struct.pack("<3L", 0, 0, 5)))),
    "two sheets of one name": ("file-wiring", lambda: packed(two_of_a_name())),
}


def calculated(tokens: bytes, more: bytes = b"") -> bytes:
    """The cell in column K with a formula whose result is 1."""
    parts = (struct.pack("<L", len(part)) + part for part in (tokens, more))
    return binary(9, struct.pack("<2LdH", 10, 0, 1.0, 0) + b"".join(parts))


def far_ref(token: int, row: int, column: int) -> bytes:
    return struct.pack("<BLH", token, row & 0xFFFFFFFF, column)


def far_score(token: int, row: int, column: int) -> bytes:
    """The tokens of a self-score whose row and whose column of points are these, or stand as far off."""
    done, points, ledger = (far_ref(token, row, 0xC000 | (column + n) & 0x3FFF) for n in (1, 0, 5))
    return own_score(done, points, ledger, tick=b"\x17\x01\x00\x1a\x22")


def test_what_a_formula_of_an_xlsb_says_is_known() -> None:
    assert read_book(in_binary(begun(5) + calculated(far_score(0x44, 5, 3)))).sheets[0].hidden.wordings == SCORE
    bare = read_book(in_binary(begun(5) + calculated(b"\x1c\x17"))).sheets[0].hidden.wordings
    assert bare == b'<c r="K6"><f>#REF!</f></c>'


def test_a_formula_that_cells_of_an_xlsb_share_is_known_of_each() -> None:
    shared = far_score(0x4C, 0, 3 - 10)
    same = calculated(b"\x01" + struct.pack("<L", 5), struct.pack("<L", 10))
    once = binary(427, struct.pack("<4L", 5, 6, 10, 10) + struct.pack("<L", len(shared)) + shared + bytes(4))
    seventh = SCORE.replace(b"K6", b"K7").replace(b"E6", b"E7").replace(b"D6", b"D7").replace(b"I6", b"I7")
    cells = begun(5) + same + once + begun(6) + same
    assert read_book(in_binary(cells)).sheets[0].hidden.wordings == SCORE + seventh


def two_of_a_name() -> dict[str, bytes]:
    parts = xlsb_parts({"a": Page(cells={}), "b": Page(cells={})})
    return parts | {"xl/workbook.bin": parts["xl/workbook.bin"].replace(wide("b"), wide("A"))}


def properties(**said: bytes) -> bytes:
    kinds = {"struck": 0x1D, "colour": 5, "ground": 2, "code": 0x26}
    listed = (struct.pack("<2H", kinds[name], len(value) + 4) + value for name, value in said.items())
    return binary(507, struct.pack("<3H", 0, 0, len(said)) + b"".join(listed))


WHITE, BLACK, RED = (b"\x05\0\0\0" + bytes.fromhex(colour) for colour in ("ffffffff", "000000ff", "ff0000ff"))
HIDDEN_VALUES = binary(467, b"\x0a\x5a\0")


@pytest.mark.parametrize(
    ("hides", "change", "more"),
    [
        (True, properties(struck=b"\1"), b""),
        (True, properties(colour=WHITE), b""),
        (False, properties(colour=WHITE, ground=BLACK), b""),
        (True, properties(code=struct.pack("<2H", 200, 3) + '"未"'.encode("utf-16-le")), b""),
        (False, properties(code=struct.pack("<2H", 200, 7) + "General".encode("utf-16-le")), b""),
        (False, properties(colour=RED), b""),
        (True, b"", HIDDEN_VALUES),
        (False, b"", HIDDEN_VALUES[:-1] + b"\1"),
        (True, b"", binary(465, bytes(6))),
    ],
)
def test_what_a_condition_of_an_xlsb_hides_or_rewrites_is_not_looked_into(
    hides: bool, change: bytes, more: bytes
) -> None:
    condition = binary(463, struct.pack("<5L10x", 1, 0, 0, 1, 0)) + more
    styles = xlsb_parts({"表": Page(cells={})})["xl/styles.bin"] + change
    unread = read_book(in_binary(begun(0) + coded(0) + condition, styles=styles)).sheets[0].hidden.unread
    assert unread == ({Fact.LOOKS} if hides else set())


@pytest.mark.parametrize("damaged", [b"\xfb\x04\x7f", None])
def test_comments_that_cannot_be_read_cost_the_comments_and_are_said(damaged: bytes | None) -> None:
    first, *others = pages = issued()
    noted = changed({first: pages[first]}, E6=Cell(value="√", note="只做了一半")) | {n: pages[n] for n in others}
    parts = {name: part for name, part in xlsb_parts(noted).items() if name != "xl/comments1.bin" or damaged}
    outcome = judged("xlsb", packed(parts | ({"xl/comments1.bin": damaged} if damaged else {})))
    assert ("not-looked-into", None, None) in found(outcome)


def a_style(fill: bytes, border: bytes) -> bytes:
    """The styles of an .xlsb with one style: its fill and its border."""
    font = binary(43, struct.pack("<2H8x", 220, 0) + bytes(8) + b"\0" + wide("宋体"))
    styles = binary(45, fill) + binary(46, border) + font + binary(617, struct.pack("<L", 1))
    return styles + binary(47, struct.pack("<5H", 0, 0, 0, 0, 0)) + binary(618)


NO_FILL, GREEN, HATCHED = (struct.pack("<L", kind) + b"\x05\0\0\0" + bytes.fromhex("92d050ff") for kind in (0, 1, 4))


@pytest.mark.parametrize(("flags", "line", "struck"), [(1, 1, "√"), (2, 1, "√"), (0, 1, ""), (1, 0, "")])
def test_a_diagonal_border_of_an_xlsb_crosses_an_answer_out(flags: int, line: int, struck: str) -> None:
    border = bytes([flags]) + bytes(40) + bytes([line]) + bytes(9)
    cells = begun(0) + binary(6, struct.pack("<2L", 0, 0) + wide("√"))
    looks = read_book(in_binary(cells, styles=a_style(NO_FILL, border))).sheets[0].hidden.looks
    assert looks.get("A1", Look()).struck == struck


@pytest.mark.parametrize(("fill", "colour"), [(NO_FILL, ""), (GREEN, "92D050"), (HATCHED, "92D050")])
def test_a_pattern_of_an_xlsb_colours_a_cell(fill: bytes, colour: str) -> None:
    cells = begun(0) + binary(BLANK, struct.pack("<2L", 0, 0))
    looks = read_book(in_binary(cells, styles=a_style(fill, bytes(51)))).sheets[0].hidden.looks
    assert looks.get("A1", Look()).fill == colour


@pytest.mark.parametrize(("pattern", "colour"), [(0, ""), (17, ""), (1, "FF00FF"), (4, "FF00FF")])
def test_a_pattern_of_an_xls_colours_a_cell(pattern: int, colour: str) -> None:
    style = record(0xE0, struct.pack("<2H6x2LH", 0, 0, 0, pattern << 26, 14))
    colours = bytes.fromhex("00000000 ffffff00 ff000000 00ff0000 0000ff00 ffff0000 ff00ff00")
    palette = record(0x92, struct.pack("<H", 7) + colours)
    head = bof(5) + record(0x31, struct.pack("<3H8x", 220, 0, 0x7FFF) + text("宋体", "<BB")) + style + palette
    name = text("表", "<BB")
    head += record(0x85, struct.pack("<LBB", len(head) + len(name) + 10 + len(EOF), 0, 0) + name) + EOF
    blank = record(0x201, struct.pack("<3H", 0, 0, 0))
    looks = read_book(compound({"Workbook": head + bof(16) + blank + EOF})).sheets[0].hidden.looks
    assert looks.get("A1", Look()).fill == colour


def test_a_short_cell_stands_next_to_the_cell_before_it() -> None:
    short = binary(SHORT_CODED, struct.pack("<2L", 0, 10)) + binary(SHORT_BLANK, bytes(4))
    cells = begun(0) + coded(4) + short + binary(SHORT_TEXT, bytes(4) + wide("g")) + begun(1) + short
    assert read_book(in_binary(cells)).sheets[0].rows == [
        ["", "", "", "", 1.0, 2.0, "", "g"],
        [2.0, "", "", "", "", "", "", ""],
    ]


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────

BOMBS = {
    f"{format}: {what}": bomb
    for format, bombs in (("ods", ODS_BOMBS), ("xls", XLS_BOMBS), ("xlsb", XLSB_BOMBS))
    for what, bomb in bombs.items()
}


@pytest.mark.parametrize("what", BOMBS)
def test_what_is_beyond_the_budgets_or_ambiguous_is_refused_before_it_costs_memory(what: str) -> None:
    code, make = BOMBS[what]
    data = make()
    tracemalloc.start()
    try:
        with refused_as(code):
            read_book(data)
        assert tracemalloc.get_traced_memory()[1] < max(MOST_MEMORY, 20 * len(data))
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("seed", range(3))
@EACH
def test_any_fault_in_a_file_is_refused_or_read(format: str, seed: int) -> None:
    rng = random.Random(seed)
    parts = damageable(format)
    for _ in range(60):
        name = rng.choice(sorted(parts))
        part = bytearray(parts[name])
        for _ in range(rng.choice((1, 1, 4))):
            part[rng.randrange(len(part))] = rng.randrange(256)
        try:
            read_book(whole(format, parts | {name: bytes(part)}))
        except Refused:
            continue


def damageable(format: str) -> dict[str, bytes]:
    """The parts of a workbook, to be damaged before checksums are made of them."""
    if format == "xls":
        return {"": xls_stream(issued())}
    return (
        xlsb_parts(issued())
        if format == "xlsb"
        else {"content.xml": FORMATS["ods"](issued())[200:0] or whole_content()}
    )


def whole_content() -> bytes:
    return ods_content(
        '<table:table table:name="表">'
        + row(words("<text:p>√</text:p>") * 3, 'table:number-rows-repeated="2"')
        + "</table:table>"
    )


def whole(format: str, parts: dict[str, bytes]) -> bytes:
    if format == "xls":
        return compound({"Workbook": parts[""]})
    return packed(parts) if format == "xlsb" else ods_file(parts["content.xml"])


def test_headers_and_footers_of_an_xlsb_are_read_though_some_are_missing() -> None:
    parts = xlsb_parts({"表": Page(cells={})})
    missing = b"\xff" * 4
    edges = struct.pack("<H", 0) + missing + wide("&C第3项已于9月落实") + missing * 3 + wide("附表")
    parts["xl/worksheets/sheet1.bin"] += binary(479, edges)
    assert read_book(packed(parts)).margins == ("&C第3项已于9月落实", "附表")


# --- other wrappings ------------------------------------------------------------------------------------------------


def test_the_parts_of_an_xlsb_are_found_whatever_they_are_called() -> None:
    parts = xlsb_parts(issued())
    names = {name: name.replace("workbook.bin", "workbook22.bin").replace("sharedStrings", "texts") for name in parts}
    renamed = {
        names[name]: part.replace(b"workbook.bin", b"workbook22.bin").replace(b"sharedStrings.bin", b"texts.bin")
        for name, part in parts.items()
    }
    renamed["[Content_Types].xml"] = (
        b'<Types><Override ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    assert found(judged("xlsb", packed(renamed))) == []


def test_an_ods_that_was_unpacked_and_packed_again_is_read() -> None:
    parts = parts_of(FORMATS["ods"](issued()))
    assert found(judged("ods", packed(parts))) == []


def test_an_ods_with_a_password_is_named_so() -> None:
    parts = parts_of(FORMATS["ods"](issued())) | {"META-INF/manifest.xml": b"<x><manifest:encryption-data/></x>"}
    assert judged("ods", packed(parts)).reason == "file-encrypted"


def test_a_later_error_value_of_an_ods_is_one() -> None:
    cell = words("<text:p>#SPILL!</text:p>", 'table:formula="of:=X()" office:value-type="string"')
    assert read_book(table(row(cell))).sheets[0].hidden.errors == {"A1": "#SPILL!"}


@pytest.mark.parametrize(("colour", "unseen"), [("#ffffff", True), ("#ff0000", False)])
def test_a_text_that_a_format_shows_in_white_cannot_be_seen_in_an_ods(colour: str, unseen: bool) -> None:
    shows = (
        f'<number:text-style style:name="N7"><style:text-properties fo:color="{colour}"/><number:text-content/>'
        '</number:text-style><style:style style:name="ce7" style:family="table-cell" style:data-style-name="N7"/>'
    )
    cell = '<table:table-cell table:style-name="ce7" office:value-type="string"><text:p>√</text:p></table:table-cell>'
    row = f'<table:table table:name="表"><table:table-row>{cell}</table:table-row></table:table>'
    spaces = b' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    content = ods_content(row, shows).replace(b"<office:document-content", b"<office:document-content" + spaces)
    (only,) = read_book(ods_file(content)).sheets
    assert [look.unseen for look in only.hidden.looks.values()] == [True] * unseen


@pytest.mark.parametrize(("line", "asks"), [("solid", True), ("none", False)])
def test_a_conditional_format_that_is_listed_with_the_table_alone_is_asked_about(line: str, asks: bool) -> None:
    style = (
        '<style:style style:name="划去_5f_1" style:family="table-cell">'
        f'<style:text-properties style:text-line-through-style="{line}"/></style:style>'
    )
    listed = (
        "<calcext:conditional-formats"
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        '<calcext:conditional-format calcext:target-range-address="表.A1">'
        '<calcext:condition calcext:value="formula-is(1)"'
        ' calcext:apply-style-name="划去_1"/></calcext:conditional-format></calcext:conditional-formats>'
    )
    cell = '<table:table-cell office:value-type="string"><text:p>√</text:p></table:table-cell>'
    body = f'<table:table table:name="表"><table:table-row>{cell}</table:table-row>{listed}</table:table>'
    (only,) = read_book(ods_file(ods_content(body, style))).sheets
    assert only.hidden.unread == (frozenset((Fact.LOOKS,)) if asks else frozenset())


def test_a_solid_body_is_a_shape_like_others() -> None:
    scene = (
        '<dr3d:scene xmlns:dr3d="urn:oasis:names:tc:opendocument:xmlns:dr3d:1.0" table:end-cell-address="表.A1"/>'
        "<text:p>√</text:p>"
    )
    cell = f'<table:table-cell office:value-type="string">{scene}</table:table-cell>'
    content = ods_content(f'<table:table table:name="表"><table:table-row>{cell}</table:table-row></table:table>')
    (only,) = read_book(ods_file(content)).sheets
    assert only.hidden.drawings == (Drawing(DrawingKind.SHAPE, (0, 0, 0, 0)),)


# ── groups of shapes in an .xls ──────────────────────────────────────────────────────────────────────────────────


def art(kind: int, *inside: bytes) -> bytes:
    """A record of a drawing that holds others (MS-ODRAW 2.2.1)."""
    body = b"".join(inside)
    return struct.pack("<2HL", 0xF, kind, len(body)) + body


def atom(kind: int, *numbers: int, shape: str) -> bytes:
    body = struct.pack(shape, *numbers)
    return struct.pack("<2HL", 0, kind, len(body)) + body


def on_sheet(left: int, top: int, right: int, bottom: int) -> bytes:
    """An anchor from the beginning of one cell to the end of another."""
    return atom(0xF010, 0, left, 0, top, 0, right, 1024, bottom, 256, shape="<9H")


def in_group(left: int, top: int, right: int, bottom: int) -> bytes:
    return atom(0xF00F, left, top, right, bottom, shape="<4l")


def counted_by(*box: int) -> bytes:
    return atom(0xF009, *box, shape="<4l")


def shapes_of(*drawn: tuple[bytes, int], sizes: bytes = b"") -> tuple[Drawing, ...]:
    """What is made of pieces of a drawing, each with the kind of the object behind it (2.5.143)."""
    records = b"".join(
        record(0xEC, piece) + record(0x5D, struct.pack("<2H2H14x", 0x15, 18, kind, number))
        for number, (piece, kind) in enumerate(drawn, 1)
    )
    stream = xls_stream({"表": Page(cells={"A1": Cell(value="台帐")})})
    return read_book(compound({"Workbook": with_records(stream, sizes + records)})).sheets[0].hidden.drawings


GROUP, BOX = 0, 6
HIGH = record(0x208, struct.pack("<H4xH4xL", 6, 1200, 0x40))  # the row of the first box, four times as high


def pieces(*whole: tuple[bytes, int]) -> list[tuple[bytes, int]]:
    """A drawing of several objects, cut where each of these comes, in the containers that hold all of it."""
    parts = [part for part, _ in whole]
    group = struct.pack("<2HL", 0xF, 0xF003, sum(map(len, parts)))
    return [(group + parts[0], whole[0][1]), *whole[1:]]


def test_each_shape_of_a_group_lies_where_it_is_and_not_where_the_group_is() -> None:
    drawn = shapes_of(
        *pieces(
            (art(0xF004, counted_by(0, 0, 100, 400), on_sheet(8, 6, 8, 9)), GROUP),
            (art(0xF004, in_group(10, 10, 90, 90)), BOX),
            (art(0xF004, in_group(10, 310, 90, 390)), BOX),
        )
    )
    assert [one.area for one in drawn] == [(6, 8, 6, 8), (9, 8, 9, 8)]


def test_the_rows_under_a_group_are_as_high_as_they_are() -> None:
    # Of seven rows' height four are the first row's.
    whole = (art(0xF004, counted_by(0, 0, 100, 700), on_sheet(8, 6, 8, 9)), GROUP)
    drawn = shapes_of(*pieces(whole, (art(0xF004, in_group(10, 300, 90, 390)), BOX)), sizes=HIGH)
    assert [one.area for one in drawn] == [(6, 8, 6, 8)]


def test_an_anchor_of_no_shape_behind_a_group_costs_no_file_its_reading() -> None:
    group = art(0xF003, art(0xF004, counted_by(0, 0, 100, 400), on_sheet(8, 6, 8, 9)))
    drawn = shapes_of((group, GROUP), (art(0xF005, on_sheet(3, 2, 3, 2)), BOX))
    assert [one.area for one in drawn] == [(2, 3, 2, 3)]


def test_a_shape_of_a_group_in_a_group_is_placed_by_both() -> None:
    inner = art(0xF004, counted_by(0, 0, 1000, 1000), in_group(0, 200, 100, 400))
    box = art(0xF004, in_group(100, 600, 900, 900))
    outer = art(0xF004, counted_by(0, 0, 100, 400), on_sheet(8, 6, 8, 9))
    group = struct.pack("<2HL", 0xF, 0xF003, len(inner) + len(box))
    behind = art(0xF004, on_sheet(3, 2, 3, 2))
    drawn = shapes_of(*pieces((outer, GROUP), (group + inner, GROUP), (box, BOX)), (behind, BOX))
    assert [one.area for one in drawn] == [(9, 8, 9, 8), (2, 3, 2, 3)]
