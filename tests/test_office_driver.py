"""The driver of LibreOffice does what a clerk's hands would do, and says what came of it."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from office import MESSAGES_READABLE, Office, OfficeError, OfficeTimeoutError, RefusedError

pytestmark = pytest.mark.office

reads_messages = pytest.mark.skipif(not MESSAGES_READABLE, reason="LibreOffice's messages can be read on Linux only")

ALERT = {"error_title": "请选择", "error_message": "只能选 √ 或留空"}
PROMPT = {"input_title": "已落实", "input_message": "点下拉箭头选 √"}


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form in little: A locked, B and D open, C a formula; a dropdown in B1, a mere warning in B2."""
    path = tmp_path_factory.mktemp("form") / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        unlocked, wrapped = book.add_format({"locked": False}), book.add_format({"text_wrap": True})
        sheet.write("A1", "题目")
        sheet.write_blank("B1", None, unlocked)
        sheet.write_blank("B2", None, unlocked)
        sheet.write_formula("C1", '=IF(B1="√",1,0)', None, 0)
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.data_validation("B1", {"validate": "list", "source": ["√"], **ALERT, **PROMPT})
        sheet.data_validation("B2", {"validate": "list", "source": "=_lists!$A$1:$A$2", "error_type": "warning"})
        sheet.merge_range("B3:D3", None, unlocked)
        sheet.set_row(3, 15)
        sheet.write("A4", "一行放不下的字" * 5, wrapped)
        sheet.merge_range("A5:C5", "一行放不下的字" * 9, wrapped)
        sheet.set_h_pagebreaks([3])
        sheet.protect("right")
        lists = book.add_worksheet("_lists")
        lists.write_column("A1", ["1月", "2月"])
        lists.very_hidden()
        book.add_worksheet("说明").write("A1", "填表说明")
    return path


@pytest.fixture
def book(office: Office, form: Path) -> Iterator[int]:
    with office.opened(form) as handle:
        yield handle


# --- typing


def test_a_listed_text_is_accepted_and_the_formula_follows(office: Office, book: int) -> None:
    assert office.type_text(book, "表", "B1", "√") == {"accepted": True, "message": None, "value": "√"}
    assert office.read(book, "表", "C1")["C1"] == {"type": "number", "value": 1, "formula": '=IF(B1="√";1;0)'}


@reads_messages
def test_another_text_is_stopped_with_the_forms_own_words(office: Office, book: int) -> None:
    office.type_text(book, "表", "B1", "√")
    typed = office.type_text(book, "表", "B1", "x")
    assert not typed["accepted"]
    assert typed["value"] == "√"
    assert typed["message"] == "请选择: 只能选 √ 或留空"


@reads_messages
def test_insisting_gets_past_a_warning_but_not_past_a_stop(office: Office, book: int) -> None:
    assert not office.type_text(book, "表", "B2", "9月")["accepted"]
    assert office.type_text(book, "表", "B2", "9月", insist=True)["accepted"]
    assert not office.type_text(book, "表", "B1", "x", insist=True)["accepted"]


def test_typing_into_a_locked_cell_is_refused(office: Office, book: int) -> None:
    typed = office.type_text(book, "表", "A1", "别的")
    assert not typed["accepted"]
    assert bool(typed["message"]) == MESSAGES_READABLE
    assert typed["value"] == "题目"


def test_delete_empties_an_open_cell_and_no_locked_one(office: Office, book: int) -> None:
    office.type_text(book, "表", "B1", "√")
    assert office.type_text(book, "表", "B1", "")["accepted"]
    assert not office.type_text(book, "表", "A1", "")["accepted"]
    cells = office.read(book, "表", "A1:B1")
    assert [cells[where]["type"] for where in ("A1", "B1")] == ["text", "empty"]


def test_a_merged_cell_is_typed_into_by_its_first_address_only(office: Office, book: int) -> None:
    assert office.type_text(book, "表", "B3", "张三")["accepted"]
    assert not office.type_text(book, "表", "C3", "李四")["accepted"]
    assert office.shown(book, "表", "B3") == "张三"


@pytest.mark.parametrize("text", ["(c)", "TWo words", "一行"])
def test_what_is_typed_is_neither_corrected_nor_completed(office: Office, book: int, text: str) -> None:
    office.write(book, "表", {"B2": text + " and more"})
    assert office.type_text(book, "表", "B3", text) == {"accepted": True, "message": None, "value": text}


def test_two_workbooks_are_typed_into_by_turns(office: Office, book: int, form: Path) -> None:
    with office.opened(form) as other:
        for handle, where, text in [(book, "B1", "√"), (other, "B2", "1月"), (book, "B2", "2月"), (other, "B1", "√")]:
            assert office.type_text(handle, "表", where, text)["accepted"]
            assert not office.type_text(handle, "表", "B1", "x")["accepted"]
        assert [office.shown(handle, "表", "B2") for handle in (book, other)] == ["2月", "1月"]


# --- writing and reading


def test_writing_fills_open_cells_past_the_dropdown(office: Office, book: int) -> None:
    office.write(book, "表", {"B1": "x", "B2": 3, "B3": "007"})
    cells = office.read(book, "表", "B1:B3")
    assert [cells[where]["value"] for where in ("B1", "B2", "B3")] == ["x", 3, "007"]
    office.write(book, "表", {"B1": None, "B2": "=1+1"})
    assert office.read(book, "表", "B2")["B2"] == {"type": "text", "value": "=1+1", "formula": None}
    assert office.read(book, "表", "B1")["B1"]["type"] == "empty"


def test_writing_to_a_locked_cell_writes_nothing_and_names_it(office: Office, book: int) -> None:
    with pytest.raises(RefusedError) as refused:
        office.write(book, "表", {"B1": "√", "A1": "x", "C1": 1})
    assert refused.value.addresses == ["A1", "C1"]
    assert office.read(book, "表", "B1")["B1"]["type"] == "empty"


def test_an_error_is_read_as_an_error(office: Office, book: int) -> None:
    assert office.read(book, "表", "C2")["C2"] == {"type": "error", "value": "#DIV/0!", "formula": "=1/0"}


def test_cached_values_stay_until_all_is_recalculated(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "stale.xlsx"
    with xlsxwriter.Workbook(path) as stale:
        stale.add_worksheet("S").write_formula("A1", "=1+1", None, 99)
    with office.opened(path) as handle:
        assert office.read(handle, "S", "A1")["A1"]["value"] == 99
        office.recalculate(handle)
        assert office.read(handle, "S", "A1")["A1"]["value"] == 2


# --- locks


def test_sheets_tell_their_visibility_and_protection(office: Office, book: int) -> None:
    sheets = {sheet.pop("name"): sheet for sheet in office.sheets(book)}
    assert sheets["表"] == {"visible": True, "protected": True}
    assert sheets["_lists"] == {"visible": False, "protected": False}


def test_locked_and_open_cells_are_told_apart(office: Office, book: int) -> None:
    assert office.locked(book, "表", "A1")
    assert not office.locked(book, "表", "B1")
    assert not office.locked(book, "说明", "A1")
    assert office.open_cells(book, "表", "A1:E9") == ["B1", "B2", "B3", "C3", "D3"]


def test_only_the_right_password_opens_a_sheet(office: Office, book: int) -> None:
    assert not office.unprotect(book, "wrong", "表")
    assert office.locked(book, "表", "A1")
    assert office.unprotect(book, "right", "表")
    assert office.type_text(book, "表", "A1", "别的")["accepted"]


def test_a_validity_rule_is_told_in_full(office: Office, book: int) -> None:
    rule = office.validation(book, "表", "B1")
    assert (rule["type"], rule["formula1"]) == ("list", '"√"')
    assert {name: rule[name] for name in (*ALERT, *PROMPT)} == {**ALERT, **PROMPT}
    assert rule["error_style"] == "stop"
    assert rule["list_visible"]
    assert rule["error_shown"]
    assert rule["input_shown"]
    assert office.validation(book, "表", "B2")["formula1"] == "$_lists.$A$1:$A$2"
    assert office.validation(book, "表", "A1")["type"] == "any"


# --- files and looks


@pytest.mark.parametrize("format", ["xlsx", "xls", "ods"])
def test_a_saved_copy_keeps_answers_locks_and_lists(office: Office, book: int, tmp_path: Path, format: str) -> None:
    office.type_text(book, "表", "B1", "√")
    office.save(book, tmp_path / f"copy.{format}", format)
    with office.opened(tmp_path / f"copy.{format}") as copy:
        assert office.shown(copy, "表", "B1") == "√"
        assert office.locked(copy, "表", "A1")
        assert not office.type_text(copy, "表", "B1", "x")["accepted"]


@reads_messages
def test_a_question_on_saving_is_declined_and_raised(office: Office, form: Path, tmp_path: Path) -> None:
    # A SHA-512 hash has no place in an xls file: LibreOffice asks for the password, and would wait for ever.
    strong, hashed = tmp_path / "strong.xlsx", 'algorithmName="SHA-512" hashValue="AAAA" saltValue="AAAA" spinCount="1"'
    with zipfile.ZipFile(form) as weak, zipfile.ZipFile(strong, "w") as target:
        for name in weak.namelist():
            part = re.sub(rb'(?<=<sheetProtection )password="\w+"', hashed.encode(), weak.read(name))
            target.writestr(name, part)
    with office.opened(strong) as book:
        with pytest.raises(OfficeError, match="Password"):
            office.save(book, tmp_path / "asked.xls", "xls")
        assert office.type_text(book, "表", "B1", "√")["accepted"]
        office.save(book, tmp_path / "unasked.xls", "xls", unasked=True)
    with office.opened(tmp_path / "unasked.xls") as book:
        assert office.locked(book, "表", "A1")
        assert office.unprotect(book, "", "表")


def test_csv_is_one_sheet_in_utf8(office: Office, book: int, tmp_path: Path) -> None:
    office.save(book, tmp_path / "one.csv", "csv", sheet="说明")
    assert [path.name for path in tmp_path.iterdir()] == ["one.csv"]
    assert (tmp_path / "one.csv").read_text(encoding="utf-8").strip() == "填表说明"


def test_opening_leaves_no_trace_beside_the_file(office: Office, book: int, form: Path) -> None:
    assert [path.name for path in form.parent.iterdir()] == [form.name]


def test_an_encrypted_workbook_opens_with_its_password_only(office: Office, form: Path, tmp_path: Path) -> None:
    ooxml = pytest.importorskip("msoffcrypto.format.ooxml")
    path = tmp_path / "secret.xlsx"
    with form.open("rb") as plain, path.open("wb") as secret:
        ooxml.OOXMLFile(plain).encrypt("secret", secret)
    with office.opened(path, password="secret") as book:
        assert office.shown(book, "表", "A1") == "题目"
    with pytest.raises(OfficeError):
        office.open(path)


def test_what_is_no_workbook_is_not_opened(office: Office, tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(OfficeError):
        office.open(tmp_path / "broken.xlsx")


def test_a_row_too_low_for_its_text_is_found_and_left_as_it_is(office: Office, book: int) -> None:
    first, second = (office.row_heights(book, "表", "A1:A5") for _ in range(2))
    assert first == second
    assert [row["row"] for row in first if row["height"] < row["optimal"] - 1] == [4, 5]


def test_a_merged_cell_too_low_for_its_text_is_found(office: Office, book: int) -> None:
    areas = office.merged_heights(book, "表", "A1:D9")
    assert [area["range"] for area in areas] == ["B3:D3", "A5:C5"]
    assert [area["range"] for area in areas if area["height"] < area["optimal"] - 1] == ["A5:C5"]


def test_pages_are_counted_by_sheet_as_they_are_printed(office: Office, book: int, tmp_path: Path) -> None:
    pages = office.pages(book)
    assert [page["sheet"] for page in pages] == ["表", "表", "说明"]
    assert [page["range"] for page in pages] == ["A1:D3", "A4:D5", "A1:A1"]
    office.save(book, tmp_path / "all.pdf", "pdf")
    if shutil.which("pdfinfo"):
        facts = subprocess.run(["pdfinfo", tmp_path / "all.pdf"], capture_output=True, text=True, check=True).stdout
        assert "Pages:           3" in facts


# --- the process


def test_an_office_that_does_not_answer_is_killed_and_started_anew(form: Path) -> None:
    with Office() as own:
        book = own.open(form)
        own.timeout = 0
        with pytest.raises(OfficeTimeoutError):
            own.recalculate(book)
        own.timeout = 60
        assert own.sheets(own.open(form))[0]["name"] == "表"
        assert own._driver
        folder = own._driver._folder
        assert running(folder) or not sys.platform.startswith("linux")
    assert not folder.exists()
    assert not running(folder)


def running(folder: Path) -> list[str]:
    """Return the command lines of the processes that were started with a folder; only Linux tells."""
    lines = [path.read_bytes().decode(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline")]
    return [line for line in lines if folder.name in line]
