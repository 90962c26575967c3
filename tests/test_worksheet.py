"""What a sheet's XML may say, and the promise that what passes is read as an XML parser would read it."""

import io
import os
import random
import re
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from datetime import time as clock
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hostile import (
    BOOK,
    MAIN,
    SHEET,
    STRINGS,
    STYLES,
    edited,
    packed,
    parts_of,
    refused_as,
    with_cells,
    with_rows,
    workbook,
)
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from sanjin_xl.model.cellref import column_letters, column_number
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Hidden
from sanjin_xl.workbook.cache import Cache, Lookup
from sanjin_xl.workbook.cells import Shared
from sanjin_xl.workbook.limits import LIMITS
from sanjin_xl.workbook.package import open_package
from sanjin_xl.workbook.reader import read_book
from sanjin_xl.workbook.strings import read_strings
from sanjin_xl.workbook.styles import NO_STYLES, CellStyles, Formats, read_styles
from sanjin_xl.workbook.worksheet import ScannedSheet, exact_sheet, scan_book, scan_sheet

ROOT = Path(__file__).parent.parent
GOOD = workbook()
MUTANTS = int(os.environ.get("SANJIN_MUTANTS", "600"))

Values = dict[tuple[int, int], object]


def sheet(rows: str, before: str = "", after: str = "") -> bytes:
    """A worksheet part of these rows."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def cells(*cells: str) -> bytes:
    return sheet('<row r="1">' + "".join(cells) + "</row>")


def told(xml: bytes) -> Hidden:
    """What a sheet hides."""
    return scan_sheet(xml).hidden


def without_xml(sheet: ScannedSheet) -> Hidden:
    return replace(sheet.hidden, xml=b"")


def strings_of(xml: bytes) -> Sequence[str]:
    return read_strings(xml, "", Cache(), LIMITS).texts


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_error_values_are_told_with_their_addresses() -> None:
    facts = told(cells('<c r="A1" t="e"><v>#N/A</v></c>', '<c r="C1" s="2" t="e"><f>#REF!+1</f><v>#REF!</v></c>'))
    assert facts.errors == {"A1": "#N/A", "C1": "#REF!"}


def test_a_formula_without_a_result_is_told_from_one_with() -> None:
    facts = told(
        cells(
            '<c r="A1"><f>1+1</f><v>2</v></c>',
            '<c r="B1"><f>1+1</f></c>',
            '<c r="C1"><f>1+1</f><v></v></c>',
            '<c r="D1"><f>1+1</f><v /></c>',
            '<c r="E1" t="str"><f>""</f><v></v></c>',
            '<c r="F1" s="3"><f t="shared" si="0"/><v>2</v></c>',
            '<c r="G1" s="3"><f t="shared" si="0"/></c>',
            '<c r="H1"><v>2</v></c>',
        )
    )
    with_result = {"A1": True, "B1": False, "C1": False, "D1": False, "E1": True, "F1": True, "G1": False}
    assert facts.formulas == with_result


def test_merges_hidden_rows_and_columns_and_protection_are_told_from_zero() -> None:
    facts = told(
        sheet(
            '<row r="2" hidden="1"><c r="A2"/></row><row r="5" ht="3" hidden="true"/><row r="6" hidden="0"/>',
            '<dimension ref="A1"/><cols><col min="3" max="4" hidden="1"/><col min="9" max="9"/></cols>',
            '<sheetProtection sheet="1"/><mergeCells><mergeCell ref="B2:C9"/></mergeCells>',
        )
    )
    assert facts.merges == ((1, 1, 8, 2),)
    assert facts.hidden_rows == {1, 4}
    assert facts.hidden_columns == {2, 3}
    assert facts.protected


def test_hidden_columns_and_merges_end_at_the_limits() -> None:
    facts = told(
        sheet(
            "",
            '<cols><col min="14" max="16384" hidden="1"/></cols>',
            '<mergeCells><mergeCell ref="A1:XFD1"/></mergeCells>',
        )
    )
    assert facts.hidden_columns == frozenset(range(13, 500))
    assert facts.merges == ((0, 0, 0, 499),)


def test_a_sheet_without_cells_has_no_facts() -> None:
    empty = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
    assert without_xml(scan_sheet(sheet(""))) == without_xml(scan_sheet(empty)) == Hidden(known=True)


def test_the_quick_way_and_the_exact_way_tell_the_same() -> None:
    part = parts_of(GOOD)[SHEET]
    assert scan_sheet(part) == exact_sheet(part)
    assert len(told(part).formulas) == 230


def test_a_sheet_with_every_element_in_a_line_of_its_own_is_read_the_quick_way_and_says_the_same() -> None:
    tight = cells('<c r="A1" t="inlineStr"><is><t>a\n  b&gt;\n </t></is></c>', '<c r="B1" t="b"><f>1>0</f><v>1</v></c>')
    indented = re.sub(rb"><(?!/[tvf]>)", b">\n    <", tight)
    assert indented.count(b"\n") > 10
    reads = [scan_sheet(tight), scan_sheet(indented), exact_sheet(indented)]
    assert [one.rows for one in reads] == [[["a\n  b>", True]]] * 3
    assert [one.hidden.formulas for one in reads] == [{"B1": True}] * 3
    assert reads[1].hidden.xml == tight  # and not as it came, as the exact way leaves it


def test_a_text_that_a_formula_shares_is_read_the_quick_way() -> None:
    xml, shared = cells('<c r="A1" t="s"><f>B1</f><v>0</v></c>'), Shared(["√"], NO_STYLES)
    quick, exact = scan_sheet(xml, shared=shared), exact_sheet(xml, shared=shared)
    assert (quick.rows, quick.hidden.formulas) == (exact.rows, exact.hidden.formulas) == ([["√"]], {"A1": True})
    assert quick.cells.runs is None  # the exact way notes them as it goes


def test_a_text_that_is_struck_out_is_seen_where_a_formula_shares_it() -> None:
    shared = Shared(["√"], NO_STYLES, {0: (("√", (("strike", {}),)),)})
    for formula in ("<f>B1>0</f>", '<f t="shared" si="0"/>', ""):
        xml = cells(f'<c r="A1" t="s">{formula}<v>0</v></c>')
        assert scan_sheet(xml, shared=shared).hidden_behind().looks["A1"].struck == "√"


def test_rows_and_cells_without_addresses_follow_one_another() -> None:
    scanned = scan_sheet(sheet('<row><c><v>1</v></c></row><row r="4"><c r="C4"><v>1</v></c><c><f>1</f></c></row>'))
    assert scanned.extent == (4, 4)
    assert scanned.hidden.formulas == {"D4": False}


def test_a_row_that_is_hidden_and_is_not_is_refused() -> None:
    with refused_as("file-xml"):
        scan_sheet(sheet('<row r="1" hidden="1" hidden="0"><c r="A1"><v>1</v></c></row>'))


# ── refusals that the collection of hostile files does not cover ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("budget", "code"),
    [
        ({"rows": 100}, "file-far-cell"),
        ({"columns": 12}, "file-far-cell"),
        ({"cells": 1000}, "file-too-many-cells"),
        ({"grid": 1000}, "file-grid"),
        ({"characters": 20}, "file-long-text"),
    ],
)
def test_every_budget_holds(budget: dict[str, int], code: str) -> None:
    with refused_as(code):
        scan_book(open_package(GOOD), replace(LIMITS, **budget))


def test_every_budget_holds_on_the_exact_way_too() -> None:
    part = parts_of(GOOD)[SHEET]
    for budget, code in (({"cells": 1000}, "file-too-many-cells"), ({"rows": 50}, "file-far-cell")):
        with refused_as(code):
            exact_sheet(part, limits=replace(LIMITS, **budget))
    with refused_as("file-far-cell"):
        exact_sheet(sheet('<row r="11"><c><v>1</v></c></row>'), limits=replace(LIMITS, rows=10))


def test_two_far_corners_are_refused_on_either_way() -> None:
    corners = '<row r="1"><c r="A1"/></row><row r="900"><c r="CV900"{}><v>1</v></c></row>'
    for cell in ("", ' ph="0"'):
        with refused_as("file-grid"):
            scan_sheet(sheet(corners.format(cell)), limits=replace(LIMITS, grid=80_000))


def test_a_cell_of_many_short_runs_is_as_long_as_they_are_together() -> None:
    runs = "<r><t>" + "x" * 1000 + "</t></r>"
    with refused_as("file-long-text"):
        scan_sheet(cells(f'<c r="A1" t="inlineStr"><is>{runs * 33}</is></c>'))


def test_the_grids_of_all_sheets_count_together() -> None:
    with refused_as("file-grid"):
        scan_book(open_package(GOOD), replace(LIMITS, grid=116 * 13 + 12))


@pytest.mark.parametrize("size", [32_767, 32_768])
def test_a_text_may_be_as_long_as_excel_allows_and_no_longer(size: int) -> None:
    text = "长" * (size - 2) + "&amp;_x000D_"
    for xml in (
        cells(f'<c r="A1" t="str"><v>{text}</v></c>'),
        cells(f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'),
    ):
        assert longer_than_allowed(scan_sheet, xml) == (size > 32_767)
    strings = f'<sst xmlns="{MAIN}"><si><r><t>{text[:9]}</t></r><r><t>{text[9:]}</t></r></si></sst>'.encode()
    assert longer_than_allowed(strings_of, strings) == (size > 32_767)


def longer_than_allowed(scan: Callable[[bytes], object], xml: bytes) -> bool:
    try:
        scan(xml)
    except Refused as refused:
        return refused.code == "file-long-text"
    return False


def test_a_modest_lie_about_the_number_of_strings_hurts_nobody() -> None:
    strings_of(f'<sst xmlns="{MAIN}" count="9" uniqueCount="3"><si><t>a</t></si></sst>'.encode())


def test_a_claim_of_more_strings_than_fit_is_refused_however_many_digits_it_has() -> None:
    for claim in ("4294967295", "9" * 30, "9" * 5000):
        with refused_as("file-false-count"):
            strings_of(f'<sst xmlns="{MAIN}" uniqueCount="{claim}"><si><t>a</t></si></sst>'.encode())


def test_a_doctype_is_refused_even_if_the_gate_was_left_out() -> None:
    with refused_as("file-doctype"):
        scan_sheet(b"<!DOCTYPE worksheet>" + sheet(""))


# ── a second opinion ─────────────────────────────────────────────────────────────────────────────────────────────

NAMESPACE = "{" + MAIN + "}"
PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"


def once(xml: bytes) -> bytes:
    """The XML without attributes given twice to a formula or a font, which the quick way lets pass."""
    return re.sub(rb'( [a-z]+=)("[^"]*")([^<>]*)\1"[^"]*"', rb"\1\2\3", xml)


def plainly(parts: dict[str, bytes]) -> Values:
    """The values of the first sheet by a plain reading of ECMA-376 with an ordinary XML parser."""
    strings = [text_of(item) for item in ElementTree.fromstring(once(parts[STRINGS])).findall(NAMESPACE + "si")]
    data = ElementTree.fromstring(once(parts[SHEET])).find(NAMESPACE + "sheetData")
    assert data is not None
    values: Values = {}
    row = 0
    for line in data.findall(NAMESPACE + "row"):
        row, column = int(line.get("r", row + 1)), 0
        for cell in line.findall(NAMESPACE + "c"):
            letters = re.sub("[0-9]", "", cell.get("r", ""))
            column = column_number(letters) + 1 if letters else column + 1
            values[row, column] = value_of(cell, strings)
    return {place: value for place, value in values.items() if value not in ("", None)}


def text_of(item: ElementTree.Element) -> str:
    texts = item.findall(NAMESPACE + "t") + item.findall(f"{NAMESPACE}r/{NAMESPACE}t")
    return "".join(
        (text.text or "") if text.get(PRESERVE) == "preserve" else (text.text or "").strip() for text in texts
    ).strip()


def value_of(cell: ElementTree.Element, strings: list[str]) -> object:
    kind, written, inline = cell.get("t", "n"), cell.findtext(NAMESPACE + "v"), cell.find(NAMESPACE + "is")
    if kind == "inlineStr":
        return text_of(inline) if inline is not None else None
    if not written or kind == "e":
        return None
    readings: dict[str, Callable[[str], object]] = {
        "n": float,
        "s": lambda index: strings[int(index)],
        "b": lambda flag: flag in ("1", "true"),
    }
    return readings.get(kind, str.strip)(written)


def by_calamine(data: bytes) -> Values:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return by_place(book.get_sheet_by_index(0).to_python(skip_empty_area=False))


def stripped(values: Values) -> Values:
    texts = {place: value.strip() if isinstance(value, str) else value for place, value in values.items()}
    return {place: value for place, value in texts.items() if value != ""}


def by_scan(book: Mapping[str, ScannedSheet]) -> Values | None:
    """The values of the first sheet as they were seen while it was looked through; None if calamine must read them."""
    if any(facts.unclear for facts in book.values()):
        return None
    return by_place(next(iter(book.values())).rows or [])


def by_place(lines: Iterable[Iterable[object]]) -> Values:
    return {(y, x): value for y, line in enumerate(lines, 1) for x, value in enumerate(line, 1) if value != ""}


def small_book() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        one, bold = book.add_worksheet("S"), book.add_format({"bold": True})
        one.write_row(0, 0, ["标题", "b", 3, 4.5, True])
        one.write_blank(1, 0, None, bold)
        one.write_formula(1, 1, "=C1+1", None, 4)
        one.write_formula(1, 2, "=A1", None, "标题")
        one.write_rich_string(2, 0, "x", bold, "y", " z")
        one.write(2, 1, -1e-7)
        one.set_row(5, None, None, {"hidden": True})
        one.merge_range(6, 0, 6, 3, "m")
        one.write_formula(7, 0, "=1/0", None, "#DIV/0!")
    return out.getvalue()


SMALL = parts_of(small_book())
SMALL_BOOK = SMALL[BOOK]
PIECE_LINES = """
<v>9</v>|<c r="B2"><v>9</v></c>|<c><v>9</v></c>|<row r="2"/>|<row/>|<row r="9"><c r="A9"><v>1</v></c></row>|<!-- x -->
<![CDATA[5]]>|<?p q?>|<f>A1</f>|<f/>|<v/>|<is><t>I</t></is>|<si><t>S</t></si>|<si/>|<t>T</t>|<t/>|<r><t>R</t></r>
&amp;|&#49;|9|-1|</sheetData><sheetData>|<sheetData>|</sheetData>|<rPh sb="0" eb="1"><t>P</t></rPh>|</row>|</c>|</v>
<extLst><ext uri="x"><v>7</v></ext></extLst>|<z:v xmlns:z="u">8</z:v>|<c r="A1" t="s"><v>0</v></c>|<f>|</f>|>|<|"|'
<c r="C3" t="str"><v>w</v></c>|<v xml:space="preserve"> 5</v>|<f t="shared" si="0"/>|<c r="D3" s="1" t="n" />
<c r="A2"/>|<phoneticPr fontId="1"/>
"""
PIECES = PIECE_LINES.strip().replace("\n", "|").encode().split(b"|")
MARK_LINES = """
r="A1"|r="B2"|r="1"|t="s"|t="str"|t="inlineStr"|t="b"|t="e"|s="1"|r=""|t='s'|t = "s"|xmlns="u"|a="&lt;"|a=">"|r="AA1"
"""
MARKS = MARK_LINES.strip().encode().split(b"|")


def mutated(xml: bytes, chance: random.Random) -> bytes:
    """The XML with one to three pieces deleted, doubled, swapped, or put where they do not belong."""
    tokens = re.findall(rb"<[^>]*>|[^<]+", xml)
    for _ in range(chance.choice((1, 1, 2, 3))):
        at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        token, inside = tokens[at], chance.randrange(len(tokens[at]) + 1)
        tokens[at : at + 1] = chance.choice(
            (
                [],
                [token, token],
                [tokens[other], token],
                [chance.choice(PIECES), token],
                [token[:inside] + chance.choice(PIECES) + token[inside:]],
                [re.sub(rb"(?<=\w)(?=\s|/?>)", b" " + chance.choice(MARKS), token, count=1)],
                [re.sub(rb' [a-z]+="[^"]*"', b" " + chance.choice(MARKS), token, count=1)],
            )
        )
        tokens = tokens or [b""]
    return b"".join(tokens)


@pytest.mark.parametrize("part", [SHEET, STRINGS])
def test_a_mutant_is_refused_or_read_as_an_xml_parser_reads_it(part: str) -> None:
    chance, verdicts = random.Random(441600), Counter[str]()
    for _ in range(MUTANTS):
        parts = SMALL | {part: mutated(SMALL[part], chance)}
        data = packed(parts, zipfile.ZIP_STORED)
        try:
            found = by_place(read_book(data).sheets[0].rows)
        except Refused as refused:
            verdicts[refused.code] += 1
        else:
            verdicts["read"] += 1
            assert stripped(found) == plainly(parts), parts[part]
    assert verdicts["read"] > MUTANTS * 0.05
    assert verdicts["file-markup"] > MUTANTS * 0.05


def test_what_passes_quickly_passes_exactly_and_tells_the_same() -> None:
    chance = random.Random(441621)
    for _ in range(MUTANTS):
        xml = mutated(SMALL[SHEET], chance).decode("utf-8", "ignore").encode()  # the gate lets nothing else through
        try:
            quick = scan_sheet(xml)
        except Refused:
            continue
        assert without_xml(quick) == without_xml(exact_sheet(once(xml))), xml


def test_the_second_opinion_is_worth_asking() -> None:
    two = with_cells(GOOD, b'<c r="A1"><v>1</v><v>2</v></c>')
    assert stripped(by_calamine(two)) != plainly(parts_of(two))


@given(st.binary(max_size=200), st.integers(0, len(SMALL[SHEET])))
def test_any_bytes_in_a_sheet_come_out_as_facts_or_a_refusal(noise: bytes, at: int) -> None:
    part = SMALL[SHEET]
    with suppress(Refused):
        assert isinstance(scan_sheet(part[:at] + noise + part[at:]), ScannedSheet)


def test_the_first_column_past_the_limit_is_sg() -> None:
    assert column_letters(LIMITS.columns) == "SG"


# ── values seen on the way ───────────────────────────────────────────────────────────────────────────────────────

CLEAR_TEXTS = [
    "a",
    "长",
    "1",
    "=A1",
    "a b",
    "a&amp;b",
    "&lt;&gt;&quot;&apos;",
    "a&amp;amp;b",
    "第一行\n第二行",
    "一&#10;二",
    "😀",
]
BROKEN_TEXTS = ["&nbsp;", "&amp"]
ODD_TEXTS = [
    " a ",
    "　a",
    "a\xa0",
    "\n",
    "&#49;",
    "&#x4e09;",
    *BROKEN_TEXTS,
    "a_x000D_b",
    "_x",
    "a\r\nb",
    "a\rb",
]
WRAPPINGS = {
    "shared": "<si><t>{}</t></si>",
    "shared, blanks kept": '<si><t xml:space="preserve">{}</t></si>',
    "runs": '<si><r><t>{}</t></r><r><rPr><b/></rPr><t xml:space="preserve"> {}</t></r><phoneticPr fontId="1"/></si>',
    "inline": '<c r="A1" t="inlineStr"><is><t>{}</t></is></c>',
    "calculated": '<c r="A1" t="str"><f>1</f><v>{}</v></c>',
}


def with_text(text: str, wrapping: str) -> bytes:
    written = WRAPPINGS[wrapping].replace("{}", text)
    item, cell = ("", written) if written.startswith("<c ") else (written, '<c r="A1" t="s"><v>0</v></c>')
    strings = f'<sst xmlns="{MAIN}">{item}</sst>'.encode()
    return packed(SMALL | {SHEET: cells(cell), STRINGS: strings}, zipfile.ZIP_STORED)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_clear_text_is_seen_as_calamine_reads_it(wrapping: str) -> None:
    for text in CLEAR_TEXTS:
        data = with_text(text, wrapping)
        assert by_scan(scan_book(open_package(data))) == by_calamine(data), text


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_an_odd_text_is_seen_as_calamine_reads_it_or_refused(wrapping: str) -> None:
    seen = 0
    for text in ODD_TEXTS:
        data = with_text(text, wrapping)
        with suppress(Refused):
            assert by_scan(scan_book(open_package(data))) == by_calamine(data), text
            seen += 1
    assert seen == len([text for text in ODD_TEXTS if text not in BROKEN_TEXTS])


NUMBER_CODES = ["General", "0", "0.00", "0.0#", "@", "#,##0.00", "0%", '0"日"', "0_ ;\\-0_ "]
DATE_CODES = [
    'yyyy"年"m"月"d"日"',
    'yyyy"年"m"月"d"日";@',
    r"yyyy\年m\月d\日",
    "yyyy-mm-dd",
    "yyyy/m/d",
    "[$-804]yyyy-m-d",
]
OTHER_CODES = ["m/d", "h:mm", "[h]:mm", "[Red]0", '"d"0', "d", "0.0E+00", "yyyy", "d-mmm-yy", "上午/下午h", "", "?!"]
DAYS = ["41180", "41180.5", "0.5", "60", "61", "0", "-1", "2958465", "2958466", "1E30"]


def with_formats(formats: str, styles: int, days: list[str], book: bytes = SMALL_BOOK) -> bytes:
    """A sheet with a row for each day and a column for each style."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column_letters(x)}{row}" s="{x}"><v>{day}</v></c>' for x in range(styles))
        + "</row>"
        for row, day in enumerate(days, 1)
    )
    styled = f'<styleSheet xmlns="{MAIN}">{formats}</styleSheet>'.encode()
    return packed(SMALL | {SHEET: sheet(rows), STYLES: styled, BOOK: book}, zipfile.ZIP_STORED)


def with_code(code: str, days: list[str], book: bytes = SMALL_BOOK, number: int = 170) -> bytes:
    own = f'<numFmts><numFmt numFmtId="{number}" formatCode="{escape(code, {chr(34): "&quot;"})}"/></numFmts>'
    return with_formats(f'{own}<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>', 2, days, book)


@pytest.mark.parametrize("number", [100, 170])  # Gnumeric counts its own ones from 100, all others from 164
@pytest.mark.parametrize("code", NUMBER_CODES + DATE_CODES)
def test_numbers_and_dates_in_the_usual_formats_are_seen_as_calamine_reads_them(code: str, number: int) -> None:
    data = with_code(code, ["41180"], number=number)
    seen = by_scan(scan_book(open_package(data)))
    assert seen == by_calamine(data)
    assert seen == {(1, 1): 41180.0, (1, 2): date(2012, 9, 28) if code in DATE_CODES else 41180.0}


@pytest.mark.parametrize("code", NUMBER_CODES + DATE_CODES + OTHER_CODES)
@pytest.mark.parametrize("day", DAYS)
def test_in_any_format_a_number_is_seen_as_calamine_reads_it_or_left_to_it(code: str, day: str) -> None:
    data = with_code(code, [day])
    seen = by_scan(scan_book(open_package(data)))
    assert seen is None or seen == by_calamine(data)


@pytest.mark.parametrize("number", range(60))
def test_formats_without_a_code_are_seen_as_calamine_reads_them_or_left_to_it(number: int) -> None:
    data = with_formats(f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>', 2, ["41180"])
    seen = by_scan(scan_book(open_package(data)))
    assert seen is None or seen == by_calamine(data)
    assert seen is not None or number not in (0, 1, 2, 9, 14, 49)


@pytest.mark.parametrize("code", ["0", "yyyy-mm-dd"])
@pytest.mark.parametrize("number", ["14", "1", "31", "41"])
def test_another_code_for_a_format_that_needs_none_is_left_to_calamine(number: str, code: str) -> None:
    own = f'<numFmts><numFmt numFmtId="{number}" formatCode="{code}"/></numFmts>'
    data = with_formats(f'{own}<cellXfs><xf numFmtId="{number}"/></cellXfs>', 1, ["41180"])
    assert by_scan(scan_book(open_package(data))) is None


def test_days_counted_from_1904_are_left_to_calamine() -> None:
    book = SMALL_BOOK.replace(b"<workbookPr", b'<workbookPr date1904="1"')
    data = with_code("yyyy-mm-dd", ["41180"], book)
    assert by_scan(scan_book(open_package(data))) is None
    assert by_calamine(data)[1, 2] == date(2016, 9, 29)


def test_whether_a_cell_without_a_style_has_the_first_one_is_left_to_calamine() -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'.encode()
    for style in ("", ' s="0"'):
        xml = cells(f'<c r="A1"{style}><v>41180</v></c>')
        assert by_scan(scan_book(open_package(packed(SMALL | {SHEET: xml, STYLES: styles})))) is None


@pytest.mark.parametrize("style", ['s="99"', ""])
def test_a_style_that_is_not_there_is_left_to_calamine_and_none_is_none(style: str) -> None:
    data = packed(SMALL | {SHEET: cells(f'<c r="A1" {style}><v>5</v></c>'.replace(" >", ">"))}, zipfile.ZIP_STORED)
    assert (by_scan(scan_book(open_package(data))) is None) == bool(style)


def test_styles_that_are_no_xml_are_left_to_calamine() -> None:
    data = packed(SMALL | {STYLES: b"<styleSheet>", SHEET: cells('<c r="A1" s="1"><v>5</v></c>')}, zipfile.ZIP_STORED)
    assert by_scan(scan_book(open_package(data))) is None


def test_a_string_that_is_not_there_is_left_to_calamine_which_refuses_it() -> None:
    data = packed(SMALL | {SHEET: cells('<c r="A1" t="s"><v>99</v></c>')}, zipfile.ZIP_STORED)
    assert by_scan(scan_book(open_package(data))) is None
    with pytest.raises(Exception, match="string index"):
        by_calamine(data)


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "samples" / "回收").rglob("*.xlsx")), *(ROOT / "templates").glob("*.xlsx")]
)
def test_issued_workbooks_and_those_libreoffice_saved_need_no_second_reader(path: Path) -> None:
    facts = scan_book(open_package(path.read_bytes()))
    with CalamineWorkbook.from_path(path) as book:
        assert list(facts) == book.sheet_names
        for name, fact in facts.items():
            assert fact.rows is not None
            assert by_place(fact.rows) == by_place(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            visible = next(one.visible for one in book.sheets_metadata if one.name == name)
            assert fact.visible == (visible is SheetVisibleEnum.Visible)


PLAIN = Shared((), NO_STYLES)
ODD_CELLS: list[tuple[str, object]] = [
    ('<c r="A1"><v>1&#50;3</v></c>', 123.0),
    ('<c r="A1"><v><![CDATA[23]]></v></c>', 23.0),
    ('<c r="A1" t="str"><v>一<![CDATA[<二>]]></v></c>', "一<二>"),
    ('<c r="A1" t="inlineStr"><is><t><![CDATA[ 二 ]]></t></is></c>', "二"),
    ('<c r="A1" t="inlineStr" xml:space="preserve"><is><t> 二 </t></is></c>', " 二 "),
    ('<c r="&#65;1"><v>1</v></c>', 1.0),
    ('<c r="A1" ph=">" s="&#48;"><v>1</v></c>', 1.0),
    ('<c t="str" r="A1" xml:space="preserve"><v xml:space="preserve"> a_x000D_</v></c>', " a\r"),
    ('<c r="A1" t="d"><v>2012-09-28</v></c>', date(2012, 9, 28)),
    ('<c r="A1" t="d"><v>2012-09-28T00:00:00Z</v></c>', date(2012, 9, 28)),
    ('<c r="A1" t="str"><v>_xD83D__xDC4D_</v></c>', "👍"),
    ('<c r="A1" t="str"><v>_xD83D_</v></c>', "\ufffd"),
]


@pytest.mark.parametrize(("cell", "value"), ODD_CELLS)
def test_what_is_odd_and_clear_is_read(cell: str, value: object) -> None:
    assert scan_sheet(cells(cell), shared=PLAIN).rows == [[value]]


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!"])
def test_an_error_that_excel_came_to_know_later_is_an_error_like_the_others(error: str) -> None:
    for more in ("", ' cm="1"'):
        assert told(cells(f'<c r="A1" t="e"{more}><v>{error}</v></c>')).errors == {"A1": error}


def test_the_errors_of_later_do_not_hinder_calamine_where_it_is_asked() -> None:
    # A number in a format that may show a time is calamine's to read.
    rows = '<c r="A1" t="e"><v>#SPILL!</v></c><c r="B1" s="1"><v>0.5</v></c>'
    styles = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="20"/></cellXfs></styleSheet>'.encode()
    )
    book = read_book(packed(SMALL | {SHEET: cells(rows), STYLES: styles}))
    assert book.sheets[0].rows == [["", clock(12)]]
    assert book.sheets[0].hidden.errors == {"A1": "#SPILL!"}


BLANKS = {
    "rows": "".join(f'<row r="{row}" ht="15"/>' for row in range(2, 200_000)),
    "cells": "".join(
        f'<row r="{row}">' + "".join(f'<c r="{column_letters(x)}{row}" s="1"/>' for x in range(100)) + "</row>"
        for row in range(2, 2_000)
    ),
    "the last cell": '<row r="1048576"><c r="XFD1048576" s="1"/></row>',
}


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("what", BLANKS)
def test_what_has_no_content_makes_no_sheet_larger(what: str, prefix: str) -> None:
    xml = sheet('<row r="1"><c r="A1"><v>5</v></c></row>' + BLANKS[what])
    if prefix:
        xml = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml).replace(b"xmlns=", b"xmlns:x=")
    scanned = scan_sheet(xml, shared=PLAIN)
    assert (scanned.extent, scanned.rows) == ((1, 1), [[5.0]])


HIDING = {
    "comment": "<!--{}-->",
    "instruction": "<?x {}?>",
    "extension": '<extLst><ext uri="x"><![CDATA[{}]]></ext></extLst>',
}
FIVE = '<sheetData><row r="1"><c r="A1"><v>5</v></c></row></sheetData>'
SEVEN = '<sheetData ><row r="1"><c r="A1"><v>7</v></c></row></sheetData >'


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize(("shown", "said"), [("<sheetData/>", {}), (SEVEN, {(1, 1): 7.0})])
def test_what_only_looks_like_cells_is_not_read(hiding: str, shown: str, said: Values) -> None:
    hidden = HIDING[hiding].format(FIVE)
    for xml in (hidden + shown, shown + hidden):
        data = packed(SMALL | {SHEET: f'<worksheet xmlns="{MAIN}">{xml}</worksheet>'.encode()}, zipfile.ZIP_STORED)
        with suppress(Refused):
            seen = by_scan(scan_book(open_package(data)))
            assert (by_calamine(data) if seen is None else seen) == said


def test_what_only_looks_like_strings_is_not_read() -> None:
    strings = f'<sst xmlns="{MAIN}"><!--<si><t>A</t></si></sst>--><si ><t>B</t></si ></sst >'.encode()
    data = packed(SMALL | {SHEET: cells('<c r="A1" t="s"><v>0</v></c>'), STRINGS: strings}, zipfile.ZIP_STORED)
    seen = by_scan(scan_book(open_package(data)))
    assert (by_calamine(data) if seen is None else seen) == {(1, 1): "B"}


def test_a_string_of_endless_runs_is_refused_before_it_fills_the_memory() -> None:
    with refused_as("file-too-complex"):
        strings_of(f'<sst xmlns="{MAIN}"><si>{"<r><t/></r>" * 2**17}</si></sst>'.encode())


def test_rows_without_cells_do_not_make_a_sheet_larger() -> None:
    xml = sheet('<row r="1"><c r="A1"><v>5</v></c></row><row r="9000" ht="3"/><row r="9001" ht="3"></row>')
    assert scan_sheet(xml).extent == exact_sheet(xml).extent == (1, 1)


def test_a_column_beyond_the_last_is_none_of_the_next_row() -> None:
    with refused_as("file-address"):
        scan_sheet(sheet('<row r="2"><c r="XFE1"><v>5</v></c></row>'))


def test_an_unknown_state_of_a_sheet_is_refused() -> None:
    with refused_as("file-wiring"):
        scan_book(open_package(edited(GOOD, BOOK=lambda xml: xml.replace(b'state="hidden"', b'state="gone"'))))


BROKEN = {
    "a reference to nothing": '<c r="A1"><f>&nbsp;</f><v>1</v></c>',
    "a bare ampersand": '<c r="A1"><f>A&B</f><v>1</v></c>',
    "an end of nothing": '<c r="A1" t="str"><v>]]></v></c>',
    "no character": '<c r="A1" t="inlineStr"><is><t>\ufffe</t></is></c>',
}
BROKEN_AROUND = {
    "twice": '<sheetViews><sheetView><selection sqref="A1" sqref="B1"/></sheetView></sheetViews>',
    "in an attribute": '<mergeCells><mergeCell ref="A1<selection/>:B2"/></mergeCells>',
    "in a name": '<sheetPr<selection/>otection sheet="1"/>',
    "no character": "<headerFooter><oddFooter>\x00</oddFooter></headerFooter>",
}


@pytest.mark.parametrize("what", BROKEN)
def test_cells_that_are_no_xml_are_refused(what: str) -> None:
    with refused_as("file-xml"):
        scan_sheet(cells(BROKEN[what]))


@pytest.mark.parametrize("what", BROKEN_AROUND)
def test_surroundings_that_are_no_xml_are_refused_though_part_of_them_is_left_out(what: str) -> None:
    with refused_as("file-xml"):
        scan_sheet(sheet("", after=BROKEN_AROUND[what]))


DATED_ONE = '<xf numFmtId="14"/><xf numFmtId="14"/>'
DATED = f"<cellXfs>{DATED_ONE}</cellXfs>"
STYLED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "1904 twice": (BOOK, lambda xml: xml.replace(b"<workbookPr", b'<workbookPr date1904="1"/><workbookPr')),
    "styles no parser takes": (STYLES, lambda _: f'<styleSheet xmlns="{MAIN}" mc:x="1">{DATED}</styleSheet>'.encode()),
    "formats last": (
        STYLES,
        lambda _: (
            f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
            f'<numFmts><numFmt numFmtId="170" formatCode="yyyy-mm-dd"/></numFmts></styleSheet>'
        ).encode(),
    ),
    "a style inside": (
        STYLES,
        lambda _: (
            f'<styleSheet xmlns="{MAIN}"><cellXfs><extLst><xf numFmtId="0"/></extLst>{DATED_ONE}</cellXfs></styleSheet>'
        ).encode(),
    ),
    "styles within styles": (
        STYLES,
        lambda _: f'<styleSheet xmlns="{MAIN}"><cellXfs><cellXfs/>{DATED_ONE}</cellXfs></styleSheet>'.encode(),
    ),
    "a sheet of styles within another": (
        STYLES,
        lambda _: f'<styleSheet xmlns="{MAIN}"><styleSheet/>{DATED}</styleSheet>'.encode(),
    ),
    "a reference": (
        STYLES,
        lambda _: f'<styleSheet xmlns="{MAIN}">{DATED.replace("14", "1&#52;")}</styleSheet>'.encode(),
    ),
}


@pytest.mark.parametrize("what", STYLED)
def test_styles_of_which_readers_may_differ_are_left_to_calamine(what: str) -> None:
    part, change = STYLED[what]
    xml = cells('<c r="A1" s="0"><v>41180</v></c><c r="B1" s="1"><v>41180</v></c>')
    data = packed(SMALL | {SHEET: xml, part: change(SMALL[part])}, zipfile.ZIP_STORED)
    assert by_scan(scan_book(open_package(data))) is None


# As LibreOffice writes them: four lists, of which every file gives other turns to the same entries.
LISTS = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/></font><font><strike/><sz val="9"/></font></fonts>'
    '<fills count="2"><fill><patternFill/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF92D050"/>'
    "</patternFill></fill></fills>"
    '<borders count="2"><border/><border diagonalUp="1"><diagonal style="thin"/></border></borders>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164" fontId="1" fillId="1"><protection locked="0"/></xf>'
    '<xf numFmtId="164"/><xf borderId="1"><alignment/></xf></cellXfs>'
)
BESIDE = {
    "nothing": "",
    "a list that is no list of styles": "<extLst><fonts><font><strike/></font></fonts></extLst>",
    "a second list": "<fonts><font/></fonts>",
    "a list within an entry": '<cellXfs><xf numFmtId="14"/></cellXfs>',
}


def styles_of(lists: str) -> CellStyles | None:
    """What they say, None where they are refused."""
    with suppress(Refused):
        xml = f'<styleSheet xmlns="{MAIN}">{lists}</styleSheet>'.encode()
        return read_styles(xml, "styles.xml", LIMITS, cache=Cache())
    return None


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("before", ["</styleSheet>", "<xf ", "<font>", "</fonts>", '<xf borderId="1">'])
def test_styles_say_entry_by_entry_what_they_say_as_a_whole(beside: str, before: str) -> None:
    lists = f"{LISTS}</styleSheet>".replace(before, BESIDE[beside] + before, 1).removesuffix("</styleSheet>")
    # A comment hides what looks like an element, so that with one they are read as a whole.
    assert styles_of(lists) == styles_of(f"<!-- -->{lists}")


def test_styles_are_known_by_what_their_entries_say() -> None:
    found = styles_of(LISTS)
    assert found
    assert found.formats == Formats(numbers=frozenset((0, 3)), dates=frozenset((1, 2)))
    assert {style: (look.font.struck or look.crossed, look.colour) for style, look in found.looks.items()} == {
        1: (True, "92D050"),
        3: (True, ""),
    }


@pytest.mark.parametrize("broken", ["</font>", "<xf>", '<x:xf numFmtId="14"/>', "\0", "<font><xf/></font>", "&"])
def test_an_entry_of_styles_that_is_no_xml_makes_none_of_them(broken: str) -> None:
    assert styles_of(LISTS.replace("</font>", f"{broken}</font>", 1)) == styles_of(
        "<!-- -->" + LISTS.replace("</font>", f"{broken}</font>", 1)
    )


@pytest.mark.parametrize("reference", ["&#24180;", "&#x5e74;", "&#x5ddd;", "&#46;"])
def test_a_text_in_a_format_may_be_written_in_numbers(reference: str) -> None:
    codes = [f"yyyy&quot;{reference}&quot;m&quot;{reference}&quot;d", f"0.0&quot;{reference}&quot;"]
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for n, code in enumerate(codes, start=164))
    styles = f'<numFmts>{formats}</numFmts><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    xml = cells('<c r="A1" s="1"><v>41180</v></c><c r="B1" s="2"><v>41180</v></c>')
    data = packed(SMALL | {SHEET: xml, STYLES: f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'.encode()})
    assert by_scan(scan_book(open_package(data))) == by_calamine(data) == {(1, 1): date(2012, 9, 28), (1, 2): 41180.0}


@pytest.mark.parametrize(
    "numbers", ["-1E-007", "1E+308", "1E-300", "0.30000000000000004", "12345678901234567890", "-0", "1E5", "007.50"]
)
def test_numbers_of_every_size_are_seen_as_calamine_reads_them(numbers: str) -> None:
    data = packed(SMALL | {SHEET: cells(f'<c r="A1"><v>{numbers}</v></c>')}, zipfile.ZIP_STORED)
    seen = by_scan(scan_book(open_package(data)))
    assert seen is not None
    assert repr(seen) == repr(by_calamine(data))


def test_an_infinite_number_is_refused() -> None:
    with refused_as("file-value"):
        scan_sheet(cells('<c r="A1"><v>1E999</v></c>'))


MANY = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="19999"><c r="CV19999"><v>1</v></c></row>'


def test_many_large_sheets_are_refused_before_their_grids_are_made() -> None:
    tracemalloc.start()
    try:
        with refused_as("file-grid"):
            scan_book(open_package(many_sheets(100, MANY)))
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()


def many_sheets(count: int, rows: bytes) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for _ in range(count):
            book.add_worksheet()
    parts = parts_of(out.getvalue())
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    return packed({name: xml if name.startswith("xl/worksheets/") else part for name, part in parts.items()})


@pytest.mark.parametrize(
    "around",
    [
        "<headerFooter><oddFooter>{}</oddFooter></headerFooter>".format("&gt;" * 2**20),
        "<headerFooter><oddFooter>{}</oddFooter></headerFooter>".format("x" * 2**22),
        "<sheetViews><sheetView>{}</sheetView></sheetViews>".format('<selection sqref="A1"/>' * 2**16),
        "<sheetViews><sheetView><selection {}/></sheetView></sheetViews>".format('a="" ' * 2**20),
    ],
)
def test_long_surroundings_cost_no_more_than_a_parser_takes(around: str) -> None:
    xml = sheet('<row r="1"><c r="A1"><v>1</v></c></row>', after=around)
    tracemalloc.start()
    try:
        with suppress(Refused):
            scan_sheet(xml)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(xml)
    finally:
        tracemalloc.stop()


def test_what_is_remembered_of_cells_is_bounded() -> None:
    lookup = Lookup(len)
    for n in range(100_000):
        assert lookup[b"%d" % n] == len(str(n))
        assert len(lookup) <= 2**15
    for n in range(10_000):
        assert lookup[b"%2000d" % n] == 2000
        assert n % 100 or sum(map(len, lookup)) <= 2**24 + 2000
    assert lookup[bytes(9000)] == 9000
    assert bytes(9000) not in lookup


def test_of_large_parts_the_last_few_are_remembered_and_of_very_large_ones_none() -> None:
    asked: list[int] = []
    cache, ask = Cache(), lambda part: asked.append(len(part))
    for _ in range(2):
        cache.part(ask, bytes(10))
        cache.part(ask, bytes(2**17))
        cache.part(ask, bytes(2**20))
    assert asked == [10, 2**17, 2**20, 2**20]
    for n in range(9):
        cache.part(ask, bytes(2**16 + 1 + n))
    cache.part(ask, bytes(2**17))
    assert asked[-1] == 2**17


# ── wiring ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facts_come_by_the_names_of_the_sheets_in_the_order_of_the_book() -> None:
    assert list(scan_book(open_package(GOOD))) == ["完成情况表", "_sanjin"]


def test_a_workbook_may_do_without_shared_strings() -> None:
    inline = re.sub(rb' t="s"><v>\d+</v>', b' t="inlineStr"><is><t>x</t></is>', parts_of(with_rows(GOOD, b""))[SHEET])
    data = edited(
        GOOD,
        SHEET=inline,
        STRINGS=None,
        LINKS=lambda part: re.sub(rb"<Relationship [^>]*sharedStrings[^>]*/>", b"", part),
    )
    assert "完成情况表" in scan_book(open_package(data))


# ── speed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_ordinary_return_takes_the_quick_way() -> None:
    """A hundred times 0.5 ms where it was measured; a DOM would take ten times as long."""
    cache, start = Cache(), time.process_time()
    for _ in range(100):
        scan_book(open_package(GOOD, cache=cache), cache=cache)
    assert time.process_time() - start < 3
