"""The gate lets honest containers through and refuses what two readers could read in two ways."""

import io
import os
import random
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hostile import (
    CASES,
    READ,
    REJECTED,
    SHEET,
    SKIPPED,
    Case,
    content_of,
    end_record,
    packed,
    parts_of,
    refused_as,
    streamed,
    unsigned,
    workbook,
)
from hostile.make import make_all
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sanjin_xl.model.errors import Refused
from sanjin_xl.round.containers import CONTAINERS
from sanjin_xl.workbook.limits import LIMITS
from sanjin_xl.workbook.package import open_archive, open_package
from sanjin_xl.workbook.reader import read_book
from sanjin_xl.workbook.sniff import Kind, sniff
from sanjin_xl.workbook.worksheet import scan_book

GOOD = workbook()
FAULTS = int(os.environ.get("SANJIN_FAULTS", "400"))

Grids = list[tuple[str, object]]


def outcome(data: bytes) -> str:
    """What the three looks at a file come to: its code, or "read"."""
    kind = sniff(data)
    try:
        if kind in CONTAINERS:
            CONTAINERS[kind](data)
        elif kind is Kind.XLSX:
            scan_book(open_package(data))
        elif kind.code:
            return kind.code
    except Refused as refused:
        return refused.code
    return READ


def grids(data: bytes) -> Grids:
    return [(sheet.name, sheet.rows) for sheet in read_book(data).sheets]


def first_grid(data: bytes) -> list[list[object]]:
    return read_book(data).sheets[0].rows


def test_a_good_file_is_read_as_calamine_reads_it() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(GOOD))
    theirs = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    assert grids(GOOD) == theirs


def made(case: Case) -> bytes:
    return content_of(case, GOOD)


# ── the collection of hostile files ──────────────────────────────────────────────────────────────────────────────

OF_BYTES = [case for case in CASES.values() if case.content and case.expected != SKIPPED]
OF_BYTES.remove(CASES["套娃.zip"])  # how deep archives may nest is for the inbox to say
REFUSED = [case for case in OF_BYTES if case.expected == REJECTED]
ODD = [case for case in OF_BYTES if case.expected == READ]


def named(cases: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.name.encode("ascii", "backslashreplace").decode()) for case in cases]


@pytest.mark.parametrize("case", named(REFUSED))
def test_a_hostile_file_is_refused_for_its_own_reason(case: Case) -> None:
    found = outcome(made(case))
    assert found != READ
    assert case.code in (None, found)


@pytest.mark.parametrize("case", named(ODD))
def test_an_odd_file_that_harms_nobody_is_read(case: Case) -> None:
    assert outcome(made(case)) == READ


@pytest.mark.parametrize("case", named([case for case in ODD if case.name.endswith(".xlsx")]))
def test_an_odd_file_that_is_read_gives_the_values_of_the_good_one(case: Case) -> None:
    rows, good = first_grid(made(case)), first_grid(GOOD)
    assert [row[:13] for row in rows[: len(good)]] == good


def test_a_verdict_does_not_depend_on_what_came_before() -> None:
    some = [case for case in OF_BYTES if case.code][::9]
    files = [made(case) for case in some] + [GOOD]
    assert [outcome(data) for data in files] == [outcome(data) for data in reversed(files)][::-1]


def test_the_whole_collection_can_be_put_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "回收"
    folder.mkdir()
    things = make_all(folder, GOOD)
    assert len(things) > 200
    assert {thing.path.name for thing in things} == {path.name for path in folder.iterdir()}
    assert all(os.lstat(thing.path).st_blocks * 512 < 25 * 2**20 for thing in things)
    assert {thing.expected for thing in things} == {READ, REJECTED, SKIPPED}


# ── honest containers ────────────────────────────────────────────────────────────────────────────────────────────


def by_openpyxl(path: Path) -> bytes:
    book = openpyxl.load_workbook(path)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_libreoffice(path: Path) -> bytes:
    home = path.parent / "profile"
    command = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", path.parent / "out", path], check=True, capture_output=True, timeout=120)
    return (path.parent / "out" / path.name).read_bytes()


def by_gnumeric(path: Path) -> bytes:
    target = path.with_name("gnumeric.xlsx")
    subprocess.run(["ssconvert", path, target], check=True, capture_output=True, timeout=120)
    return target.read_bytes()


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


SAVED_BY = [
    pytest.param(lambda path: path.read_bytes(), id="XlsxWriter"),
    pytest.param(by_openpyxl, id="openpyxl"),
    pytest.param(by_libreoffice, id="LibreOffice", marks=[pytest.mark.office, needs("soffice")]),
    pytest.param(by_gnumeric, id="Gnumeric", marks=needs("ssconvert")),
]


@pytest.mark.parametrize("saved", SAVED_BY)
def test_a_workbook_saved_by_an_honest_program_passes(saved: Callable[[Path], bytes], tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(GOOD)
    facts = scan_book(open_package(saved(path)))
    assert list(facts) == ["完成情况表", "_sanjin"]
    assert facts["完成情况表"].extent == (116, 13)
    assert facts["完成情况表"].hidden.merges == ((0, 0, 0, 12),)
    assert len(facts["完成情况表"].hidden.formulas) == 230


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packed(parts_of(GOOD), zipfile.ZIP_STORED), id="stored"),
        pytest.param(streamed(parts_of(GOOD)), id="data descriptors"),
        pytest.param(streamed(parts_of(GOOD), wide=True), id="data descriptors, zip64 announced"),
        pytest.param(unsigned(streamed(parts_of(GOOD))), id="data descriptors without signature"),
        pytest.param(end_record(GOOD, comment=4) + b"memo", id="a comment"),
    ],
)
def test_every_honest_way_of_packing_passes(data: bytes) -> None:
    package = open_package(data)
    assert {name: package.part(name) for name in package.names} == parts_of(GOOD)


def by_hand(parts: dict[str, bytes], extra: bytes = b"", of_sizes: bool = False, silent: bool = False) -> bytes:
    """A container with extra fields in its directory; `of_sizes`: with the sizes of a part again in 64 bits there;
    `silent`: with noughts for sizes and checksums before the parts, and nothing behind these.
    """
    body, directory = b"", b""
    for name, part in parts.items():
        raw, crc, size = name.encode(), zlib.crc32(part), len(part)
        more = extra + struct.pack("<2H2Q", 1, 16, size, size) * of_sizes
        here = (0, 0, 0) if silent else (crc, size, size)
        line = struct.pack(
            "<6H3L5H2L", 20, 20, 0, 0, 0, 33, crc, size, size, len(raw), len(more), 0, 0, 0, 0, len(body)
        )
        directory += b"PK\x01\x02" + line + raw + more
        body += b"PK\x03\x04" + struct.pack("<5H3L2H", 20, 0, 0, 0, 33, *here, len(raw), 0) + raw + part
    count = len(parts)
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(by_hand(parts_of(GOOD), of_sizes=True), id="sizes in 64 bits that fit 32"),
        pytest.param(by_hand(parts_of(GOOD), silent=True), id="sizes in the directory alone"),
        pytest.param(by_hand(parts_of(GOOD), extra=b"\xfe\xca\0\0\0"), id="an extra field filled up with a nought"),
        pytest.param(by_hand({f"/{name}": part for name, part in parts_of(GOOD).items()}), id="names from the root"),
        pytest.param(GOOD.replace(b"xl/worksheets/", b"xl\\worksheets\\", 1), id="a backslash in one place"),
    ],
)
def test_what_is_told_twice_or_only_once_means_what_it_says(data: bytes) -> None:
    package = open_package(data)
    assert {name: package.part(name) for name in package.names} == parts_of(GOOD)
    assert sniff(data) is Kind.XLSX


def test_sizes_in_64_bits_that_are_others_are_refused() -> None:
    data = by_hand(parts_of(GOOD), of_sizes=True)
    with refused_as("file-directory"):
        open_package(data[:-30] + bytes([data[-30] ^ 1]) + data[-29:])


def test_a_part_is_found_by_the_address_of_its_name() -> None:
    package = open_package(packed({"xl/my sheet.xml": b"<a/>", "xl/%E8%A1%A8.xml": b"<b/>", "xl/a%31.xml": b"<c/>"}))
    assert (package.part("xl/my%20sheet.xml"), package.part("xl/表.xml")) == (b"<a/>", b"<b/>")
    assert "xl/a1.xml" not in package  # nobody has to write a figure so, and readers differ


def test_a_zip64_directory_is_read_where_it_is_exact() -> None:
    assert open_package(zip64(GOOD)).names == open_package(GOOD).names


def test_a_zip64_directory_that_contradicts_the_other_is_refused() -> None:
    for wrong in (1, 2, 3):
        with refused_as("file-directory"):
            open_package(zip64(GOOD, wrong))
    with refused_as("file-directory"):
        open_package(end_record(zip64(GOOD), count=3, here=3))


def zip64(data: bytes, wrong: int = 0) -> bytes:
    """The container with a zip64 end record; `wrong`: which of its count, length and start is one too many."""
    end = len(data) - 22
    _, _, _, _, count, length, start, _ = struct.unpack_from("<4s4H2LH", data, end)
    values = [count, length, start]
    if wrong:
        values[wrong - 1] += 1
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, values[0], *values)
    return data[:end] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1) + data[end:]


def test_a_part_is_found_whatever_the_case_of_its_name() -> None:
    package = open_package(GOOD)
    assert package.part("XL/WorkBook.XML") == package.part("xl/workbook.xml")
    assert "xl/none.xml" not in package
    with refused_as("file-part-missing"):
        package.part("xl/none.xml")


@pytest.mark.parametrize(
    ("budget", "code"),
    [
        ({"file_bytes": 1000}, "file-too-large"),
        ({"part_bytes": 1000}, "file-too-large"),
        ({"total_bytes": 50_000}, "file-too-large"),
        ({"parts": 5}, "file-too-many-parts"),
        ({"ratio": 2, "ratio_floor": 10_000}, "file-ratio"),
    ],
)
def test_every_budget_holds(budget: dict[str, int], code: str) -> None:
    with refused_as(code):
        open_package(GOOD, replace(LIMITS, **budget))


def test_an_archive_of_returns_opens_with_chinese_names_of_either_encoding() -> None:
    for county in ("源城区", "紫金县", "龙川县", "连平县", "和平县", "东源县"):
        for encoding in ("utf-8", "gb18030"):
            name = f"{county}局.xlsx".encode(encoding)
            data = packed({"n" * len(name): b"x"}).replace(b"n" * len(name), name)
            assert open_archive(data).names == (f"{county}局.xlsx",)


def test_a_folder_and_a_file_of_one_name_are_refused() -> None:
    with refused_as("file-duplicate-part"):
        open_archive(packed({"a/": b"", "A": b"x"}))
    with refused_as("file-duplicate-part"):
        open_archive(packed({"A": b"x", "a/": b""}))


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A copy with one fault: a flipped bit, another byte, a hole, an end, bytes lost, bytes doubled."""
    at, size = chance.randrange(len(data)), chance.choice((1, 4, 16, 512, 4096))
    kept, stretch, rest = data[:at], data[at : at + size], data[at + size :]
    return chance.choice(
        (
            kept + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
            kept + chance.randbytes(1) + data[at + 1 :],
            kept + bytes(len(stretch)) + rest,
            kept,
            kept + rest,
            kept + stretch + stretch + rest,
        )
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GOOD, id="deflated"),
        pytest.param(packed(parts_of(GOOD), zipfile.ZIP_STORED), id="stored"),
        pytest.param(streamed(parts_of(GOOD)), id="streamed"),
    ],
)
def test_a_damaged_copy_is_refused_or_read_as_it_was(data: bytes) -> None:
    chance, good, verdicts = random.Random(20121015), grids(GOOD), Counter[str]()
    for _ in range(FAULTS):
        copy = damaged(data, chance)
        verdict = outcome(copy)
        verdicts[verdict] += 1
        if verdict == READ and sniff(copy) is Kind.XLSX:
            assert grids(copy) == good
    assert verdicts.total() - verdicts[READ] > FAULTS * 0.9


@given(st.binary(max_size=400), st.integers(0, len(GOOD)), st.integers(0, 400))
def test_whatever_happens_to_the_bytes_only_a_refusal_comes_out(noise: bytes, at: int, lost: int) -> None:
    data = GOOD[:at] + noise + GOOD[at + lost :]
    assert outcome(data) == READ or outcome(data).startswith("file-")


def test_a_sheet_is_the_same_through_the_gate_as_by_zipfile() -> None:
    assert open_package(GOOD).xml(SHEET) == parts_of(GOOD)[SHEET]
