"""Workbooks that calamine refuses or reads in part, and what is made of them before it sees them."""

import io
import struct
from datetime import date, datetime, time, timedelta
from zipfile import ZipFile

import pytest

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.dialects import plain_number, plain_ods, plain_xlsb, whole_cells
from sanjin_xl.workbook.package import open_package

ROW, CELL_RK, FORMULA_TEXT, SHEET_END = 0, 2, 8, 146
SHORT_BLANK, SHORT_RK, SHORT_TEXT = 12, 13, 17
STYLE = bytes(4)


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb part, its type and length in as few bytes as they take."""
    return number(kind) + number(len(body)) + body


def number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + number(value >> 7)


def whole(kind: int, column: int, value: bytes) -> bytes:
    return record(kind, struct.pack("<L", column) + STYLE + value)


# --- .xlsb ----------------------------------------------------------------------------------------------------------


def test_a_short_cell_stands_next_to_the_cell_before_it() -> None:
    part = record(ROW) + whole(CELL_RK, 4, b"four") + record(SHORT_RK, STYLE + b"five") + whole(FORMULA_TEXT, 9, b"ten")
    assert whole_cells(part + record(SHORT_BLANK, STYLE)) == (
        record(ROW) + whole(CELL_RK, 4, b"four") + whole(CELL_RK, 5, b"five") + whole(FORMULA_TEXT, 9, b"ten")
    ) + whole(1, 10, b"")


def test_a_row_begins_anew_in_the_first_column() -> None:
    row = record(ROW) + record(SHORT_RK, STYLE + b"left") + record(SHORT_RK, STYLE + b"next")
    expected = record(ROW) + whole(CELL_RK, 0, b"left") + whole(CELL_RK, 1, b"next")
    assert whole_cells(row * 2 + record(SHEET_END)) == expected * 2 + record(SHEET_END)


def test_long_texts_keep_their_length() -> None:
    text = STYLE + b"x" * 20_000
    assert whole_cells(record(ROW) + record(SHORT_TEXT, text)) == record(ROW) + whole(6, 0, text[4:])


@pytest.mark.parametrize("part", [b"", record(129) + record(ROW, bytes(25)) + whole(CELL_RK, 3, b"four") + record(130)])
def test_a_sheet_of_whole_cells_stays_as_it_is(part: bytes) -> None:
    assert whole_cells(part) == part


@pytest.mark.parametrize("part", [b"\x0d", b"\x8d", b"\x0d\x08short", b"\x0d\xff", b"\x0d\xff\xff\xff\xff"])
def test_a_sheet_whose_records_cannot_be_followed_is_refused(part: bytes) -> None:
    with pytest.raises(Refused, match="file-unreadable"):
        whole_cells(record(ROW) + part)


def package(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as book:
        for name, part in parts.items():
            book.writestr(name.replace("__", "/").replace("_", "."), part)
    return target.getvalue()


def test_only_the_sheets_of_an_xlsb_are_looked_at() -> None:
    short = record(ROW) + record(SHORT_RK, STYLE + b"left")
    data = plain_xlsb(open_package(package(xl__worksheets__sheet1_bin=short, xl__sharedStrings_bin=short)))
    with ZipFile(io.BytesIO(data)) as book:
        assert book.read("xl/worksheets/sheet1.bin") == whole_cells(short) != short
        assert book.read("xl/sharedStrings.bin") == short


# --- .ods -----------------------------------------------------------------------------------------------------------


def content(xml: bytes) -> bytes:
    with ZipFile(io.BytesIO(plain_ods(open_package(package(content_xml=b"<x>" + xml + b"</x>"))))) as book:
        return book.read("content.xml").removeprefix(b"<x>").removesuffix(b"</x>")


def test_blanks_around_the_elements_of_a_table_go() -> None:
    cell = b'<table:table-cell office:value-type="string">\n  <text:p>a</text:p>\n </table:table-cell>'
    plain = b'<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    assert content(b"<table:table-row>\n" + cell + b"\r\n\t" + cell + b"\n</table:table-row>") == (
        b"<table:table-row>" + plain * 2 + b"</table:table-row>"
    )


@pytest.mark.parametrize(
    "paragraph",
    [
        b"<text:p> a  b </text:p>",
        b"<text:p><text:span>a</text:span> <text:span>b</text:span></text:p>",
        b"<text:p>a <text:s text:c='2'/> b</text:p>",
        b"<text:p>&lt;table:x&gt; &lt;</text:p>",
    ],
)
def test_blanks_inside_a_paragraph_stay(paragraph: bytes) -> None:
    assert content(paragraph) == paragraph


def test_tabs_and_line_breaks_become_characters() -> None:
    assert content(b"<text:p>a<text:tab/>b<text:line-break/>c</text:p>") == b"<text:p>a\tb\nc</text:p>"


def test_a_greater_than_sign_in_a_formula_does_not_end_its_element() -> None:
    cell = b'<table:table-cell table:formula="of:=IF([.A1]> 2;1)"><text:p>a</text:p></table:table-cell>'
    assert content(cell) == cell


def test_a_package_without_content_is_refused() -> None:
    with pytest.raises(Refused, match="file-part-missing"):
        plain_ods(open_package(package(meta_xml=b"<x/>")))


# --- .xls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "number"),
    [
        (time(0), 0),
        (time(6), 0.25),
        (time(7, 55, 12), 0.33),
        (date(1900, 1, 1), 1),
        (datetime(1900, 1, 1, 12), 1.5),
        (datetime(1900, 1, 2, 18), 2.75),
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),
        (date(1900, 12, 31), 366),
    ],
)
def test_a_number_taken_for_a_time_is_a_number_again(taken: object, number: float) -> None:
    assert plain_number(taken) == number
    assert isinstance(plain_number(taken), float)


@pytest.mark.parametrize("value", ["", "1900年", 3.0, True, date(2012, 9, 28), date(1901, 1, 1), timedelta(hours=3)])
def test_real_days_and_all_else_stay(value: object) -> None:
    assert plain_number(value) is value
