"""A file is what its bytes are, whatever it is called."""

import io
import zipfile

import pytest
from hostile import CASES, READ, Case, compound, packed, parts_of, workbook
from hostile.make import STRANGERS
from hypothesis import given
from hypothesis import strategies as st

from sanjin_xl.workbook.sniff import Kind, sniff

GOOD = workbook()


@pytest.mark.parametrize(("name", "what", "code", "data"), STRANGERS, ids=[name for name, *_ in STRANGERS])
def test_a_stranger_is_named_for_what_it_is(name: str, what: str, code: str, data: bytes) -> None:
    assert sniff(data).code == code


@pytest.mark.parametrize("name", ["打开密码.xlsx", "打开密码.xls", "单位加密.xlsx"])
def test_what_needs_a_password_is_not_taken_for_damaged(name: str) -> None:
    case = CASES[name]
    assert sniff(made(case)).code == case.code


def made(case: Case) -> bytes:
    assert case.content
    return case.content(GOOD)


def test_a_workbook_is_one_under_any_name() -> None:
    assert sniff(GOOD) is Kind.XLSX


def test_odd_but_readable_workbooks_are_workbooks() -> None:
    odd = {name: case for name, case in CASES.items() if case.expected == READ and name.endswith(".xlsx")}
    kinds = {name: sniff(made(case)) for name, case in odd.items()}
    assert len(odd) > 20
    assert {name for name, kind in kinds.items() if kind is not Kind.XLSX} == set()


def test_binary_workbooks_and_opendocument_are_told_apart() -> None:
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    assert sniff(packed({"[Content_Types].xml": b"", "xl/workbook.bin": b""})) is Kind.XLSB
    assert sniff(packed({"mimetype": mimetype, "content.xml": b""}, zipfile.ZIP_STORED)) is Kind.ODS
    for parts in ({"mimetype": mimetype}, {"META-INF/manifest.xml": b'<m:x m:media-type="%s"/>' % mimetype}):
        assert sniff(packed(parts | {"content.xml": b""})) is Kind.ODS  # unpacked and packed again


def test_an_archive_of_returns_is_a_zip() -> None:
    assert sniff(packed({"东源/表.xlsx": GOOD})) is Kind.ZIP
    assert sniff(packed({})) is Kind.ZIP


def test_old_workbooks_are_found_in_ole() -> None:
    assert sniff(compound({"Workbook": b"\x09\x08"})) is Kind.XLS
    assert sniff(compound({"\x05SummaryInformation": b"", "Book": b"\x09\x08"})) is Kind.BIFF_BARE


def test_an_ole_directory_far_from_the_start_is_followed() -> None:
    assert sniff(compound({"Picture": bytes(50_000), "Workbook": b"\x09\x08"})) is Kind.XLS


def test_an_ole_directory_is_followed_backwards_too() -> None:
    pages = {f"Page {number}": b"" for number in range(6)}
    assert sniff(compound(pages | {"Workbook": b"\x09\x08"}, backwards=True)) is Kind.XLS


def test_a_document_that_embeds_a_workbook_is_a_document() -> None:
    data = compound({"WordDocument": b"", "Pool": b"", "Workbook": b"\x09\x08"})
    pool = data.index("Pool".encode("utf-16-le"))
    deeper = data[: pool + 72] + data[pool + 76 : pool + 80] + data[pool + 72 : pool + 76] + data[pool + 80 :]
    assert sniff(data) is Kind.XLS
    assert sniff(deeper) is Kind.DOC


def test_a_zip_with_bytes_lost_is_still_the_workbook_it_was() -> None:
    assert sniff(GOOD[:900] + GOOD[910:]) is Kind.XLSX


def test_text_is_text_in_every_encoding_used_here() -> None:
    text = "序号,内容\r\n1,“三进”工作会议\r\n" * 5000
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert sniff(text.encode(encoding)) is Kind.TEXT, encoding


def test_a_text_cut_inside_a_character_is_still_text() -> None:
    assert sniff(b"a" + "表".encode() * 40_000) is Kind.TEXT


def test_every_kind_is_either_read_or_has_a_reason() -> None:
    assert {kind for kind in Kind if not kind.code} == {Kind.XLSX, Kind.XLSB, Kind.ODS, Kind.XLS}


@given(st.binary(max_size=3000))
def test_any_bytes_have_a_kind(data: bytes) -> None:
    assert sniff(data) in Kind


@given(st.sampled_from(["PK", "ole", "end"]), st.binary(max_size=2000))
def test_any_bytes_behind_a_familiar_beginning_have_a_kind(start: str, data: bytes) -> None:
    heads = {"PK": b"PK\x03\x04", "ole": compound({"Workbook": b""})[:600], "end": b"PK\x05\x06"}
    assert sniff(heads[start] + data) in Kind


def test_zipfile_agrees_that_the_sample_is_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        assert archive.testzip() is None
    assert "xl/workbook.xml" in parts_of(GOOD)
