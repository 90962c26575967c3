"""Locks and sameness: pinned on the XML, because two private methods of XlsxWriter are overridden for them."""

import os
import re
import subprocess
import sys
import zipfile
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha512
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sanjin_xl.books.seal import Lock, SealedWorkbook, make_lock

SALT = bytes(range(16))
LOCK = Lock(SALT, b"digest", 7)
HERE = Path(__file__).parent


def build(target: Path | BytesIO, lock: Lock | None = LOCK, allow: dict[str, bool] | None = None, **facts: Any) -> None:
    """A workbook with one protected and one open sheet, and some things that could differ from run to run."""
    with SealedWorkbook(target, lock, **facts) as book:
        book.set_properties({"title": "完成情况表"})
        book.set_custom_property("sanjin", "SJ1|sanjin-2012|…")
        book.set_custom_property("issue", 1)
        form, summary = book.add_worksheet("表"), book.add_worksheet("图")
        form.write_string("A1", "源城区", book.add_format({"bold": True}))
        form.write_comment("A1", "说明")
        form.protect(allow)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=图!$A$1:$A$2"})
        summary.insert_chart("A3", chart)


def written(*args: Any, **facts: Any) -> bytes:
    stream = BytesIO()
    build(stream, *args, **facts)
    return stream.getvalue()


def part(book: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(book)) as parts:
        return parts.read(name).decode()


def tag(book: bytes, name: str, where: str = "xl/worksheets/sheet1.xml") -> str | None:
    found = re.search(f"<{name}[ />][^>]*>", part(book, where))
    return found and found.group()


def slow_hash(password: str, salt: bytes, spins: int) -> str:
    """ECMA-376 part 1, 18.3.1.85, a second time: for passwords within the basic multilingual plane."""
    state = sha512(salt + b"".join(bytes([ord(character) % 256, ord(character) // 256]) for character in password))
    for spin in range(spins):
        low_first = bytes(spin >> shift & 255 for shift in (0, 8, 16, 24))
        state = sha512(state.digest() + low_first)
    return b64encode(state.digest()).decode()


@pytest.mark.parametrize(
    ("password", "salt", "digest"),
    [
        pytest.param(
            "hashcat",
            "876MLoKTq42+/DLp415iZQ==",
            "TNDvpvYyvlSUy97UOLKNhXynhUDDA7H8kLql0ISH5SxcP6hbthdjaTo4Z3/MU0dcR2SAd+AduYb3TB5CLZ8+ow==",
            id="a sheet: hashcat's published example of mode 25300",
        ),
        pytest.param(
            "password",
            "ah1OevWahpb3tQiJO3qrnQ==",
            "wDZaZrfM8uKpKghbfws7rY7pmVoOwHjy5qg5d2ABHdSMtH1y0IIkgwJT5Hl2lacSw1sNusImGBUQs/sHcql3hw==",
            id="a workbook: openpyxl's test of its protection reader",
        ),
    ],
)
def test_a_hash_published_elsewhere_is_made_again(password: str, salt: str, digest: str) -> None:
    assert make_lock(password, b64decode(salt)) == Lock(b64decode(salt), b64decode(digest), 100_000)


@pytest.mark.parametrize("password", ["a", "密码2012", "x" * 255])
@pytest.mark.parametrize("spins", [0, 1, 300])
def test_a_lock_is_the_standards_hash(password: str, spins: int) -> None:
    assert b64encode(make_lock(password, SALT, spins).digest).decode() == slow_hash(password, SALT, spins)


def test_another_password_or_salt_is_another_lock() -> None:
    locks = {make_lock("a", SALT, 3).digest, make_lock("A", SALT, 3).digest, make_lock("a", SALT[::-1], 3).digest}
    assert len(locks) == 3


@pytest.mark.parametrize("password", ["", "x" * 256])
def test_a_password_excel_cannot_ask_for_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="255"):
        make_lock(password, SALT, 1)


def test_the_structure_is_locked_just_before_the_book_views() -> None:
    assert (
        '<workbookPr defaultThemeVersion="124226"/>'
        '<workbookProtection workbookAlgorithmName="SHA-512" workbookHashValue="ZGlnZXN0"'
        ' workbookSaltValue="AAECAwQFBgcICQoLDA0ODw==" workbookSpinCount="7" lockStructure="1"/>'
        "<bookViews>"
    ) in part(written(), "xl/workbook.xml")


def test_a_protected_sheet_carries_the_lock_and_lets_a_clerk_widen_columns() -> None:
    assert tag(written(), "sheetProtection") == (
        '<sheetProtection algorithmName="SHA-512" hashValue="ZGlnZXN0" saltValue="AAECAwQFBgcICQoLDA0ODw=="'
        ' spinCount="7" sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
    )


def test_protection_options_are_the_librarys_own() -> None:
    protection = tag(
        written(LOCK, {"format_columns": False, "sort": True, "select_locked_cells": False}), "sheetProtection"
    )
    assert protection is not None
    assert protection.endswith(' objects="1" scenarios="1" formatRows="0" selectLockedCells="1" sort="0"/>')


def test_a_misspelt_protection_option_is_loud() -> None:
    with pytest.warns(UserWarning, match="fromat_rows"):
        written(LOCK, {"fromat_rows": True})


def test_a_sheet_is_open_until_it_is_protected() -> None:
    assert tag(written(), "sheetProtection", "xl/worksheets/sheet2.xml") is None


def test_without_a_lock_the_structure_is_open_and_sheets_need_no_password() -> None:
    book = written(None)
    assert tag(book, "workbookProtection", "xl/workbook.xml") is None
    assert tag(book, "sheetProtection") == (
        '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
    )


def test_what_looks_like_a_formula_a_number_or_a_link_stays_text() -> None:
    stream = BytesIO()
    with SealedWorkbook(stream, LOCK) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(["=1+1", "007", "http://example.com", "mailto:a@b"]):
            sheet.write(row, 0, text)
    kinds = re.findall(r'<c r="A\d"( t="s")?><v>', part(stream.getvalue(), "xl/worksheets/sheet1.xml"))
    assert kinds == [' t="s"'] * 4


def test_an_option_of_the_library_is_passed_on() -> None:
    stream = BytesIO()
    SealedWorkbook(stream, LOCK, options={"default_format_properties": {"font_name": "宋体", "font_size": 12}}).close()
    assert '<name val="宋体"/>' in part(stream.getvalue(), "xl/styles.xml")


@pytest.mark.parametrize(("facts", "date"), [({}, "2012-01-01"), ({"created": datetime(2012, 10, 8)}, "2012-10-08")])
def test_the_creation_date_is_the_callers_and_outlives_other_properties(facts: dict[str, datetime], date: str) -> None:
    core = part(written(**facts), "docProps/core.xml")
    assert re.findall(r"W3CDTF\">([^<]+)<", core) == [f"{date}T00:00:00Z"] * 2  # created and modified
    assert "<dc:title>完成情况表</dc:title>" in core


def test_a_workbook_without_properties_does_not_look_at_the_clock() -> None:
    stream = BytesIO()
    SealedWorkbook(stream, LOCK).close()
    assert part(stream.getvalue(), "docProps/core.xml").count("2012-01-01T00:00:00Z") == 2


def test_a_path_and_a_stream_get_the_same_bytes(tmp_path: Path) -> None:
    build(tmp_path / "表.xlsx")
    assert (tmp_path / "表.xlsx").read_bytes() == written()


def test_no_temporary_files_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.mkstemp", None)
    assert written()


@pytest.mark.parametrize(
    "environment", [{"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai"}, {"PYTHONHASHSEED": "2", "TZ": "UTC"}]
)
def test_another_process_in_another_time_zone_writes_the_same_bytes(environment: dict[str, str]) -> None:
    program = "import sys, test_seal; sys.stdout.buffer.write(test_seal.written())"
    paths = {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent)])}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | paths | environment, capture_output=True, check=True
    )
    assert ran.stdout == written()
