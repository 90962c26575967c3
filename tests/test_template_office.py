"""The workbook in a real LibreOffice: locks, dropdowns, live formulas, looks and print (docs/contracts.md §1)."""

import random
import re
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from office import Office
from rounds import POLICIES, SIGNERS, issue, small_form, the_form

from sanjin_xl.books.formulas import Formulas
from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.template import template_bytes
from sanjin_xl.messages import template as words
from sanjin_xl.model import fields
from sanjin_xl.model.cellref import address, serial_of
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import (
    DATE_VALUE,
    FIRST_ITEM_ROW,
    GROUP_ROW,
    HEAD_ROW,
    LIVE_ROW,
    LIVE_SPANS,
    SIGN_SPANS,
    Layout,
    layout_of,
)
from sanjin_xl.round import commands
from sanjin_xl.round.keys import Keys, read_keys
from sanjin_xl.round.new_round import make_round

pytestmark = pytest.mark.office

SHEET = words.SHEET
LAYOUT = layout_of(the_form())
DATE_CELL = LAYOUT.at(HEAD_ROW, DATE_VALUE)
MARGIN = 18  # points; no printer prints right to the edge
LIVE_CELLS = [LAYOUT.at(LIVE_ROW, span) for span in LIVE_SPANS]
Cells = dict[tuple[int, str], str]


def cell(number: int, column: str) -> str:
    return LAYOUT.cell(number, column)


def whole(layout: Layout) -> str:
    return f"A1:{address(layout.seal_row, layout.places['code'])}"


def choice_cells() -> list[tuple[int, str]]:
    """The cells with a dropdown: five per item, but for the planned months that the paper does not print."""
    return [
        (item.number, column)
        for item in the_form().items
        for column in fields.CHOICES
        if item.planned_month or column != "planned_month"
    ]


def open_cells() -> set[str]:
    remarks = [(item.number, "remark") for item in the_form().items]
    answers = {cell(number, column) for number, column in (*choice_cells(), *remarks)}
    return answers | {DATE_CELL} | {LAYOUT.at(LAYOUT.sign_row, span) for _, span in SIGN_SPANS}


@pytest.fixture(scope="module")
def a_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("round") / "三季度"
    make_round(folder, form="sanjin-2012", period="2012年第三季度", due=date(2012, 10, 15))
    commands.generate(folder)
    return folder


@pytest.fixture(scope="module")
def keys(a_round: Path) -> Keys:
    return read_keys(a_round)


@pytest.fixture(scope="module")
def issued(a_round: Path) -> Path:
    """The workbook issued to one county, as `sanjin-xl generate` writes it."""
    return next((a_round / "发放").glob("东源县*.xlsx"))


@pytest.fixture
def book(office: Office, issued: Path) -> Iterator[int]:
    with office.opened(issued) as handle:
        yield handle


# --- locks ----------------------------------------------------------------------------------------------------------


def test_the_answers_the_date_and_the_sign_off_are_open_and_all_else_is_locked(office: Office, book: int) -> None:
    # A merged open cell counts by all the addresses it covers.
    spans = [LAYOUT.columns(value) for _, value in SIGN_SPANS]
    covered = {address(LAYOUT.sign_row, c) for first, last in spans for c in range(first, last + 1)}
    assert set(office.open_cells(book, SHEET, "A1:Z200")) == open_cells() | covered
    assert office.open_cells(book, words.GUIDE_SHEET, "A1:Z50") == []
    assert office.open_cells(book, words.HIDDEN_SHEET, "A1:Z50") == []


LOCKED = {
    "title": "A1", "unit": "C2", "period": "F2", "stamp": "L2", "progress": "A3", "self-score above": "D3",
    "group heading": "E4", "header": "C5", "category": "A6", "number": "B6", "text": "C9", "points": "D13",
    "score": "K6", "hint": "L6", "last score": "K113", "last hint": "L113", "planned month of item 10": "H15",
    "total": "K114", "label": "A115", "seal": "J116", "below": "A120", "beside": "N6",
}  # fmt: skip


@pytest.mark.parametrize("where", LOCKED.values(), ids=LOCKED)
def test_a_locked_cell_refuses_typing(office: Office, book: int, where: str) -> None:
    before = office.shown(book, SHEET, where)
    assert not office.type_text(book, SHEET, where, "9")["accepted"]
    assert office.shown(book, SHEET, where) == before


def test_the_hidden_column_and_sheet_refuse_typing(office: Office, book: int) -> None:
    assert not office.type_text(book, SHEET, cell(1, "code"), "#002")["accepted"]
    assert office.shown(book, SHEET, cell(1, "code")) == "#001"
    assert [(s["name"], s["visible"], s["protected"]) for s in office.sheets(book)] == [
        (SHEET, True, True),
        (words.GUIDE_SHEET, True, True),
        (words.HIDDEN_SHEET, False, True),
    ]


@pytest.mark.parametrize("sheet", [SHEET, words.GUIDE_SHEET, words.HIDDEN_SHEET])
def test_only_the_rounds_password_opens_a_sheet(office: Office, book: int, keys: Keys, sheet: str) -> None:
    for wrong in ("", "123456", keys.password.lower() + "x"):
        assert not office.unprotect(book, wrong, sheet)
    assert office.unprotect(book, keys.password, sheet)


def test_the_structure_is_locked_by_the_same_strong_hash(issued: Path) -> None:
    with zipfile.ZipFile(issued) as parts:
        book, sheet = (parts.read(name).decode() for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"))
    (lock,) = re.findall(r"<workbookProtection [^>]*>", book)
    assert 'lockStructure="1"' in lock
    assert 'workbookAlgorithmName="SHA-512"' in lock
    digest = re.compile(r'(?:workbookH|h)ashValue="([^"]+)"')
    (in_sheet,) = re.findall(r"<sheetProtection [^>]*>", sheet)
    assert digest.findall(lock) == digest.findall(in_sheet)


# --- dropdowns ------------------------------------------------------------------------------------------------------


def test_each_choice_cell_has_a_list_that_stops_and_prompts(office: Office, book: int) -> None:
    cells = choice_cells()
    assert len(cells) == 108 * 5 - 1
    for number, column in cells:
        rule = office.validation(book, SHEET, cell(number, column))
        assert (rule["type"], rule["error_style"]) == ("list", "stop")
        assert rule["error_shown"]
        assert rule["input_shown"]
        assert rule["list_visible"]
        assert rule["blank_allowed"]
        assert all(rule[text] for text in ("error_title", "error_message", "input_title", "input_message"))
        source = "$C$2:$C$2" if column in fields.TICKS else "$D$2:$D$13"
        assert rule["formula1"].replace(".", "!").endswith(f"{words.HIDDEN_SHEET}!{source}")


def test_the_lists_hold_the_tick_and_the_twelve_months(office: Office, book: int) -> None:
    shown = office.read(book, words.HIDDEN_SHEET, "C2:D13")
    assert [shown[f"D{row}"]["value"] for row in range(2, 14)] == list(words.MONTHS)
    assert (shown["C2"]["value"], shown["C3"]["type"]) == (words.TICK, "empty")


@pytest.mark.parametrize(
    ("number", "column", "wrong", "right"),
    [
        (1, "done", "v", "√"),
        (108, "done", "是", "√"),
        (10, "planned", "1", "√"),
        (53, "ledger", "有", "√"),
        (1, "done_month", "3", "3月"),
        (54, "done_month", "九月", "9月"),
        (11, "planned_month", "2012-10", "10月"),
        (108, "planned_month", "13月", "12月"),
    ],
)
def test_a_choice_cell_rejects_a_wrong_entry_and_takes_a_right_one(
    office: Office, book: int, number: int, column: str, wrong: str, right: str
) -> None:
    where = cell(number, column)
    assert not office.type_text(book, SHEET, where, wrong, insist=True)["accepted"]
    assert office.shown(book, SHEET, where) == ""
    assert office.type_text(book, SHEET, where, right)["accepted"]
    assert office.shown(book, SHEET, where) == right
    assert office.read(book, SHEET, where)[where]["type"] == "text"  # a month must not become a date
    assert office.type_text(book, SHEET, where, "")["accepted"]
    assert office.shown(book, SHEET, where) == ""


def test_the_date_warns_and_the_remark_takes_any_text(office: Office, book: int) -> None:
    assert not office.type_text(book, SHEET, DATE_CELL, "九月底")["accepted"]
    assert office.type_text(book, SHEET, DATE_CELL, "2012-9-28")["value"] == "2012年9月28日"
    for text in ("3-5", "=1+1", "007", "1/2"):
        assert office.type_text(book, SHEET, cell(1, "remark"), text)["value"] == text


# --- live formulas --------------------------------------------------------------------------------------------------


def test_hint_score_and_progress_follow_what_is_typed(office: Office, book: int) -> None:
    def seen() -> list[object]:
        row = LAYOUT.row(1) + 1
        places = [f"L{row}", f"K{row}", LAYOUT.at(LAYOUT.total_row, ("score", "score")), *LIVE_CELLS]
        return [office.read(book, SHEET, where)[where]["value"] for where in places]

    def hint() -> object:
        return seen()[0]

    assert seen() == ["未填", 0, 0, "已填 0/108", "自评得分 0.00 分（仅供参考）", "待改 0 项"]
    office.type_text(book, SHEET, cell(1, "done"), "√")
    assert seen() == ["请选落实月份。", 0.5, 0.5, "已填 1/108", "自评得分 0.50 分（仅供参考）", "待改 1 项"]
    office.type_text(book, SHEET, cell(1, "done_month"), "3月")
    office.type_text(book, SHEET, cell(1, "ledger"), "√")
    assert seen() == ["", 1, 1, "已填 1/108", "自评得分 1.00 分（仅供参考）", "待改 0 项"]
    office.type_text(book, SHEET, cell(1, "planned"), "√")
    assert hint() == "已落实、拟落实只选一项。"
    office.type_text(book, SHEET, DATE_CELL, "2012-2-28")
    assert hint() == "已落实、拟落实只选一项。落实月份晚于填报日期。"


def test_a_mark_goes_when_its_row_is_mended_beside_it_but_not_by_mending_another_mark(
    office: Office, tmp_path: Path
) -> None:
    cells: Cells = {(1, "done_month"): "6月", (2, "done"): "部分", (2, "done_month"): "近期"}
    marks = dict.fromkeys([(1, "done_month"), (2, "done"), (2, "done_month")], "请核实。")
    with office.opened(written(tmp_path, issue(revision=1), Filling(cells=cells, marks=marks))) as handle:

        def sent_back(number: int) -> bool:
            return words.SENT_BACK in office.shown(handle, SHEET, cell(number, "hint"))

        assert (sent_back(1), sent_back(2)) == (True, True)
        office.type_text(handle, SHEET, cell(1, "done"), "√")
        office.type_text(handle, SHEET, cell(2, "done"), "√")
        assert (sent_back(1), sent_back(2)) == (False, True)
        office.type_text(handle, SHEET, cell(2, "done_month"), "6月")
        assert not sent_back(2)


TICKS = ["", "", "", "√", "√", "√", "√", "v", "是", " √", "1", "=1+1"]
MONTHS = [
    "",
    "",
    "",
    "1月",
    "6月",
    "9月",
    "10月",
    "12月",
    "9",
    "九月",
    "13月",
    "9月 ",
    "2012-09",
    "月",
    "*",
    "1?月",
    "~",
]
REMARKS = ["", "", "", "已报市局", '"引号"，=1+1', "部分完成；" * 9, "https://example.com/" + "a" * 60, "一\n二\n三"]
DAYS = [None, date(2012, 1, 5), date(2012, 9, 28), date(2012, 12, 31), date(2013, 1, 4), date(2011, 6, 1)]


def random_filling(form: Form, seed: int) -> Filling:
    """Entries of every kind in every combination, legal and not, and some cells sent back."""
    choose = random.Random(seed)
    cells: Cells = {}
    for item in form.items:
        for column in form.answers:
            pool = TICKS if column in fields.TICKS else MONTHS if column in fields.MONTHS else REMARKS
            text = choose.choice(pool)
            if text and (item.planned_month or column != "planned_month"):
                cells[item.number, column] = text
    marked = choose.sample([(i.number, c) for i in form.items for c in ("done", "done_month")], 5)
    marks = dict.fromkeys(marked, "请核对。") if seed % 2 else {}
    return Filling(cells=cells, filled_on=choose.choice(DAYS), signers=SIGNERS, marks=marks)


def calculated(office: Office, handle: int, layout: Layout) -> dict[str, object]:
    """The value of every formula of the form sheet."""
    cells = office.read(handle, SHEET, whole(layout))
    return {where: content["value"] for where, content in cells.items() if content["formula"]}


@pytest.mark.parametrize("seed", range(8))
def test_every_cached_value_is_what_the_formula_gives(office: Office, tmp_path: Path, seed: int) -> None:
    form = small_form() if seed == 7 else the_form()
    policy = POLICIES["ABC"[seed % 3]]
    path = written(tmp_path, issue(form=form, policy=policy), random_filling(form, seed))
    layout = layout_of(form)
    with office.opened(path) as handle:
        ours = calculated(office, handle, layout)
        office.recalculate(handle)
        theirs = calculated(office, handle, layout)
    assert len(ours) == 2 * layout.items + 2 + len(LIVE_SPANS)
    differing = {where: (ours[where], theirs[where]) for where in ours if not alike(ours[where], theirs[where])}
    assert differing == {}


def test_a_wildcard_is_no_month_to_the_formulas_either(office: Office, tmp_path: Path) -> None:
    cells: Cells = {(1, "done"): "√", (1, "done_month"): "1?月"}
    with office.opened(written(tmp_path, issue(), Filling(cells=cells, filled_on=date(2012, 9, 28)))) as handle:
        ours = calculated(office, handle, LAYOUT)
        office.recalculate(handle)
        assert calculated(office, handle, LAYOUT) == ours


def alike(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) < 1e-9
    return (ours or "") == (theirs or "")


# --- looks ----------------------------------------------------------------------------------------------------------


def written(folder: Path, one: Issue, filling: Filling | None = None) -> Path:
    path = folder / "表.xlsx"
    path.write_bytes(template_bytes(one, filling))
    return path


def long_filling() -> Filling:
    """A form with much to say: long remarks in Chinese and in Latin, and the longest hints there are."""
    texts = [
        "部分完成，其余四个镇的调解委员会拟于十二月底前全部建立，经费已列入财政预算，人员正在招录。",
        "Reported 2012-09-28, see https://example.com/a/very/long/address/without/any/break/in/it/at/all",
        "第一行\n第二行\n第三行",
        "短",
    ]
    cells: Cells = {}
    for item in the_form().items:
        cells[item.number, "remark"] = texts[item.number % len(texts)]
        for column in ("done", "done_month", "planned", "ledger"):
            cells[item.number, column] = "见附件" if item.number % 3 else "√"
        if item.planned_month:
            cells[item.number, "planned_month"] = "年底"
    return Filling(cells=cells, filled_on=date(2012, 9, 28), signers=SIGNERS)


FILLINGS = {"blank": Filling(), "long": long_filling(), "random": random_filling(the_form(), 1)}


@pytest.fixture(scope="module", params=list(FILLINGS.values()), ids=list(FILLINGS))
def looked_at(
    office: Office, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    with office.opened(written(tmp_path_factory.mktemp("looks"), issue(), request.param)) as handle:
        yield handle


def test_no_row_is_too_low_for_its_text(office: Office, looked_at: int) -> None:
    for sheet, where in ((SHEET, whole(LAYOUT)), (words.GUIDE_SHEET, "A1:A20")):
        too_low = [row for row in office.row_heights(looked_at, sheet, where) if row["height"] < row["optimal"] - 0.1]
        assert too_low == []


def test_no_merged_cell_is_too_low_for_its_text(office: Office, looked_at: int) -> None:
    areas = office.merged_heights(looked_at, SHEET, whole(LAYOUT))
    assert len(areas) > len(the_form().categories)
    assert [area for area in areas if area["height"] < area["optimal"] - 0.1] == []


def test_no_hint_by_way_of_the_dropdowns_is_too_long_for_its_row(office: Office, book: int) -> None:
    entries = {cell(*place): text for item in the_form().items for place, text in longest_hint(item).items()}
    assert len(entries) > 2 * len(the_form().items)
    office.write(book, SHEET, {DATE_CELL: serial_of(date(2012, 9, 28)), **entries})
    rows = office.row_heights(book, SHEET, f"A{FIRST_ITEM_ROW + 1}:A{LAYOUT.last_item_row + 1}")
    assert [row for row in rows if row["height"] < row["optimal"] - 0.1] == []


def longest_hint(item: Item) -> Cells:
    """The entries by way of the dropdowns that have the most to be said about."""
    formulas = Formulas(the_form(), LAYOUT, POLICIES["B"], 2012, {})
    columns = [column for column in fields.CHOICES if item.planned_month or column != "planned_month"]
    texts = [("", "12月") if column in fields.MONTHS else ("", "√") for column in columns]
    ways = [
        {(item.number, column): text for column, text in zip(columns, way, strict=True) if text}
        for way in product(*texts)
    ]
    return max(ways, key=lambda way: len(formulas.hint(item, way, date(2012, 9, 28))[1]))


# --- print ----------------------------------------------------------------------------------------------------------


def page_rows(office: Office, handle: int) -> list[tuple[int, int]]:
    """First and last row of each printed page of the form."""
    ranges = [page["range"] for page in office.pages(handle) if page["sheet"] == SHEET]
    found = [re.fullmatch(r"A(\d+):L(\d+)", where) for where in ranges]
    assert all(found), f"not one page wide: {ranges}"
    return [(int(match[1]), int(match[2])) for match in found if match]


def test_pages_are_one_page_wide_and_leave_out_nothing(office: Office, looked_at: int) -> None:
    pages = page_rows(office, looked_at)
    assert [first for first, _ in pages] == [1, *(last + 1 for _, last in pages[:-1])]
    assert pages[-1][1] == LAYOUT.seal_row + 1


def test_every_page_begins_with_the_name_of_its_category(office: Office, looked_at: int) -> None:
    form = the_form()
    for first, _ in page_rows(office, looked_at)[1:]:
        number = first - FIRST_ITEM_ROW
        label = str(office.read(looked_at, SHEET, cell(number, "category"))[cell(number, "category")]["value"])
        assert form.category_of(number).name in label


def test_the_label_of_a_category_fits_its_first_row_so_that_no_page_break_cuts_it(
    office: Office, looked_at: int
) -> None:
    labels = office.merged_heights(looked_at, SHEET, f"A{FIRST_ITEM_ROW + 1}:A{LAYOUT.last_item_row + 1}")
    assert len(labels) > len(the_form().categories)
    for label in labels:
        (first,) = office.row_heights(looked_at, SHEET, label["range"].split(":")[0])
        assert first["height"] >= label["optimal"] - 0.1, label


@pytest.mark.needs("pdftotext")
def test_every_printed_page_has_the_headings_the_footer_and_no_number_too_wide(
    office: Office, looked_at: int, tmp_path: Path
) -> None:
    office.save(looked_at, tmp_path / "form.pdf", "pdf")
    layout = ["pdftotext", "-layout", str(tmp_path / "form.pdf"), "-"]
    text = subprocess.run(layout, capture_output=True, check=True).stdout.decode()
    pages = text.split("\f")[:-1]
    *form_pages, guide = pages
    assert len(form_pages) == len(page_rows(office, looked_at))
    assert words.GUIDE_TITLE in guide
    for number, page in enumerate(form_pages, start=1):
        squeezed = "".join(page.split())
        assert all(field.heading in squeezed for field in the_form().fields.values())
        assert f"第{number}页共{len(pages)}页" in squeezed
        assert "###" not in page
        assert issue().stamp.seal(issue().key) in squeezed


@pytest.mark.needs("pdftotext")
def test_nothing_printed_runs_off_the_page(office: Office, looked_at: int, tmp_path: Path) -> None:
    office.save(looked_at, tmp_path / "form.pdf", "pdf")
    boxes = subprocess.run(["pdftotext", "-bbox", str(tmp_path / "form.pdf"), "-"], capture_output=True, check=True)
    for page in boxes.stdout.decode().split("<page ")[1:]:
        width, *rights = map(float, re.findall(r'(?:width|xMax)="([\d.]+)"', page))
        assert max(rights) < width - MARGIN


def test_the_header_stays_in_view_and_is_printed_on_every_page(issued: Path) -> None:
    with zipfile.ZipFile(issued) as parts:
        book, sheet = (parts.read(name).decode() for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"))
    assert f"${GROUP_ROW + 1}:${FIRST_ITEM_ROW}</definedName>" in book
    assert f'ySplit="{FIRST_ITEM_ROW}"' in sheet
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    assert 'state="frozen"' in sheet


def test_the_guide_says_when_and_to_whom(office: Office, book: int) -> None:
    guide = "".join(str(content["value"] or "") for content in office.read(book, words.GUIDE_SHEET, "A1:A20").values())
    assert "2012年10月15日" in guide
    assert "河源市司法局" in guide
    assert "{" not in guide
