"""The validator the other tests lean on: it must find a fault, and everything we write with must pass it."""

import zipfile
from pathlib import Path

import ooxml
import pytest

from sanjin_xl.books.seal import SealedWorkbook, SealedWorksheet, make_lock

pytestmark = pytest.mark.npm


def write_one_of_everything(path: Path) -> None:
    """A sealed workbook with every feature of Excel that the books use."""
    with SealedWorkbook(path, make_lock("源城", b"0123456789abcdef", spins=10)) as book:
        book.set_properties({"title": "完成情况表", "author": "河源市司法局"})
        book.set_custom_property("sanjin", "SJ1|sanjin-2012|…")
        book.define_name("ticks", "=_sanjin!$A$1:$A$1")
        form = book.add_worksheet("完成情况表")
        fill(book, form)
        decorate(book, form)
        lay_out(form)
        form.protect()
        lists = book.add_worksheet("_sanjin")
        lists.write_string("A1", "√")
        lists.protect()
        lists.very_hidden()
        add_table_and_chart(book)


def fill(book: SealedWorkbook, sheet: SealedWorksheet) -> None:
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    sheet.merge_range(
        "A1:D1", "完成情况表", book.add_format({"align": "center", "valign": "vcenter", "text_wrap": True})
    )
    sheet.write_rich_string("A2", bold, "一、", red, "组织机构")
    sheet.write_blank("B2", None, book.add_format({"locked": False, "border": 1}))
    sheet.write_formula("C2", '=IF(B2="√",1.5,0)', book.add_format({"num_format": "0.00"}), 0)
    sheet.write_url("D2", "internal:'_sanjin'!A1", string="列表")
    sheet.write_comment("B2", "请填写", {"author": "河源市司法局", "x_scale": 2})


def decorate(book: SealedWorkbook, sheet: SealedWorksheet) -> None:
    texts = {"input_title": "已落实", "input_message": "打√", "error_title": "已落实", "error_message": "只能填√"}
    sheet.data_validation("B2", {"validate": "list", "source": "=ticks", "error_type": "stop", **texts})
    sheet.data_validation("B3", {"validate": "list", "source": ["1月", "12月"], **texts})
    sheet.data_validation("B4", {"validate": "custom", "value": '=OR(B4="",ISNUMBER(B4))', **texts})
    yellow = book.add_format({"bg_color": "#FFFF00"})
    sheet.conditional_format("B2:B4", {"type": "formula", "criteria": '=AND($B2<>"",$C2=0)', "format": yellow})
    sheet.conditional_format("C2:C4", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("D2:D4", {"type": "3_color_scale"})
    sheet.conditional_format("D2:D4", {"type": "icon_set", "icon_style": "3_flags"})


def lay_out(sheet: SealedWorksheet) -> None:
    sheet.set_row(3, 24, None, {"level": 1, "hidden": True})
    sheet.set_row(4, None, None, {"collapsed": True})
    sheet.set_column("E:F", 12, None, {"level": 1, "hidden": True})
    sheet.set_column("G:G", 12, None, {"collapsed": True})
    sheet.outline_settings(symbols_below=False)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.print_area("A1:G9")
    sheet.set_h_pagebreaks([5])
    sheet.set_header('&C&"宋体,常规"完成情况表')
    sheet.set_footer("&L表号 SJ1&R第&P页 共&N页")
    sheet.ignore_errors({"number_stored_as_text": "A1:D9"})


def add_table_and_chart(book: SealedWorkbook) -> None:
    summary = book.add_worksheet("排名")
    rows = [["东源县", 87.5], ["龙川县", 74]]
    summary.add_table("A1:B3", {"data": rows, "columns": [{"header": "单位"}, {"header": "得分"}], "name": "rank"})
    summary.autofilter("D1:E3")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"name": "=排名!$B$1", "categories": "=排名!$A$2:$A$3", "values": "=排名!$B$2:$B$3"})
    chart.set_title({"name": "得分"})
    summary.insert_chart("D5", chart, {"description": "各单位得分"})
    summary.add_sparkline("C2", {"range": "排名!B2:B3"})
    summary.insert_textbox("D20", "说明")


def with_part(source: Path, target: Path, part: str, old: bytes, new: bytes) -> Path:
    """A copy of a workbook with something in one of its parts replaced."""
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in whole.namelist():
            content = whole.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            copy.writestr(name, content)
    return target


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ooxml") / "样样都有.xlsx"
    write_one_of_everything(path)
    return path


def test_all_that_the_books_use_is_valid(good: Path) -> None:
    assert ooxml.errors_of(good) == []


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param("xl/workbook.xml", b"bookViews>", b"bookViewz>", id="unknown element"),
        pytest.param("xl/workbook.xml", b"lockStructure", b"lockStruktur", id="unknown attribute"),
        pytest.param("xl/worksheets/sheet1.xml", b"<sheetProtection", b"<autoFilter/><sheetProtection", id="order"),
        pytest.param("xl/worksheets/sheet1.xml", b'spinCount="10"', b'spinCount="ten"', id="value"),
        pytest.param("xl/worksheets/sheet1.xml", b"</worksheet>", b"", id="not well-formed"),
    ],
)
def test_a_broken_part_is_found_in_whichever_file_it_is(
    good: Path, tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    bad = with_part(good, tmp_path / "坏.xlsx", part, old, new)
    errors = ooxml.errors_of(good, bad)
    assert errors
    assert all(error.startswith("坏.xlsx: ") for error in errors)


def test_a_file_that_is_no_workbook_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "空.xlsx").write_bytes(b"")
    errors = ooxml.errors_of(tmp_path / "空.xlsx", tmp_path / "没有.xlsx")
    assert [error.split(":")[0] for error in errors] == ["空.xlsx", "没有.xlsx"]
