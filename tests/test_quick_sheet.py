"""Our own writing of cells against XlsxWriter's, to the byte: private methods of it are overridden."""

import tracemalloc
import zipfile
from datetime import date
from io import BytesIO
from random import Random

import pytest
import xlsxwriter
from theirs import Theirs
from xlsxwriter.worksheet import Worksheet

from sanjin_xl.books import quick_book, quick_sheet
from sanjin_xl.books.quick_book import QuickWorkbook
from sanjin_xl.books.quick_sheet import QuickWorksheet, Value
from sanjin_xl.books.seal import CREATED

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
TEXTS = (
    "",
    "源城区",
    "=1+1",
    "http://x.cn",
    "a<b&\"c'>",
    " 前后 ",
    "两\n行",
    "_x0041_",
    "😀",
    "007",
    "#N/A",
    "x" * 40_000,
)
NUMBERS = (0, 1, 1.0, -0.5, 87.5, 1 / 3, 1e-7, 123_456_789_012, 0.1 + 0.2)
DAYS = (date(2012, 10, 15), date(1900, 1, 1))
FORMULAS: tuple[tuple[str, Value], ...] = (
    ('=IF(A1<>"","甲","乙")', "甲"),
    ("=SUM(A1:A3)", 88.0),
    ("=COUNT(A1)", 3),
    ('=""', ""),
    ("=A1&A2", "1"),
)


LOOKS: tuple[dict[str, object], ...] = (
    {"border": 1, "bottom": 2},
    {"bottom": 2, "border": 1},
    {"font_size": 10},
    {"font_size": 10.0},
    {"bg_color": "#FFFDF3", "locked": 0},
    {"font_color": "#7F7F7F", "underline": 1},
    {"font_name": "宋体", "font_charset": 134, "align": "center"},
)


def parts(kind: type[Worksheet], seed: int, workbook: type[xlsxwriter.Workbook] = QuickWorkbook) -> dict[str, bytes]:
    """The parts of a workbook whose sheets have a bit of everything, written by a kind of worksheet and of workbook."""
    rng, target = Random(seed), BytesIO()
    book = workbook(target, OPTIONS)
    book.set_properties({"created": CREATED})
    forms = [book.add_format({"bold": n % 2, "num_format": f"0.{'0' * n}"}) for n in range(6)]
    forms += [book.add_format(rng.choice(LOOKS)) for _ in range(4)]
    # Texts come again, and equal values of other types: what is remembered must not mix them up.
    pool: list[Value] = [None, *TEXTS, *NUMBERS, *DAYS]
    for name in ("甲", "乙"):
        sheet = book.add_worksheet(name, worksheet_class=kind)
        sheet.set_column(1, 1, 30)
        for row in rng.sample(range(60), 40):
            if rng.random() < 0.5:
                cells = [rng.choice(FORMULAS) if rng.random() < 0.2 else (None, rng.choice(pool)) for _ in range(9)]
                formulas = [formula for formula, _ in cells]
                values = [value for _, value in cells]
                sheet.put_row(row, values, [rng.choice(forms) for _ in values], formulas[: rng.choice((0, 5, 9))])
            else:
                for column in rng.sample(range(30), 4):
                    formula, value = rng.choice(FORMULAS) if rng.random() < 0.3 else (None, rng.choice(pool))
                    sheet.put(row, column, value, rng.choice([*forms, *[None] * (value is not None)]), formula)
            if rng.random() < 0.5:
                sheet.set_row(row, rng.choice((15, 20, 33.5)), None, {"level": rng.randint(0, 1)})
        if rng.random() < 0.5:
            rule = {"type": "formula", "criteria": "=A1>1", "format": book.add_format(rng.choice(LOOKS))}
            sheet.conditional_format(0, 0, 9, 9, rule)
        sheet.set_row(70, 40)
        sheet.write_comment(65, 2, "说明")
        sheet.write_url(66, 0, "internal:'乙'!A1", forms[0], "去")
        sheet.put(66, 0, 7, forms[0])
        sheet.write_url(66, 1, "external:../回收/a.xlsx", forms[0], "打开")
        sheet.merge_range(68, 1, 68, 4, "", forms[1])
        sheet.put(68, 1, "合并", forms[1])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": [name, 0, 0, 30, 0], "values": [name, 0, 1, 30, 1]})
        chart.add_series({"values": [name, 68, 0, 68, 5]})
        sheet.insert_chart(80, 0, chart)
    book.close()
    with zipfile.ZipFile(target) as made:
        return {one: made.read(one) for one in made.namelist()}


@pytest.mark.parametrize("seed", range(20))
def test_a_workbook_is_to_the_byte_what_xlsxwriter_makes_of_it(seed: int) -> None:
    theirs = parts(Theirs, seed, xlsxwriter.Workbook)
    for _ in range(2):  # the second time its styles and texts are known
        ours = parts(QuickWorksheet, seed)
        assert list(ours) == list(theirs)
        assert [name for name in ours if ours[name] != theirs[name]] == []


def test_a_workbook_is_the_same_whatever_of_it_is_kept_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parts(QuickWorksheet, seed=1)
    monkeypatch.setattr(quick_sheet, "_ROWS_A_BLOCK", 8)
    monkeypatch.setattr(quick_sheet, "_MOST_TAILS", 5)
    monkeypatch.setattr(quick_book, "_LARGE_PART", 100)
    assert parts(QuickWorksheet, seed=1) == whole


def test_a_long_sheet_is_kept_compressed_until_it_is_written() -> None:
    rng = Random(1)
    sheet = xlsxwriter.Workbook(BytesIO()).add_worksheet("表", worksheet_class=QuickWorksheet)
    forms, rows, cells = [None] * 20, 3_000, 20
    tracemalloc.start()
    try:
        for row in range(rows):
            sheet.put_row(row, [rng.random() for _ in range(cells)], forms)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < rows * cells * 40  # bytes; a number and its XML alone take a hundred


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_cell(number: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        xlsxwriter.Workbook(BytesIO()).add_worksheet("表", worksheet_class=QuickWorksheet).put(0, 0, number, None)
