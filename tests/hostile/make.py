"""The collection: `make_all` writes every case into a folder. Each is inert and takes less than 4 MB on disk.

Lines say: file name, what it is, the reason of the refusal (None where a reader or the inbox may word its own), and
how it is made from a good workbook.
"""

import gzip
import io
import os
import random
import re
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import mails

from hostile import (
    CASES,
    REJECTED,
    SKIPPED,
    Hostile,
    both,
    central,
    compound,
    edited,
    end_record,
    local,
    local_at,
    make_one,
    moved_directory,
    other_thing,
    packed,
    parts_of,
    readable,
    rejected,
    renamed,
    replaced,
    skipped,
    streamed,
    unsigned,
    with_cells,
    with_parts,
    with_rows,
    with_strings,
)
from hostile import SHEET as SHEET_PART
from hostile import STRINGS as STRINGS_PART

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = {
    MAIN: b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}
MC = b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
SHEET_TYPE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"


def make_all(folder: Path, good: bytes) -> list[Hostile]:
    """Write every case into a folder from the bytes of a real workbook, and list what was made.

    `good` needs a first sheet with rows, shared strings and styles where XlsxWriter puts them. What the file system
    cannot hold (names that are no text on macOS, pipes on Windows) is left out.
    """
    return [made for case in CASES.values() for made in make_one(case, folder, good)]


# ── the container ────────────────────────────────────────────────────────────────────────────────────────────────


def cut_off(good: bytes, keep: float) -> bytes:
    return good[: int(len(good) * keep)]


def bomb(good: bytes, size: int, *, honest: bool) -> bytes:
    """A part of noughts; if not honest, one that claims to be small."""
    data = packed(parts_of(good) | {"xl/media/image1.emf": bytes(size)})
    return data if honest else both(data, "xl/media/image1.emf", size=1000)


def bomb_of_many(good: bytes) -> bytes:
    return packed(
        parts_of(good) | {f"xl/media/{number}.emf": random.Random(1).randbytes(640) * 100 for number in range(3000)}
    )


def overlapping(good: bytes) -> bytes:
    """Fifield's bomb in small: each part's data quotes the next part's header and then goes on with its data."""
    noughts = bytes(60_000)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream, text, body, lines = squeeze.compress(noughts) + squeeze.flush(), noughts, b"", []
    for number in range(50):
        name = b"%05d" % number
        fields = (20, 0, 8, 0, 0x21, zlib.crc32(text), len(stream), len(text), len(name), 0)
        header = b"PK\x03\x04" + struct.pack("<5H3L2H", *fields) + name
        body = header + stream
        lines.append((struct.pack("<6H3L5H", 20, *fields, 0, 0, 0), name, len(body)))
        quote = b"\0" + struct.pack("<2H", len(header), len(header) ^ 0xFFFF) + header
        stream, text = quote + stream, header + text
    directory = b"".join(
        b"PK\x01\x02" + line + struct.pack("<2L", 0, len(body) - behind) + name for line, name, behind in lines
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(lines), len(lines), len(directory), len(body), 0)
    return body + directory + end


def quoting(good: bytes) -> bytes:
    """One part inside another: a stored part whose data is a whole further part."""
    inner = packed({"xl/evil.xml": b"<evil/>"})
    data = packed(parts_of(good) | {"xl/quote.bin": inner}, zipfile.ZIP_STORED)
    return central(data, "docProps/app.xml", offset=local_at(data, "xl/quote.bin") + 30 + len("xl/quote.bin"))


def twice(good: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A part there twice, first changed, then as it was."""
    parts = parts_of(good)
    placeholder = name[:-1] + "_"
    return renamed(packed({placeholder: change(parts[name])} | parts), placeholder.encode(), name.encode())


def named(good: bytes, name: str) -> bytes:
    """A further part under a name, written as it is."""
    placeholder = "n" * len(name.encode())
    return renamed(packed(parts_of(good) | {placeholder: b"<x/>"}), placeholder.encode(), name.encode())


def gap_between(good: bytes) -> bytes:
    """Bytes between two parts, and every offset right."""
    at = local_at(good, SHEET_PART)
    parts, start = parts_of(good), struct.unpack_from("<L", good, len(good) - 6)[0]
    moved = {name: offset + 7 for name in parts if (offset := local_at(good, name)) >= at}
    return moved_directory(good[:at] + b"nothing" + good[at:start], good[start:], moved)


def refilled(good: bytes, packed_part: bytes) -> bytes:
    """The container with other packed bytes for its first part, sizes and offsets put right."""
    first, *others = parts_of(good)
    start = struct.unpack_from("<L", good, len(good) - 6)[0]
    begin, end = 30 + len(first), local_at(good, others[0])
    more = len(packed_part) - (end - begin)
    moved = {name: local_at(good, name) + more for name in others}
    data = moved_directory(good[:begin] + packed_part + good[end:start], good[start:], moved)
    return both(data, first, packed=len(packed_part))


def trailing(good: bytes) -> bytes:
    """A part whose packed bytes go on after the end of their stream."""
    first, *others = parts_of(good)
    return refilled(good, good[30 + len(first) : local_at(good, others[0])] + b"more")


def unended(good: bytes) -> bytes:
    """A part whose stream gives all its bytes but never ends."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    part = next(iter(parts_of(good).values()))
    return refilled(good, squeeze.compress(part) + squeeze.flush(zlib.Z_SYNC_FLUSH))


def hidden_gap(good: bytes) -> bytes:
    start = struct.unpack_from("<L", good, len(good) - 6)[0]
    return end_record(good[:start] + b"nobody sees this" + good[start:], start=start + 16)


def two_directories(good: bytes) -> bytes:
    """Another container in the comment of the first: readers that search from the end find it, others do not."""
    other = edited(good, SHEET=lambda sheet: sheet.replace(b"<v>1</v>", b"<v>9</v>"))
    return end_record(good, comment=len(other)) + other


def unpacked(data: bytes) -> bytes:
    """The same container, its parts stored: nothing to say about how well they pack."""
    return packed(parts_of(data), zipfile.ZIP_STORED)


def wrong_sum(good: bytes) -> bytes:
    return both(good, SHEET_PART, crc=1)


rejected("截断一半.xlsx", "the first half of a workbook", "file-cut-off", lambda good: cut_off(good, 0.5))
rejected("截断在末尾.xlsx", "a workbook without its last ten bytes", "file-cut-off", lambda good: good[:-10])
rejected("只有开头.xlsx", "the first four bytes", "file-cut-off", lambda good: good[:4])
rejected("前有垃圾.xlsx", "bytes before the container", None, lambda good: b"MZ junk " * 8 + good)
rejected("后有垃圾.xlsx", "bytes behind the container", None, lambda good: good + b"junk")
rejected("中有空隙.xlsx", "bytes that belong to no part", "file-hidden-bytes", hidden_gap)
rejected("部件之间.xlsx", "bytes between two parts, every offset right", "file-hidden-bytes", gap_between)
rejected("流后有余.xlsx", "packed bytes behind the end of a part's stream", "file-size", trailing)
rejected("流无结尾.xlsx", "a stream that gives all its bytes and never ends", "file-size", unended)
rejected(
    "目录长度不符.xlsx", "a directory of another length", "file-directory", lambda good: end_record(good, length=99)
)
rejected(
    "目录少数一个.xlsx",
    "a directory with one line more than it counts",
    "file-directory",
    lambda good: end_record(good, here=len(parts_of(good)) - 1, count=len(parts_of(good)) - 1),
)
rejected(
    "头部名字不同.xlsx",
    "another name in the local header",
    "file-header",
    lambda good: good.replace(SHEET_PART.encode(), b"xl/worksheets/sheet9.xml", 1),
)
rejected("两个目录.xlsx", "a second container in the comment", "file-directory", two_directories)
rejected(
    "目录数目不符.xlsx",
    "a directory that counts one part less",
    "file-directory",
    lambda good: end_record(good, count=3),
)
rejected("目录位置不符.xlsx", "a directory that is elsewhere", "file-directory", lambda good: end_record(good, start=7))
rejected(
    "分卷.xlsx",
    "a container that claims to be the second disk",
    "file-directory",
    lambda good: end_record(good, disk=1),
)
rejected("空压缩包.xlsx", "a container without any part", None, lambda good: b"PK\x05\x06" + bytes(18))
rejected("零字节炸弹.xlsx", "20 MB of noughts in 20 KB", "file-ratio", lambda good: bomb(good, 20 * 2**20, honest=True))
rejected(
    "大炸弹.xlsx", "200 MB of noughts in 200 KB", "file-too-large", lambda good: bomb(good, 200 * 2**20, honest=True)
)
rejected(
    "说谎的炸弹.xlsx",
    "20 MB of noughts that claim 1,000 bytes",
    "file-size",
    lambda good: bomb(good, 20 * 2**20, honest=False),
)
rejected("许多部件.xlsx", "3,000 parts", "file-too-many-parts", bomb_of_many)
rejected("重叠部件.xlsx", "50 parts that share one kernel of data (Fifield)", "file-overlap", overlapping)
rejected("部件套部件.xlsx", "a part inside another's data", None, quoting)
rejected("声称更大.xlsx", "a part that claims 4 GB", None, lambda good: both(good, SHEET_PART, size=0xFFFFFFF0))
rejected("声称更小.xlsx", "a part longer than it claims", "file-size", lambda good: both(good, SHEET_PART, size=100))
rejected("校验和不符.xlsx", "a sheet whose checksum is wrong", "file-crc", wrong_sum)
rejected(
    "头部大小不同.xlsx", "a local header of another size", "file-header", lambda good: local(good, SHEET_PART, size=9)
)
rejected(
    "头部校验不同.xlsx",
    "a local header of another checksum",
    "file-header",
    lambda good: local(good, SHEET_PART, crc=9),
)
rejected(
    "头部方法不同.xlsx", "stored here, deflated there", "file-header", lambda good: local(good, SHEET_PART, method=0)
)
rejected(
    "头部标志不同.xlsx", "a descriptor in one header only", "file-header", lambda good: local(good, SHEET_PART, flags=8)
)
rejected("部件加密.xlsx", "an encrypted part", "file-part-encrypted", lambda good: both(good, SHEET_PART, flags=1))
rejected("强加密.xlsx", "strong encryption of a part", None, lambda good: both(good, SHEET_PART, flags=0x41))
rejected("掩盖的头部.xlsx", "masked headers", "file-method", lambda good: both(good, SHEET_PART, flags=0x2000))
rejected("补丁数据.xlsx", "compressed patched data", "file-method", lambda good: both(good, SHEET_PART, flags=0x20))
rejected(
    "压缩方法十二.xlsx", "a part packed by bzip2", "file-method", lambda good: packed(parts_of(good), zipfile.ZIP_BZIP2)
)
rejected("压缩方法十四.xlsx", "a part packed by LZMA", None, lambda good: packed(parts_of(good), zipfile.ZIP_LZMA))
rejected("压缩方法九九.xlsx", "AES", "file-method", lambda good: both(good, SHEET_PART, method=99))
rejected(
    "部件两份.xlsx",
    "a sheet twice, the first with other values",
    "file-duplicate-part",
    lambda good: twice(good, SHEET_PART, lambda sheet: sheet.replace(b"<v>1</v>", b"<v>9</v>")),
)
rejected(
    "大小写两份.xlsx",
    "names that differ in case only",
    "file-duplicate-part",
    lambda good: with_parts(good, xl__worksheets__SHEET1_DOT_xml=b"<x/>"),
)
rejected(
    "百分号两份.xlsx",
    "names that are one once percent signs are resolved",
    "file-duplicate-part",
    lambda good: named(good, "xl/worksheets/sheet%31.xml"),
)
rejected(
    "全角两份.xlsx",
    "names that are one after Unicode normalisation",
    None,
    lambda good: packed(parts_of(good) | {"xl/worksheets/sheet１.xml": b"<x/>"}),
)
rejected("上级目录.xlsx", "a part called ../evil.xml", "file-name", lambda good: named(good, "../evil.xml"))
rejected("中间上级.xlsx", "a part called xl/../../evil.xml", "file-name", lambda good: named(good, "xl/../../evil.xml"))
rejected("绝对路径.xlsx", "a part called /etc/evil.xml", "file-name", lambda good: named(good, "/etc/evil.xml"))
rejected("反斜杠.xlsx", "a part called ..\\evil.xml", "file-name", lambda good: named(good, "..\\evil.xml"))
rejected("盘符.xlsx", "a part called C:evil.xml", "file-name", lambda good: named(good, "C:evil.xml"))
rejected("名字带零.xlsx", "a part called xl/a NUL b.xml", "file-name", lambda good: named(good, "xl/a\0b.xml"))
rejected(
    "名字带换行.xlsx", "a part with a line break in its name", "file-name", lambda good: named(good, "xl/a\nb.xml")
)
rejected(
    "名字编码不明.xlsx",
    "a part whose name is in an unstated encoding",
    "file-name",
    lambda good: renamed(named(good, "nnnn.xml"), b"nnnn.xml", "表".encode("gbk") + b"nn.xml"),
)
rejected("空名字.xlsx", "a part called /", "file-name", lambda good: named(good, "/"))
rejected("百分号上级.xlsx", "a part called %2e%2e/evil.xml", "file-name", lambda good: named(good, "%2e%2e/evil.xml"))
readable(
    "名字用反斜杠.xlsx",
    "backslashes for slashes, as old programs for Windows write",
    lambda good: renamed(good, b"xl/worksheets/", b"xl\\worksheets\\"),
)
readable(
    "标志只在目录.xlsx",
    "a name of ASCII said to be UTF-8 in one place",
    lambda good: central(good, SHEET_PART, flags=0x800),
)
readable(
    "压缩程度不同.xlsx", "how hard deflate tried, said in one place", lambda good: local(good, SHEET_PART, flags=0x2)
)
readable(
    "描述符只在一处.xlsx",
    "a descriptor told by the local header alone",
    lambda good: central(streamed(parts_of(good)), SHEET_PART, flags=0),
)
readable(
    "工作簿改名.xlsx",
    "the book at xl/workbook22.xml, as Excel writes now and then",
    lambda good: moved_book(good, "xl/workbook22.xml"),
)
readable(
    "工作簿另名.xlsx",
    "the book at xl/main.xml: what a part is called means nothing",
    lambda good: moved_book(good, "xl/main.xml"),
)
readable(
    "数据描述符.xlsx", "sizes behind the data, as LibreOffice and POI write", lambda good: streamed(parts_of(good))
)
readable("无签名描述符.xlsx", "the same without signatures", lambda good: unsigned(streamed(parts_of(good))))
readable(
    "宽描述符.xlsx",
    "the same with 64-bit sizes, as POI's streaming writer",
    lambda good: streamed(parts_of(good), wide=True),
)
readable("不压缩.xlsx", "parts stored, not packed", lambda good: packed(parts_of(good), zipfile.ZIP_STORED))
readable("有注释.xlsx", "a comment behind the directory", lambda good: end_record(good, comment=4) + b"memo")


# ── XML and how the parts refer to each other ────────────────────────────────────────────────────────────────────


def doctype(part: bytes, inner: bytes) -> bytes:
    start = part.index(b"?>") + 2
    return part[:start] + b"<!DOCTYPE x [" + inner + b"]>" + part[start:]


def laughs() -> bytes:
    lines = [b'<!ENTITY l0 "ha">']
    lines += [b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)]
    return b"".join(lines)


def in_utf16(part: bytes) -> bytes:
    return part.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def declared(part: bytes, encoding: bytes) -> bytes:
    return part.replace(b"UTF-8", encoding, 1)


def strict(good: bytes) -> bytes:
    def change(part: bytes) -> bytes:
        for old, new in STRICT.items():
            part = part.replace(old, new)
        return part

    return packed({name: change(part) for name, part in parts_of(good).items()})


def link(target: bytes, kind: bytes = SHEET_TYPE, ident: bytes = b"rId99") -> Callable[[bytes], bytes]:
    more = b'<Relationship Id="%s" Type="%s" Target="%s"/></Relationships>' % (ident, kind, target)
    return lambda part: replaced(part, b"</Relationships>", more)


def aimed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda good: edited(good, LINKS=lambda part: replaced(part, old, new))


def third_sheet(good: bytes) -> bytes:
    return with_parts(good, xl__worksheets__sheet9_DOT_xml=parts_of(good)[SHEET_PART])


def second_book(good: bytes) -> bytes:
    data = with_parts(good, xl__book2_DOT_xml=parts_of(good)["xl/workbook.xml"])
    return edited(data, ROOT_LINKS=lambda part: replaced(part, b"xl/workbook.xml", b"xl/book2.xml"))


def other_strings(good: bytes) -> bytes:
    data = with_parts(good, xl__strings2_DOT_xml=parts_of(good)[STRINGS_PART])
    return edited(data, LINKS=lambda part: replaced(part, b"sharedStrings.xml", b"strings2.xml"))


def moved_book(good: bytes, name: str) -> bytes:
    parts = parts_of(good)
    parts[name], links = parts.pop("xl/workbook.xml"), parts.pop("xl/_rels/workbook.xml.rels")
    folder, _, bare = name.rpartition("/")
    parts[f"{folder}/_rels/{bare}.rels"] = links
    return edited(packed(parts), ROOT_LINKS=lambda part: replaced(part, b"xl/workbook.xml", name.encode()))


def macro_sheet(good: bytes) -> bytes:
    return aimed(b'/worksheet"', b'/xlMacrosheet"')(good)


rejected(
    "实体炸弹.xlsx",
    "a billion laughs in a sheet",
    "file-doctype",
    lambda good: edited(good, SHEET=lambda part: doctype(part, laughs())),
)
rejected(
    "外部实体.xlsx",
    "an entity that is /etc/passwd",
    "file-doctype",
    lambda good: edited(good, STRINGS=lambda part: doctype(part, b'<!ENTITY x SYSTEM "file:///etc/passwd">')),
)
rejected(
    "外部DTD.xlsx",
    "a DTD of another machine",
    "file-doctype",
    lambda good: edited(good, BOOK=lambda part: replaced(part, b"?>", b'?><!DOCTYPE x SYSTEM "http://192.0.2.1/x">')),
)
rejected(
    "实体在主题.xlsx",
    "a DOCTYPE in a part that nobody reads",
    "file-doctype",
    lambda good: with_parts(good, customXml__item1_DOT_xml=doctype(b"<?xml version='1.0'?><x/>", laughs())),
)
rejected(
    "实体用UTF16.xlsx",
    "a DOCTYPE in UTF-16",
    "file-doctype",
    lambda good: with_parts(good, customXml__item1_DOT_xml=in_utf16(doctype(b"<?xml version='1.0'?><x/>", laughs()))),
)
rejected(
    "表用UTF16.xlsx",
    "a sheet in UTF-16, which one reader takes for blank",
    "file-encoding",
    lambda good: edited(good, SHEET=in_utf16),
)
rejected(
    "表用UTF7.xlsx",
    "a sheet declared as UTF-7",
    "file-encoding",
    lambda good: edited(good, SHEET=lambda part: declared(part, b"UTF-7")),
)
rejected(
    "表声称拉丁文.xlsx",
    "a sheet declared as Latin 1; readers differ on whether to believe it",
    "file-encoding",
    lambda good: edited(good, SHEET=lambda part: declared(part, b"ISO-8859-1")),
)
rejected(
    "表用GBK.xlsx",
    "a sheet in GB18030",
    "file-encoding",
    lambda good: edited(good, SHEET=lambda part: declared(part, b"GB18030").decode().encode("gb18030")),
)
rejected(
    "坏UTF8.xlsx",
    "a sheet with bytes that are no text",
    "file-encoding",
    lambda good: with_cells(good, b'<c r="A1" t="str"><v>\xff\xfe</v></c>'),
)
rejected(
    "没有声明的EBCDIC.xlsx",
    "a part declared as EBCDIC",
    "file-encoding",
    lambda good: with_parts(good, customXml__item1_DOT_xml=b"<?xml version='1.0' encoding='cp037'?>\x4c\x5a"),
)
rejected("没有工作簿.xlsx", "the workbook part is missing", None, lambda good: edited(good, BOOK=None))
rejected("没有工作表.xlsx", "the sheet part is missing", "file-part-missing", lambda good: edited(good, SHEET=None))
rejected("没有字符串.xlsx", "the shared strings are missing", "file-wiring", lambda good: edited(good, STRINGS=None))
rejected("没有样式.xlsx", "the styles are missing", "file-wiring", lambda good: edited(good, STYLES=None))
rejected("没有类型.xlsx", "the list of content types is missing", None, lambda good: edited(good, TYPES=None))
rejected("没有关系.xlsx", "the workbook's links are missing", "file-wiring", lambda good: edited(good, LINKS=None))
rejected(
    "没有根关系.xlsx",
    "the package's links are missing",
    "file-part-missing",
    lambda good: edited(good, ROOT_LINKS=None),
)
rejected("两个工作簿.xlsx", "the links lead to a second workbook part", "file-wiring", second_book)
rejected("字符串在别处.xlsx", "two tables of strings; readers take different ones", "file-wiring", other_strings)
rejected(
    "关系重复.xlsx",
    "one identifier for two sheets",
    "file-wiring",
    lambda good: edited(third_sheet(good), LINKS=link(b"worksheets/sheet9.xml", ident=b"rId1")),
)
rejected(
    "表名为外部.xlsx",
    "a sheet said to be outside, though it is inside",
    "file-wiring",
    aimed(b'Target="worksheets/sheet1.xml"', b'Target="worksheets/sheet1.xml" TargetMode="External"'),
)
rejected(
    "表在外部.xlsx",
    "a sheet that is another file",
    "file-wiring",
    aimed(b'Target="worksheets/sheet1.xml"', b'Target="http://192.0.2.1/sheet1.xml" TargetMode="External"'),
)
readable("表绕路.xlsx", "a sheet by ../xl/", aimed(b"worksheets/sheet1.xml", b"../xl/worksheets/sheet1.xml"))
readable("表在此.xlsx", "a sheet by ./", aimed(b"worksheets/sheet1.xml", b"./worksheets/sheet1.xml"))
rejected(
    "表带百分号.xlsx",
    "a sheet by %31",
    "file-part-missing",
    aimed(b"worksheets/sheet1.xml", b"worksheets/sheet%31.xml"),
)
readable("表反斜杠.xlsx", "a sheet by a backslash", aimed(b"worksheets/sheet1.xml", b"worksheets\\sheet1.xml"))
readable("表带实体.xlsx", "a sheet by a character reference", aimed(b"sheet1.xml", b"sheet&#49;.xml"))
rejected("宏表.xlsx", "an Excel 4 macro sheet", "file-wiring", macro_sheet)
rejected(
    "表同名.xlsx",
    "two sheets of one name",
    "file-wiring",
    lambda good: edited(
        edited(third_sheet(good), LINKS=link(b"worksheets/sheet9.xml")),
        BOOK=lambda part: part.replace(
            b"</sheets>",
            part[part.index(b"<sheet ") : part.index(b"/>", part.index(b"<sheet "))].replace(b"rId1", b"rId99")
            + b"/></sheets>",
        ),
    ),
)
rejected(
    "扩展里的表.xlsx",
    "a sheet listed where extensions go",
    "file-wiring",
    lambda good: edited(
        good,
        BOOK=lambda part: replaced(
            part,
            b"</workbook>",
            b'<extLst><ext uri="x"><sheet name="T" sheetId="9" r:id="rId1"/></ext></extLst></workbook>',
        ),
    ),
)
rejected(
    "表不是表.xlsx",
    "a sheet part that is a chart",
    "file-wrong-part",
    lambda good: edited(good, SHEET=lambda part: part.replace(b"worksheet", b"chartsheet")),
)
rejected(
    "没有命名空间.xlsx",
    "a sheet outside any namespace",
    "file-wrong-part",
    lambda good: edited(good, SHEET=lambda part: replaced(part, b'xmlns="' + MAIN + b'"', b"")),
)
rejected(
    "表截断.xlsx",
    "a sheet's XML that ends in the middle",
    "file-xml",
    lambda good: edited(good, SHEET=lambda part: part[: len(part) // 2]),
)
rejected(
    "表后有表.xlsx",
    "something behind the root element",
    "file-xml",
    lambda good: edited(good, SHEET=lambda part: part + b"<x/>"),
)
rejected(
    "标签不配.xlsx", "tags that do not match", "file-xml", lambda good: with_cells(good, b'<c r="A1"><v>1</w></c>')
)
rejected(
    "属性重复.xlsx",
    "an address twice in one tag",
    "file-xml",
    lambda good: with_cells(good, b'<c r="A1" r="B1"><v>1</v></c>'),
)
rejected(
    "层层嵌套.xlsx",
    "100,000 levels of XML",
    "file-markup",
    lambda good: unpacked(
        with_cells(good, b'<c r="A1" t="inlineStr"><is>' + b"<r>" * 100_000 + b"</r>" * 100_000 + b"</is></c>")
    ),
)
rejected(
    "嵌套在尾部.xlsx",
    "100 levels of XML behind the cells",
    "file-too-complex",
    lambda good: with_rows(good, b"", b"<extLst>" * 100 + b"</extLst>" * 100),
)
readable("严格模式.xlsx", "ISO/IEC 29500 strict", strict)
readable(
    "UTF16自定义.xlsx",
    "a harmless part in UTF-16, as .NET writes",
    lambda good: with_parts(
        good, customXml__item1_DOT_xml="<?xml version='1.0' encoding='utf-16'?><x/>".encode("utf-16")
    ),
)
readable(
    "绝对目标.xlsx",
    "links by /xl/, as System.IO.Packaging writes",
    aimed(b"worksheets/sheet1.xml", b"/xl/worksheets/sheet1.xml"),
)


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────


def holding(cells: bytes) -> Callable[[bytes], bytes]:
    return lambda good: unpacked(with_cells(good, cells))


def last_row(good: bytes, row: bytes) -> bytes:
    """The workbook with a row behind its own."""
    return edited(good, SHEET=lambda part: replaced(part, b"</sheetData>", row + b"</sheetData>"))


def respaced(good: bytes) -> bytes:
    return edited(good, SHEET=lambda part: part.replace(b"><", b">\n  <").replace(b"<v>\n  </v>", b"<v></v>"))


def without_addresses(good: bytes) -> bytes:
    """Rows and cells without addresses, as some report writers save them; they follow one another."""
    return edited(good, SHEET=lambda part: re.sub(rb'(<(?:row|c)) r="[A-Z]*[0-9]+"', rb"\1", part))


CELLS: list[tuple[str, str, str, bytes]] = [
    ("单元格两份.xlsx", "a cell twice", "file-cell-order", b'<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>'),
    ("单元格乱序.xlsx", "cells out of order", "file-cell-order", b'<c r="B1"><v>1</v></c><c r="A1"><v>2</v></c>'),
    ("两个值.xlsx", "a cell with two values", "file-two-values", b'<c r="A1"><v>1</v><v>2</v></c>'),
    ("值在公式前.xlsx", "a formula behind its value", "file-two-values", b'<c r="A1"><v>1</v><f>B1</f></c>'),
    (
        "文字和值.xlsx",
        "a text and a value",
        "file-two-values",
        b'<c r="A1" t="inlineStr"><is><t>x</t></is><v>3</v></c>',
    ),
    ("两段文字.xlsx", "two texts", "file-two-values", b'<c r="A1" t="inlineStr"><is><t>x</t><t>y</t></is></c>'),
    ("值里有值.xlsx", "a value inside a value", "file-markup", b'<c r="A1"><v>1<v>2</v></v></c>'),
    ("值里有注释.xlsx", "a number parted by a comment", "file-value", b'<c r="A1"><v>1<!-- -->23</v></c>'),
    ("值带空格.xlsx", "a number between spaces", "file-value", b'<c r="A1"><v> 23 </v></c>'),
    ("值非数.xlsx", "not a number", "file-value", b'<c r="A1"><v>NaN</v></c>'),
    ("值无穷.xlsx", "a number beyond all bounds", "file-value", b'<c r="A1"><v>1e999</v></c>'),
    ("值是文字.xlsx", "letters in a cell of numbers", "file-value", b'<c r="A1"><v>abc</v></c>'),
    ("索引为负.xlsx", "string number -1", "file-value", b'<c r="A1" t="s"><v>-1</v></c>'),
    ("索引小数.xlsx", "string number 1.0", "file-value", b'<c r="A1" t="s"><v>1.0</v></c>'),
    ("索引溢出.xlsx", "string number 2^64+1", "file-value", b'<c r="A1" t="s"><v>18446744073709551617</v></c>'),
    ("索引带换行.xlsx", "string number 1 between line breaks", "file-value", b'<c r="A1" t="s"><v>\n1\n</v></c>'),
    ("类型不明.xlsx", "an unknown cell type", "file-value", b'<c r="A1" t="zz"><v>1</v></c>'),
    ("真假不明.xlsx", "a truth value of 2", "file-value", b'<c r="A1" t="b"><v>2</v></c>'),
    ("地址溢出.xlsx", "a column beyond all columns", "file-address", b'<c r="AAAAAAAAAAAAA1"><v>1</v></c>'),
    ("行号溢出.xlsx", "row 2^32+1, which wraps to 1", "file-address", b'<c r="A4294967297"><v>1</v></c>'),
    ("行号不合.xlsx", "a cell of row 7 in row 1", "file-address", b'<c r="A1"><v>1</v></c><c r="B7"><v>2</v></c>'),
    ("地址带美元.xlsx", "an address with dollar signs", "file-address", b'<c r="$A$1"><v>1</v></c>'),
    ("远列.xlsx", "a value in column XFD", "file-far-cell", b'<c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c>'),
    (
        "陌生单元格.xlsx",
        "a cell of a foreign namespace",
        "file-markup",
        b'<z:c xmlns:z="urn:z" r="A1"><z:v>9</z:v></z:c>',
    ),
    (
        "陌生值.xlsx",
        "a second value of a foreign namespace",
        "file-markup",
        b'<c r="A1"><v>1</v><z:v xmlns:z="urn:z">9</z:v></c>',
    ),
    (
        "替代内容.xlsx",
        "alternative cells to choose from",
        "file-markup",
        b"<mc:AlternateContent " + MC + b'><mc:Choice Requires="z"><c r="A1"><v>1</v></c></mc:Choice>'
        b'<mc:Fallback><c r="A1"><v>2</v></c></mc:Fallback></mc:AlternateContent>',
    ),
    (
        "单元格扩展.xlsx",
        "a value among extensions",
        "file-markup",
        b'<c r="A1"><extLst><ext uri="x"><v>8</v></ext></extLst></c>',
    ),
    (
        "超长文字.xlsx",
        "a text of 40,000 characters",
        "file-long-text",
        b'<c r="A1" t="inlineStr"><is><t>' + "长".encode() * 40_000 + b"</t></is></c>",
    ),
    ("控制字符.xlsx", "a control character in a text", "file-xml", b'<c r="A1" t="str"><v>a\x01b</v></c>'),
]
for _name, _what, _code, _cells in CELLS:
    rejected(_name, _what, _code, holding(_cells))

rejected(
    "最远单元格.xlsx",
    "a value at XFD1048576: readers allot 17 billion cells",
    "file-far-cell",
    lambda good: last_row(good, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
)
rejected(
    "远行.xlsx",
    "a value in row 1,048,576",
    "file-far-cell",
    lambda good: last_row(good, b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
)
rejected(
    "两角.xlsx",
    "two cells that span ten million",
    "file-grid",
    lambda good: last_row(good, b'<row r="20000"><c r="SF20000"><v>1</v></c></row>'),
)
rejected(
    "行两份.xlsx",
    "a row twice",
    "file-row-order",
    lambda good: with_rows(good, b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>'),
)
rejected(
    "行乱序.xlsx",
    "rows out of order",
    "file-row-order",
    lambda good: with_rows(good, b'<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>'),
)
rejected("行号为零.xlsx", "row 0", "file-address", lambda good: with_rows(good, b'<row r="0"><c><v>1</v></c></row>'))
rejected(
    "行套行.xlsx",
    "a row inside a row",
    "file-markup",
    lambda good: with_rows(good, b'<row r="1"><row r="2"><c r="A2"><v>1</v></c></row></row>'),
)
rejected(
    "行外单元格.xlsx", "a cell outside any row", "file-markup", lambda good: with_rows(good, b'<c r="A1"><v>1</v></c>')
)
rejected(
    "两份数据.xlsx",
    "two blocks of cells",
    None,
    lambda good: with_rows(
        good, b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData><row r="1"><c r="A1"><v>2</v></c></row>'
    ),
)
rejected(
    "陌生行.xlsx",
    "a row moved into a foreign namespace",
    "file-markup",
    lambda good: with_rows(good, b'<row r="1" xmlns="urn:z"><c r="A1"><v>9</v></c></row>'),
)
rejected(
    "没有数据.xlsx",
    "a sheet without the element for cells",
    "file-markup",
    lambda good: edited(good, SHEET=b'<worksheet xmlns="' + MAIN + b'"/>'),
)
rejected(
    "又一份空数据.xlsx",
    "a second, empty block of cells",
    "file-markup",
    lambda good: with_rows(good, b"", b"<sheetData/>"),
)
rejected(
    "扩展里的数据.xlsx",
    "a block of cells among extensions, before the real one",
    "file-markup",
    lambda good: edited(
        good,
        SHEET=lambda part: replaced(
            part,
            b"<sheetData>",
            b'<extLst><ext uri="x"><sheetData><row r="1"><c r="A1"><v>666</v></c></row>'
            b"</sheetData></ext></extLst><sheetData>",
        ),
    ),
)
rejected(
    "全表合并.xlsx",
    "one merge over the whole sheet",
    "file-range",
    lambda good: with_rows(
        good, b'<row r="1"><c r="A1"><v>1</v></c></row>', b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
)
rejected(
    "合并太多.xlsx",
    "30,000 merges",
    "file-range",
    lambda good: unpacked(
        with_rows(good, b"", b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 30_000 + b"</mergeCells>")
    ),
)
rejected(
    "合并颠倒.xlsx",
    "a merge from right to left",
    "file-range",
    lambda good: with_rows(good, b"", b'<mergeCells><mergeCell ref="D9:A1"/></mergeCells>'),
)
rejected(
    "字符串虚数.xlsx",
    "four billion strings claimed: a reader aborts",
    "file-false-count",
    lambda good: with_strings(good, b"<si><t>a</t></si>", 4_294_967_295),
)
rejected(
    "字符串天数.xlsx",
    "10^18 strings claimed: a reader panics",
    "file-false-count",
    lambda good: with_strings(good, b"<si><t>a</t></si>", 10**18),
)
rejected(
    "字符串两段.xlsx",
    "a shared string with two texts",
    "file-two-values",
    lambda good: with_strings(good, b"<si><t>a</t><t>b</t></si>"),
)
rejected(
    "陌生字符串.xlsx",
    "a string of a foreign namespace, which shifts the others",
    "file-markup",
    lambda good: with_strings(good, b'<z:si xmlns:z="urn:z"><t>a</t></z:si><si><t>b</t></si>'),
)
rejected(
    "字符串套字符串.xlsx",
    "a string inside a string",
    "file-markup",
    lambda good: with_strings(good, b"<si><t>a</t><si><t>b</t></si></si>"),
)
rejected(
    "巨长字符串.xlsx",
    "a shared string of a million characters",
    "file-long-text",
    lambda good: with_strings(good, b"<si><t>" + random.Random(1).randbytes(500_000).hex().encode() + b"</t></si>"),
)
rejected(
    "巨长分段字符串.xlsx",
    "a shared string of 100 runs of 1,000 characters",
    "file-long-text",
    lambda good: unpacked(with_strings(good, b"<si>" + (b"<r><t>" + b"x" * 1000 + b"</t></r>") * 100 + b"</si>")),
)
rejected(
    "字符串太多.xlsx",
    "500,000 strings",
    "file-too-many-cells",
    lambda good: with_strings(good, b"".join(b"<si><t>%d</t></si>" % number for number in range(500_000))),
)

readable(
    "远处批注.xlsx",
    "a comment at XFD1048576",
    lambda good: with_parts(
        good, xl__comments1_DOT_xml=b'<comments xmlns="' + MAIN + b'"><comment ref="XFD1048576"/></comments>'
    ),
)
readable(
    "全表链接.xlsx",
    "a link over the whole sheet",
    lambda good: edited(
        good,
        SHEET=lambda part: replaced(
            part, b"</sheetData>", b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>'
        ),
    ),
)
readable(
    "远处空行.xlsx",
    "an empty last row, as LibreOffice leaves it",
    lambda good: last_row(good, b'<row r="1048576" ht="12.8"/>'),
)
readable(
    "缓存错误值.xlsx",
    "a cached #REF!, which readers give as blank",
    lambda good: last_row(good, b'<row r="900"><c r="A900" t="e"><f>#REF!</f><v>#REF!</v></c></row>'),
)
readable(
    "公式未计算.xlsx",
    "a formula without a result",
    lambda good: last_row(good, b'<row r="900"><c r="A900"><f>SUM(A1:A9)</f></c></row>'),
)
readable(
    "共享公式.xlsx",
    "shared formulas, as Excel writes",
    lambda good: last_row(
        good,
        b'<row r="900"><c r="A900"><f t="shared" ref="A900:B900" si="0">1+1</f><v>2</v></c>'
        b'<c r="B900"><f t="shared" si="0"/><v>2</v></c></row>',
    ),
)
readable("没有地址.xlsx", "rows and cells without addresses", without_addresses)
readable("单元格间注释.xlsx", "a comment between rows", lambda good: last_row(good, b"<!-- x -->"))
readable("缩进.xlsx", "indented XML, as Gnumeric writes", respaced)
readable(
    "尺寸说谎.xlsx",
    "a dimension that is not true, as WPS writes",
    lambda good: edited(
        good,
        SHEET=lambda part: (
            part[: part.index(b"<dimension")]
            + b'<dimension ref="A1:XFD1048576"/>'
            + part[part.index(b"/>", part.index(b"<dimension")) + 2 :]
        ),
    ),
)
readable(
    "整行合并.xlsx",
    "a merge over a whole row far below",
    lambda good: edited(
        good, SHEET=lambda part: part.replace(b"</mergeCells>", b'<mergeCell ref="A901:XFD901"/></mergeCells>')
    ),
)


# ── other things under the name of a workbook ────────────────────────────────────────────────────────────────────


def always(data: bytes) -> Callable[[bytes], bytes]:
    return lambda good: data


def office(main: str, kind: str) -> bytes:
    types = f'<Types xmlns="x"><Override PartName="/{main}" ContentType="{kind}"/></Types>'
    return packed({"[Content_Types].xml": types.encode(), "_rels/.rels": b"<x/>", main: b"<x/>"})


def document(kind: str) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return packed({"mimetype": mimetype, "content.xml": b"<x/>"}, zipfile.ZIP_STORED)


def password(good: bytes) -> bytes:
    """The workbook encrypted as Excel and WPS do (agile encryption)."""
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(good)).encrypt("123456", out)
    return out.getvalue()


def filepass(good: bytes) -> bytes:
    records = struct.pack("<2H16s", 0x809, 16, bytes(16)) + struct.pack("<2H6s", 0x2F, 6, bytes(6))
    return compound({"Workbook": records})


def noise(good: bytes) -> bytes:
    return random.Random(1).randbytes(20_000)


SPREADSHEETML = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
WEBLOC = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/'
    b'DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">\n<dict>\n\t<key>URL</key>\n\t<string>http://a/</string>\n'
)
FLAT = (
    b"<?xml version='1.0'?><office:document xmlns:office='a' "
    b"office:mimetype='application/vnd.oasis.opendocument.spreadsheet'/>"
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
STRANGERS: list[tuple[str, str, str | None, bytes]] = [
    ("winmail.dat", "an attachment as Outlook packs it", "file-winmail", b"\x78\x9f\x3e\x22\x01\x00"),
    ("表.ofd", "an .ofd", "file-ofd", packed({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<x/>"})),
    ("表.numbers", "Numbers", "file-iwork", packed({"Index/Document.iwa": b"x"})),
    (
        "表.gnumeric",
        "a workbook of Gnumeric",
        "file-other-spreadsheet",
        gzip.compress(b"<?xml?><gnm:Workbook/>", 9, mtime=0),
    ),
    (
        "表.xls",
        "SpreadsheetML 2003 of SheetJS, with a control character",
        "file-xml-2003",
        b'<?xml version="1.0"?>\r\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">\x10</Workbook>',
    ),
    ("表.fods", "flat OpenDocument", "file-other-spreadsheet", FLAT),
    ("表.uos", "UOF", "file-other-spreadsheet", b"<?xml version='1.0'?><uof:UOF xmlns:uof='a'/>"),
    ("表.slk", "SYLK", "file-other-spreadsheet", b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\n"),
    ("表2.uos", "UOF 2", "file-other-spreadsheet", packed({"uof.xml": b"<a/>", "content.xml": b"<a/>"})),
    ("表.ceb", "a paper of Founder's", "file-ofd", b"Founder CEB 2.0\0\1\2\3" + bytes(99)),
    ("邮件.pst", "mails of Outlook", "file-mail", b"!BDN" + bytes(range(99))),
    ("邮件.dbx", "mails of Outlook Express", "file-mail", b"\xcf\xad\x12\xfe" + bytes(range(99))),
    ("网址.plist", "an address on a Mac", "file-shortcut", b"bplist00\xd1\x01\x02SURLXhttp://a"),
    ("图.emf", "a drawing of Windows", "file-picture", b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(50)),
    ("表.wk1", "Lotus 1-2-3", "file-other-spreadsheet", b"\0\0\2\0\6\4\6\0" + bytes(50)),
    ("加密.ods", "an encrypted .ods", "file-encrypted", packed({"mimetype": b"x", "encrypted-package": b"x"})),
    (
        "带图标.url",
        "a shortcut that begins with its icon",
        "file-shortcut",
        b"[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nURL=http://a/\r\n",
    ),
    ("文档二.docx", "a document that Word calls document2.xml", "file-word", office("word/document2.xml", WORD)),
    ("表.tar", "a tar", "file-archive-unsupported", b"a.xlsx".ljust(257, b"\0") + b"ustar\0" + bytes(250)),
    ("表.bz2", "a bzip2", "file-archive-unsupported", b"BZh91AY&SY" + bytes(range(256))),
    ("表.lzh", "an LHA", "file-archive-unsupported", b"\x21\x12-lh5-" + bytes(range(200))),
    ("表.gsheet", "a link to Google", "file-shortcut", b'{"url": "https://docs.google.com/", "doc_id": "1"}'),
    ("图.svg", "a drawing", "file-picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("库.mdb", "a database", "file-not-a-workbook", b"\0\1\0\0Standard Jet DB\0" + bytes(range(256))),
    ("表.lnk", "a shortcut", "file-shortcut", b"L\0\0\0\x01\x14\x02\0" + bytes(70)),
    ("网址.url", "a shortcut to an address", "file-shortcut", b"[InternetShortcut]\r\nURL=http://a/\r\n"),
    ("网址.webloc", "the same of a Mac", "file-shortcut", WEBLOC),
    ("替身.xlsx", "an alias of a Mac", "file-shortcut", b"book\0\0\0\0mark\0\0\0\0" + bytes(60)),
    (
        "旧表.numbers",
        "Numbers of 2009",
        "file-iwork",
        packed({"index.xml": b"<x/>", "buildVersionHistory.plist": b"x"}),
    ),
    ("录像.xlsx", "a film", "file-media", b"\0\0\0\x18ftypmp42\0\0\0\0"),
    ("录音.amr", "a recording", "file-media", b"#!AMR\n" + bytes(60)),
    (
        "smime.p7m",
        "an encrypted mail",
        "file-mail-sealed",
        b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03" + bytes(60),
    ),
    ("日程.ics", "an appointment", "skipped-card", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
    ("._表.xlsx", "a sidecar", "skipped-sidecar", b"\0\x05\x16\x07" + bytes(60)),
    (
        "网页.xls",
        "HTML, as web systems export",
        "file-html",
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
    ),
    ("网页片段.xls", "an HTML table", "file-html", "\ufeff<table><tr><td>序号</td></tr></table>".encode()),
    ("单文件网页.xls", "MHTML", "file-html", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"),
    ("表格2003.xls", "SpreadsheetML 2003", "file-xml-2003", SPREADSHEETML),
    ("其他XML.xlsx", "some XML", "file-xml-other", b"<?xml version='1.0'?><root/>"),
    ("逗号.xlsx", "CSV in UTF-8", "file-csv", "序号,内容\r\n1,会议\r\n".encode()),
    ("逗号国标.xls", "CSV in GB18030", "file-csv", "序号,内容\r\n1,会议\r\n".encode("gb18030")),
    ("制表符.xls", "tabs in UTF-16", "file-csv", "序号\t内容\r\n1\t会议\r\n".encode("utf-16")),
    ("文字.xlsx", "a sentence", "file-csv", "报送材料见附件。".encode()),
    ("富文本.xlsx", "RTF", "file-word", b"{\\rtf1\\ansi hello}"),
    ("文档.xlsx", "docx", "file-word", office("word/document.xml", "application/x")),
    ("演示.xlsx", "pptx", "file-not-a-workbook", office("ppt/presentation.xml", "application/x")),
    ("图表.xlsx", "Visio", "file-not-a-workbook", office("visio/document.xml", "application/x")),
    ("文本文档.xlsx", "OpenDocument text", "file-not-a-workbook", document("text")),
    ("旧文档.xls", "Word .doc", "file-word", compound({"WordDocument": b"\xec\xa5", "1Table": b""})),
    ("旧演示.xls", "PowerPoint .ppt", "file-not-a-workbook", compound({"PowerPoint Document": b""})),
    ("安装包.xls", "an OLE2 container of something else", "file-not-a-workbook", compound({"Property": b"x"})),
    (
        "权限保护.xlsx",
        "rights management: the key is with a server",
        "file-rights-protected",
        compound({"\x06DataSpaces": b"", "EncryptedPackage": bytes(5000)}),
    ),
    ("只有OLE头.xls", "eight bytes of OLE2", "file-not-a-workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    (
        "绕圈的OLE.xls",
        "an OLE2 directory that runs in a circle",
        "file-not-a-workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\0" + bytes(2000),
    ),
    ("很旧的表.xls", "Excel 2, before OLE", "file-old-excel", b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(50)),
    ("旧表四.xls", "Excel 4, before OLE", "file-old-excel", b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(50)),
    ("便携文档.xlsx", "PDF", "file-pdf", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"),
    ("照片.xlsx", "JPEG", "file-picture", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ("截图.xlsx", "PNG", "file-picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("动图.xlsx", "GIF", "file-picture", b"GIF89a\x01\0\x01\0"),
    ("位图.xlsx", "BMP", "file-picture", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(50)),
    ("传真.xlsx", "TIFF", "file-picture", b"II*\0\x08\0\0\0"),
    ("网络图.xlsx", "WebP", "file-picture", b"RIFF\x24\0\0\0WEBPVP8 "),
    ("手机照片.xlsx", "HEIC", "file-picture", b"\0\0\0\x18ftypheic\0\0\0\0"),
    ("压缩.tgz", "gzip", "file-archive-unsupported", b"\x1f\x8b\x08\0" + bytes(50)),
    ("空文件.xlsx", "nothing", "file-empty", b""),
    ("一个字节.xlsx", "one NUL", "file-zeros", b"\0"),
    ("全零.xlsx", "noughts, as a broken copy leaves", "file-zeros", bytes(30_000)),
    ("像文字.xlsx", "bytes that would be text but for control characters", "file-unknown", b"\x01\x02abc\x05" * 9),
    ("程序.xlsx", "a program", "file-program", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(100)),
]
for _name, _what, _reason, _data in STRANGERS:
    rejected(_name, _what, _reason, always(_data))
rejected("打开密码.xlsx", "a workbook with a password to open", "file-encrypted", password)
rejected("打开密码.xls", "an old workbook with a password to open", "file-encrypted", filepass)
rejected("单位加密.xlsx", "noise, as an office's encryption software leaves", "file-unknown", noise)


# ── archives ─────────────────────────────────────────────────────────────────────────────────────────────────────


def nested(good: bytes, depth: int) -> bytes:
    data = packed({"内.xlsx": good})
    for _ in range(depth):
        data = packed({"套.zip": data})
    return data


def gbk_names(good: bytes) -> bytes:
    name = "源城区司法局.xlsx".encode("gb18030")
    return renamed(packed({"n" * len(name): good}), b"n" * len(name), name)


rejected("套娃.zip", "a zip in a zip, fifty deep", None, lambda good: nested(good, 50))
rejected("逃逸.zip", "a member called ../../evil.xlsx", "file-name", lambda good: named(good, "../../evil.xlsx"))
rejected(
    "加密.zip",
    "an encrypted member",
    "file-part-encrypted",
    lambda good: both(packed({"a.xlsx": good}), "a.xlsx", flags=1),
)
rejected(
    "重名.zip",
    "two members of one name",
    "file-duplicate-part",
    lambda good: renamed(packed({"a.xlsx": good, "b.xlsx": good}), b"b.xlsx", b"a.xlsx"),
)
rejected(
    "炸弹.zip", "200 MB of noughts in a member", "file-too-large", lambda good: packed({"a.xlsx": bytes(200 * 2**20)})
)
rejected("压缩.rar", "RAR, or its beginning", None, always(b"Rar!\x1a\x07\x01\0" + bytes(50)))
rejected("改名的压缩.xlsx", "RAR 4 under another name", None, always(b"Rar!\x1a\x07\0" + bytes(50)))
rejected("压缩.7z", "the beginning of a .7z", None, always(b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(50)))
for _name, _mail, _reason in mails.BOMBS:
    if _reason and _reason != "file-mail-bare":
        rejected(_name, "a mail made to cost time", _reason, always(_mail))
readable("邮件.eml", "a mail with a return attached", lambda good: mails.mail(mails.text(), mails.named(good)))
rejected("半个.zip", "half an archive", "file-cut-off", lambda good: packed({"a.xlsx": good})[:-60])
readable("国标名.zip", "a member named in GB18030, as Windows does", gbk_names)
readable(
    "带目录.zip", "members in folders, folders listed", lambda good: packed({"河源/": b"", "河源/东源.xlsx": good})
)


# ── what is no file, and names ───────────────────────────────────────────────────────────────────────────────────


def sparse(good: bytes, path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)


def lasting_socket(good: bytes, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def outside(good: bytes, path: Path) -> None:
    """A link to a workbook that lies beside the folder."""
    target = path.parent.parent / f"{path.parent.name}-outside.xlsx"
    target.write_bytes(b"PK")
    path.symlink_to(target)


def unreadable(good: bytes, path: Path) -> None:
    path.write_bytes(good)
    path.chmod(0)


other_thing("管道.xlsx", "a named pipe: opening it waits for ever", SKIPPED, lambda good, path: os.mkfifo(path))
other_thing("插座.xlsx", "a socket", SKIPPED, lasting_socket)
other_thing("无底洞.xlsx", "a link to /dev/zero", SKIPPED, lambda good, path: path.symlink_to("/dev/zero"))
other_thing("出界.xlsx", "a link out of the folder", SKIPPED, outside)
other_thing("断链.xlsx", "a link to nothing", SKIPPED, lambda good, path: path.symlink_to("没有.xlsx"))
other_thing("自链.xlsx", "a link to itself", SKIPPED, lambda good, path: path.symlink_to(path.name))
other_thing("环", "a link to the folder it lies in", SKIPPED, lambda good, path: path.symlink_to(path.parent))
other_thing("文件夹.xlsx", "an empty folder called like a workbook", SKIPPED, lambda good, path: path.mkdir())
other_thing("稀疏.xlsx", "a gigabyte of noughts that take no space", REJECTED, sparse)
other_thing("无权限.xlsx", "a file that may not be read (root may)", REJECTED, unreadable)

JUNK = b"\0\0\0\1Bud1" + bytes(40)
for _name, _what in [
    ("~$东源县.xlsx", "Excel's lock file"),
    (".~东源县.xlsx", "WPS's lock file"),
    (".~lock.东源县.xlsx#", "LibreOffice's lock file"),
    (".DS_Store", "Finder's notes"),
    ("._东源县.xlsx", "AppleDouble"),
    ("Thumbs.db", "Explorer's thumbnails"),
    ("desktop.ini", "Explorer's notes"),
]:
    skipped(_name, _what, always(JUNK))

for _name, _what in [
    ("换\n行.xlsx", "a line break in the name"),
    ("-rf.xlsx", "a name that looks like an option"),
    ("=cmd|' 'C'!A0.xlsx", "a name that looks like a formula"),
    ("$(touch x);`id`.xlsx", "a name that a shell would run"),
    ("\x1b[31m红.xlsx", "a name with a terminal's control sequence"),
    ("\u202exslx.表", "a name that reads backwards"),
    ("%s%n{0}.xlsx", "a name that looks like a format"),
    ("CON.xlsx", "a name that Windows keeps to itself"),
    (" 前后空格 .xlsx", "spaces around the name"),
    ("长" * 80 + ".xlsx", "a name of 245 bytes"),
    ("大写.XLSX", "the extension in capitals"),
    ("没有扩展名", "no extension"),
    ("改名成旧格式.xls", "a new workbook under the old extension"),
    (os.fsdecode("源城区.xlsx".encode("gb18030")), "a name in GB18030, which is no UTF-8"),
    (os.fsdecode(b"\xff\xfe.xlsx"), "a name that is no text at all"),
]:
    readable(_name, _what, lambda good: good)
