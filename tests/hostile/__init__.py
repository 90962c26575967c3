"""Hostile, broken and misnamed returns for the tests: small, inert, made on the spot. `make` holds the collection."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter

from sanjin_xl.model.errors import Refused

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
ROOT_LINKS = "_rels/.rels"
TYPES = "[Content_Types].xml"

READ, REJECTED, SKIPPED = "read", "rejected", "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One file or other thing in the folder: what it is, what must become of it, and the reason where one is fixed.

    `expected`: "rejected" · "skipped" · "read" (odd, yet it must be read like the good one). `path` exists, but may
    be a pipe, a link or no file at all; its name may hold line breaks or bytes that are no text.
    """

    name: str
    path: Path
    what: str
    expected: str
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How to make one of them: `content` gives its bytes from a good workbook's; what is more than bytes is `put`."""

    name: str
    what: str
    expected: str
    code: str | None = None
    content: Callable[[bytes], bytes] | None = None
    put: Callable[[bytes, Path], object] | None = None


CASES: dict[str, Case] = {}


def add(case: Case) -> None:
    """Register a case under its file name, which no other may have."""
    if case.name in CASES:
        raise ValueError(f"two cases are called {case.name!r}")
    CASES[case.name] = case


def rejected(name: str, what: str, code: str | None, content: Callable[[bytes], bytes]) -> None:
    add(Case(name=name, what=what, expected=REJECTED, code=code, content=content))


def readable(name: str, what: str, content: Callable[[bytes], bytes]) -> None:
    add(Case(name=name, what=what, expected=READ, content=content))


def skipped(name: str, what: str, content: Callable[[bytes], bytes]) -> None:
    add(Case(name=name, what=what, expected=SKIPPED, content=content))


def other_thing(name: str, what: str, expected: str, put: Callable[[bytes, Path], object]) -> None:
    add(Case(name=name, what=what, expected=expected, put=put))


@cache
def content_of(case: Case, good: bytes) -> bytes:
    """The bytes of a case that is nothing else."""
    assert case.content
    return case.content(good)


def make_one(case: Case, folder: Path, good: bytes) -> Iterator[Hostile]:
    """Put one case into a folder; nothing where the file system or the user may not hold such a thing."""
    path = folder / case.name
    with suppress(OSError, AttributeError, NotImplementedError):
        if case.content:
            path.write_bytes(content_of(case, good))
        if case.put:
            case.put(good, path)
        yield Hostile(name=case.name, path=path, what=case.what, expected=case.expected, code=case.code)


def workbook() -> bytes:
    """A filled workbook like a return: 116 rows by 13 columns, a merge, formulas with results, a hidden sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, framed = book.add_format({"bold": True}), book.add_format({"border": 1, "text_wrap": True})
        sheet = book.add_worksheet("完成情况表")
        sheet.merge_range(0, 0, 0, 12, "河源市基层司法行政工作“三进”任务完成情况表", bold)
        for row in range(1, 116):
            done, month = ("√", f"{row % 12 + 1}月") if row % 3 else ("", "")
            answers = (done, month, "", "", done, f"备注{row}" if row % 5 == 0 else "")
            values = (f"（{row % 9}）", row, f"第{row}项内容、标准，向当地党委政府汇报。", 0.5, *answers)
            sheet.write_row(row, 0, values, framed)
            sheet.write_formula(row, 10, f'=IF(E{row + 1}="√",D{row + 1},0)', framed, 0.5 if done else 0)
            sheet.write_formula(row, 11, f'=IF(E{row + 1}="","请填写","")', framed, "" if done else "请填写")
            sheet.write_string(row, 12, f"I{row:03d}", framed)
        sheet.write_rich_string(115, 9, "部分", bold, "落实", "，其余待办")
        sheet.protect()
        book.add_worksheet("_sanjin").write_column(0, 0, ["stamp", *[f"{month}月" for month in range(1, 13)]])
        book.worksheets()[1].hide()
    return out.getvalue()


@contextmanager
def refused_as(code: str) -> Iterator[None]:
    """The block must refuse a file for that reason."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


# ── workbooks ────────────────────────────────────────────────────────────────────────────────────────────────────


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A container of these parts, the same bytes for the same parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, method)
    return out.getvalue()


def edited(good: bytes, **changes: Callable[[bytes], bytes] | bytes | None) -> bytes:
    """The workbook with parts changed (by a function), replaced (by bytes) or taken out; the constants name them."""
    parts = parts_of(good)
    for constant, change in changes.items():
        name = globals()[constant]
        if change is None:
            parts.pop(name)
        else:
            parts[name] = change if isinstance(change, bytes) else change(parts[name])
    return packed(parts)


def with_parts(good: bytes, **more: bytes) -> bytes:
    """The workbook with further parts; `__` stands for "/" and `_DOT_` for "." in their names."""
    extra = {name.replace("__", "/").replace("_DOT_", "."): part for name, part in more.items()}
    return packed(parts_of(good) | extra)


def replaced(part: bytes, old: bytes, new: bytes) -> bytes:
    """A part with the first occurrence replaced, which must be there."""
    if old not in part:
        raise ValueError(f"{old!r} is not in the part")
    return part.replace(old, new, 1)


def with_rows(good: bytes, rows: bytes, tail: bytes = b"") -> bytes:
    """The workbook with these rows, and nothing else, on its first sheet."""

    def change(sheet: bytes) -> bytes:
        start = sheet.index(b"<sheetData>") + len(b"<sheetData>")
        return sheet[:start] + rows + b"</sheetData>" + tail + b"</worksheet>"

    return edited(good, SHEET=change)


def with_cells(good: bytes, cells: bytes) -> bytes:
    return with_rows(good, b'<row r="1">' + cells + b"</row>")


def with_strings(good: bytes, items: bytes, count: int | str = 3) -> bytes:
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="%s" uniqueCount="%s">'
    return edited(good, STRINGS=head % (namespace, str(count).encode()) + items + b"</sst>")


# ── zip, by hand ─────────────────────────────────────────────────────────────────────────────────────────────────

_LOCAL = {"flags": (6, "<H"), "method": (8, "<H"), "crc": (14, "<L"), "packed": (18, "<L"), "size": (22, "<L")}
_CENTRAL = {name: (offset + 2, kind) for name, (offset, kind) in _LOCAL.items()} | {"offset": (42, "<L")}
_END = {
    "disk": (4, "<H"),
    "here": (8, "<H"),
    "count": (10, "<H"),
    "length": (12, "<L"),
    "start": (16, "<L"),
    "comment": (20, "<H"),
}


def local_at(data: bytes, name: str) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.getinfo(name).header_offset


def central_at(data: bytes, name: str) -> int:
    start = struct.unpack_from("<L", data, len(data) - 6)[0]
    return data.index(name.encode(), start) - 46


def patched(data: bytes, at: int, fields: dict[str, tuple[int, str]], values: dict[str, int]) -> bytes:
    changed = bytearray(data)
    for name, value in values.items():
        offset, kind = fields[name]
        struct.pack_into(kind, changed, at + offset, value)
    return bytes(changed)


def local(data: bytes, name: str, **values: int) -> bytes:
    """The container with fields of one local header overwritten."""
    return patched(data, local_at(data, name), _LOCAL, values)


def central(data: bytes, name: str, **values: int) -> bytes:
    """The container with fields of one line of its directory overwritten."""
    return patched(data, central_at(data, name), _CENTRAL, values)


def both(data: bytes, name: str, **values: int) -> bytes:
    return central(local(data, name, **values), name, **values)


def end_record(data: bytes, **values: int) -> bytes:
    return patched(data, len(data) - 22, _END, values)


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The container with a name of equal length put in place of another, in both headers."""
    if len(old) != len(new):
        raise ValueError("names must be equally long")
    return data.replace(old, new)


class OneWay(io.RawIOBase):
    """A file that cannot be rewound, so that zipfile must put data descriptors behind the parts."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(data)  # type: ignore[call-overload]
        self.written += chunk
        return len(chunk)


def streamed(parts: dict[str, bytes], *, wide: bool = False) -> bytes:
    """A container as LibreOffice and POI write it, sizes after the data; `wide`: with 64-bit sizes announced."""
    out = OneWay()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=wide) as member:
                member.write(part)
    return bytes(out.written)


def unsigned(data: bytes) -> bytes:
    """The container with the signatures of its data descriptors taken out (they are optional)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    out, moved = bytearray(), {}
    start = struct.unpack_from("<L", data, len(data) - 6)[0]
    for info, end in zip(infos, [info.header_offset for info in infos[1:]] + [start], strict=True):
        moved[info.filename] = len(out)
        out += data[info.header_offset : end - 16] + data[end - 12 : end]
    return moved_directory(bytes(out), data[start:], moved)


def moved_directory(body: bytes, directory: bytes, moved: dict[str, int]) -> bytes:
    """A directory put behind a body in which the parts have moved to these offsets."""
    data = body + directory
    data = end_record(data, start=len(body))
    for name, offset in moved.items():
        data = central(data, name, offset=offset)
    return data


# ── OLE2, by hand ────────────────────────────────────────────────────────────────────────────────────────────────


def compound(streams: dict[str, bytes], *, backwards: bool = False) -> bytes:
    """An OLE2 container (MS-CFB, version 3) with these streams at its root, none of them in the mini stream.

    `backwards`: the directory's sectors lie in reverse order, as the allocation table then says.
    """
    chains: list[tuple[int, int]] = []
    sectors: list[bytes] = []
    for stream in streams.values():
        size = max(8, -(-len(stream) // 512))  # 4,096 bytes or more
        chains.append((len(sectors), size))
        padded = stream.ljust(size * 512, b"\0")
        sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]
    listing = [_entry("Root Entry", 5, child=1)]
    for number, (name, (start, size)) in enumerate(zip(streams, chains, strict=True), 1):
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        listing.append(_entry(name, 2, right=right, start=start, size=size * 512))
    directory = b"".join(listing)
    directory += b"\0" * (-len(directory) % 512)
    begin, pieces = len(sectors), [directory[at : at + 512] for at in range(0, len(directory), 512)]
    places = list(range(begin, begin + len(pieces)))
    following = [link for start, size in chains for link in (*range(start + 1, start + size), _END_OF_CHAIN)]
    if backwards:
        following += [_END_OF_CHAIN, *places[:-1]]
        return _ole2(places[-1], sectors + pieces[::-1], following)
    return _ole2(begin, sectors + pieces, [*following, *places[1:], _END_OF_CHAIN])


_END_OF_CHAIN = 0xFFFFFFFE


def _entry(
    name: str, kind: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF, start: int = 0, size: int = 0
) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    tree = struct.pack("<H2B3L36xLQ", len(raw), kind, 1, 0xFFFFFFFF, right, child, start, size)
    return raw.ljust(64, b"\0") + tree


def _ole2(directory: int, sectors: list[bytes], following: list[int]) -> bytes:
    """Header, sectors, and as the last of them the one allocation table."""
    if len(following) > 127:
        raise ValueError("one sector of the table must do")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack("<16x5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<10L", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, len(sectors))
    table = struct.pack(f"<{len(following) + 1}L", *following, 0xFFFFFFFD)
    return head.ljust(512, b"\xff") + b"".join(sectors) + table.ljust(512, b"\xff")
