"""The gate: whether a zip container is plain enough to be read; what is ambiguous is refused, never resolved.

A zip file says everything about a part twice, before the part and in the directory at the end:

    header of a, data of a · header of b, data of b · directory: a at 0, b at 812 · end: directory at 1530, 2 lines

Readers disagree where the two differ, where two lines have one name, or where bytes lie between the parts, and none of
them looks for all of it. So here the directory must close the file, the parts must fill the rest without a gap or an
overlap, each header must say what the directory says, and every part is unpacked once, within budgets, against its CRC.
Numbers of sections are those of PKWARE's APPNOTE 6.3.10.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import LIMITS, Limits

_END = struct.Struct("<4s4H2LH")  # 4.3.16
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_LOCATOR64 = struct.Struct("<4sLQL")  # 4.3.15
_CENTRAL = struct.Struct("<4s6H3L5H2L")  # 4.3.12
_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF

_STORED, _DEFLATED = 0, 8
_SMALL_PART = 2**16  # unpacked; a small part may be packed very small
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_IDLE_FLAGS = 0x6 | _DESCRIPTOR
_KNOWN_FLAGS = 0x6 | _DESCRIPTOR | _UTF8  # bits 1 and 2 tell how hard deflate tried
_OTHER_NAME = 0x7075  # Info-ZIP's Unicode Path: a second name, which some readers prefer

_SEGMENT = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_\-.()\[\] ]+"
_SPELT = re.compile(r"(?:%(?:20|[89A-Fa-f][0-9A-Fa-f]))+")  # a blank, and what is not of ASCII (RFC 3987, 3.1)
_PLAIN_NAME = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*/?")
_ODD_IN_NAME = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]|\A/|//|(?:\A|/)\.{1,2}(?:/|\Z)")

_LONGEST_NAME = 1_000  # characters; no file system has room for more, and what is to be compared must be short
_XML_NAMES = (".xml", ".rels", ".vml")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # honest in customXml by .NET
_DOCTYPE_UTF16 = b"\0".join(b"<!DOCTYPE"[i : i + 1] for i in range(9))  # either byte order
# Nothing but UTF-8, comments and instructions before the root element: what calamine takes for granted.
_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: +encoding=[\"'](?i:utf-?8|(?P<ascii>(?:us-)?ascii))[\"'])?"
    rb"(?: +standalone=[\"'](?:yes|no)[\"'])? *\?>)?(?:\s|(?><!--.*?-->)|(?><\?(?!xml\s).*?\?>))*<[A-Za-z_]",
    re.DOTALL,
)
_PROLOG_BYTES = 4096
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)")
# Encodings in which "<!DOCTYPE" is spelt in the bytes of ASCII, so that it cannot hide.
_OPEN_ENCODINGS = re.compile(
    rb"utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d|gb2312|gbk|gb18030|big5", re.IGNORECASE
)


NameOf = Callable[[bytes, int, bytes], str]  # a name from its bytes, the flags and the extra field


class Entry(NamedTuple):
    """One line of the central directory; sizes and offset in bytes."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class Package:
    """A container that passed the gate: its parts, decompressed and verified, by name.

    Names are unique whatever their case, so that a part is found by any spelling of it, as an address too.
    """

    names: tuple[str, ...]
    _parts: Mapping[str, bytes]

    @classmethod
    def of(cls, names: Sequence[str], parts: Iterable[bytes]) -> "Package":
        """The package of these parts, as many as names; the names must have gone through `check_members`."""
        return cls(tuple(names), dict(zip(map(_key, names), parts, strict=True)))

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def part(self, name: str) -> bytes:
        """The bytes of a part; raises Refused where there is none of that name."""
        try:
            return self._parts[_key(name)]
        except KeyError:
            raise Refused("file-part-missing", part=name) from None

    def xml(self, name: str, *, whole: bool = True) -> bytes:
        """The bytes of an XML part in UTF-8; raises Refused for any other encoding: readers differ on them.

        Not `whole`: only its beginning has been looked at, and whoever reads the rest must decode it.
        """
        part = self.part(name)
        if whole:
            check_utf8(part, name)
        prolog = _PROLOG.match(part, 0, _PROLOG_BYTES)
        if not prolog or (prolog["ascii"] and not part.isascii()):
            raise Refused("file-encoding", part=name)
        return part


def _key(name: str) -> str:
    """What a part is known by: sheet%201.xml and %E8%A1%A8.xml are other ways to write Sheet 1.xml and 表.xml."""
    return (_SPELT.sub(lambda found: unquote(found[0]), name) if "%" in name else name).lower()


def check_utf8(xml: bytes, part: str) -> None:
    """Raise Refused for a part that is not UTF-8."""
    try:
        xml.decode()
    except UnicodeDecodeError:
        raise Refused("file-encoding", part=part) from None


def open_package(data: bytes, limits: Limits = LIMITS, cache: Cache | None = None) -> Package:
    """The parts of an Office package; raises Refused for anything a careful reader could take in two ways.

    Names are ASCII or flagged UTF-8, XML has no DOCTYPE. The limits used: file, part and total bytes, parts, ratio.
    `cache` remembers what small parts unpack to: themes and styles are the same in most returns.
    """
    package = _open(data, limits, _package_name, cache or Cache())
    for name in package.names:
        if name.lower().endswith(_XML_NAMES):
            _check_markup(name, package.part(name))
    return package


def open_archive(data: bytes, limits: Limits = LIMITS) -> Package:
    """The members of a .zip of returns under the same rules, except that names may be GB18030 or bear backslashes."""
    return _open(data, limits, _archive_name, Cache())


def _open(data: bytes, limits: Limits, name_of: NameOf, cache: Cache) -> Package:
    if len(data) > limits.file_bytes:
        raise Refused("file-too-large", found=len(data), limit=limits.file_bytes)
    entries, directory = _directory(data, limits, name_of)
    if all(entry.name.startswith("/") for entry in entries):  # as a path from the root of the package, which it is
        entries = [entry._replace(name=entry.name[1:]) for entry in entries]
    check_members([(entry.name, entry.size) for entry in entries], limits)
    _check_packing(entries, limits)
    starts = _check_tiling(data, entries, directory)
    parts = (_unpack(data[start : start + one.packed], one, cache) for one, start in zip(entries, starts, strict=True))
    return Package.of([entry.name for entry in entries], parts)


def check_members(members: Sequence[tuple[str, int]], limits: Limits = LIMITS) -> None:
    """Raise Refused unless names and sizes (in bytes, unpacked) are such that a container may be opened into them."""
    if len(members) > limits.parts:
        raise Refused("file-too-many-parts", found=len(members), limit=limits.parts)
    _check_names(name for name, _ in members)
    for name, size in members:
        if size > limits.part_bytes:
            raise Refused("file-too-large", part=name, found=size, limit=limits.part_bytes)
    total = sum(size for _, size in members)
    if total > limits.total_bytes:
        raise Refused("file-too-large", found=total, limit=limits.total_bytes)


# ── the directory ────────────────────────────────────────────────────────────────────────────────────────────────


def _directory(data: bytes, limits: Limits, name_of: NameOf) -> tuple[list[Entry], int]:
    """The lines of the directory in the order in which the parts lie in the file, and where it begins."""
    count, size, start, end = _end_record(data)
    if count > limits.parts:
        raise Refused("file-too-many-parts", found=count, limit=limits.parts)
    if end == 0:
        raise Refused("file-archive-empty")
    if count == 0 or start + size != end:
        raise Refused("file-directory")
    entries, at = [], start
    for _ in range(count):
        entry, at = _central(data, at, end, name_of)
        entries.append(entry)
    if at != end:
        raise Refused("file-directory")
    return sorted(entries, key=lambda entry: entry.offset), start


def _end_record(data: bytes) -> tuple[int, int, int, int]:
    """Count of parts, size and offset of the directory, and where it must end."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _FULL16))
    if at < 0 or at + _END.size > len(data):
        raise Refused("file-cut-off")
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, at)
    if at + _END.size + comment != len(data) or disk or first_disk or here != count:
        raise Refused("file-directory")
    if data[at - _LOCATOR64.size : at].startswith(b"PK\x06\x07"):
        return _end_record64(data, at - _LOCATOR64.size, (count, size, start))
    return count, size, start, at


def _end_record64(data: bytes, locator: int, small: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """The same from the record for large files; the small one must say the same, or that it cannot (all bits set)."""
    _, disk, at, disks = _LOCATOR64.unpack_from(data, locator)
    if disk or disks > 1 or at != locator - _END64.size or at < 0:
        raise Refused("file-directory")
    magic, length, _, _, disk, first_disk, here, *large = _END64.unpack_from(data, at)
    if magic != b"PK\x06\x06" or length != _END64.size - 12 or disk or first_disk or here != large[0]:
        raise Refused("file-directory")
    for short, full, long in zip(small, (_FULL16, _FULL32, _FULL32), large, strict=True):
        if short not in (full, long):
            raise Refused("file-directory")
    count, size, start = large
    return count, size, start, at


def _central(data: bytes, at: int, end: int, name_of: NameOf) -> tuple[Entry, int]:
    """One line of the directory, and where the next one begins."""
    if at + _CENTRAL.size > end:
        raise Refused("file-directory")
    (magic, _, _, flags, method, _, _, crc, packed, size, names, extras, comments, disk, _, _, offset) = (
        _CENTRAL.unpack_from(data, at)
    )
    stop = at + _CENTRAL.size + names + extras + comments
    if magic != b"PK\x01\x02" or stop > end or disk:
        raise Refused("file-directory")
    raw = data[at + _CENTRAL.size : at + _CENTRAL.size + names]
    extra = data[at + _CENTRAL.size + names : stop - comments]
    name = name_of(raw, flags, extra)
    if flags & _ENCRYPTED:
        raise Refused("file-part-encrypted", part=name)
    if flags & ~_KNOWN_FLAGS or method not in (_STORED, _DEFLATED):
        raise Refused("file-method", part=name, found=method)
    if extra or _FULL32 in (size, packed, offset):
        size, packed, offset = _wide(extra, (size, packed, offset))
    return Entry(name, raw, flags, method, crc, packed, size, offset), stop


def _wide(extra: bytes, fields: tuple[int, ...]) -> tuple[int, ...]:
    """Fields that do not fit 32 bits, from the zip64 extra field (4.5.3); raises Refused if it does not fit them.

    Where all fit, some programs say them there again.
    """
    wide = _extras(extra).get(1, b"")
    missing = fields.count(_FULL32)
    said = struct.unpack_from(f"<{len(wide) // 8}Q", wide)
    if len(said) < missing or (not missing and said[: len(fields)] != fields[: len(said)]):
        raise Refused("file-directory")
    values = iter(said)
    return tuple(next(values) if field == _FULL32 else field for field in fields)


def _extras(extra: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            if any(extra[at:]):  # noughts fill up, so that what follows begins at an even place
                raise Refused("file-directory")
            break
        tag, length = struct.unpack_from("<2H", extra, at)
        at += 4 + length
        if at > len(extra) or tag in found:
            raise Refused("file-directory")
        found[tag] = extra[at - length : at]
    return found


# ── names and sizes ──────────────────────────────────────────────────────────────────────────────────────────────


def _package_name(raw: bytes, flags: int, extra: bytes) -> str:
    if extra and (other := _extras(extra).get(_OTHER_NAME)) is not None and other[5:] != raw:
        raise Refused("file-name")
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "ascii").replace("\\", "/")
    except UnicodeDecodeError:
        raise Refused("file-name", part=repr(raw)) from None


def _archive_name(raw: bytes, flags: int, extra: bytes) -> str:
    # UTF-8 first: the other order turns the UTF-8 names of five of our six counties into valid GBK garbage.
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    raise Refused("file-name", part=repr(raw))


def _check_names(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if len(name) > _LONGEST_NAME or not _PLAIN_NAME.fullmatch(name):
            _check_odd_name(name)
        key = name.lower() if name.isascii() and "%" not in name else _same_as(name)
        if key.rstrip("/") in seen:
            raise Refused("file-duplicate-part", part=name)
        seen.add(key.rstrip("/"))


def _check_odd_name(name: str) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or any(_ODD_IN_NAME.search(spelling) for spelling in (name, _same_as(name))):
        raise Refused("file-name", part=name[:100])


def _same_as(name: str) -> str:
    """What a name may become under any reader's normalisation: percent signs, letter case, compatibility forms."""
    return unicodedata.normalize("NFKC", unquote(name)).casefold()


def _check_packing(entries: list[Entry], limits: Limits) -> None:
    for entry in entries:
        if entry.size > limits.ratio_floor and entry.size > limits.ratio * entry.packed:
            raise Refused("file-ratio", part=entry.name, found=entry.size, packed=entry.packed)
        if entry.method == _STORED and entry.size != entry.packed:
            raise Refused("file-size", part=entry.name)


# ── the parts ────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_tiling(data: bytes, entries: list[Entry], directory: int) -> list[int]:
    """Where each part's data begins; raises Refused unless the parts fill the file up to its directory.

    A part at 0 whose header and data end at 812 makes the next one begin at 812: earlier is an overlap, later hides
    bytes that some readers would find.
    """
    starts, at = [], 0
    follows = [entry.offset for entry in entries[1:]] + [directory]
    for entry, following in zip(entries, follows, strict=True):
        if entry.offset != at:
            raise Refused("file-overlap" if entry.offset < at else "file-hidden-bytes", part=entry.name)
        start, described = _local(data, entry, directory)
        at = start + entry.packed
        if described:
            at += _descriptor(data[at:following], entry)
        starts.append(start)
    if at != directory:
        raise Refused("file-hidden-bytes")
    return starts


def _local(data: bytes, entry: Entry, directory: int) -> tuple[int, bool]:
    """Where a part's data begins, behind its header, and whether a descriptor follows it.

    The header must say what the directory says, but for what means nothing: how hard deflate tried, that a name of
    ASCII is UTF-8, and in which of the two a descriptor that is there is told.
    """
    start = entry.offset + _LOCAL.size + len(entry.raw_name)
    if start > directory:
        raise Refused("file-directory", part=entry.name)
    magic, _, flags, method, _, _, crc, packed, size, names, extras = _LOCAL.unpack_from(data, entry.offset)
    described = bool((flags | entry.flags) & _DESCRIPTOR)
    sizes: tuple[int, ...] = (size, packed)
    if _FULL32 in sizes:
        sizes = _wide(data[start : start + extras], sizes)
    same = (
        magic == b"PK\x03\x04"
        and not (flags ^ entry.flags) & ~(_IDLE_FLAGS | (_UTF8 if entry.raw_name.isascii() else 0))
        and (method, names) == (entry.method, len(entry.raw_name))
        and data[start - names : start].replace(b"\\", b"/") == entry.raw_name.replace(b"\\", b"/")
        and _is_told(entry, (crc, *sizes), described)
    )
    if not same:
        raise Refused("file-header", part=entry.name)
    return start + int(extras), described


def _is_told(entry: Entry, here: tuple[int, ...], described: bool) -> bool:
    """Whether checksum and sizes before a part are those of the directory, or are not told there at all.

    With a data descriptor the values follow the data; LibreOffice and POI leave noughts here.
    """
    known = (entry.crc, entry.size, entry.packed)
    return here == known or not any(here) or (described and all(a in (0, b) for a, b in zip(here, known, strict=True)))


def _descriptor(gap: bytes, entry: Entry) -> int:
    """Length of a data descriptor (4.3.9): with or without its signature, sizes of 4 or 8 bytes, and nothing after."""
    for sizes in ("<3L", "<L2Q"):
        plain = struct.pack(sizes, entry.crc, entry.packed, entry.size)
        if gap in (plain, b"PK\x07\x08" + plain):
            return len(gap)
    raise Refused("file-header", part=entry.name)


def _unpack(packed: bytes, entry: Entry, cache: Cache) -> bytes:
    if entry.method == _STORED:
        part = packed
    elif entry.size <= _SMALL_PART:  # beginning a stream is the dearest of it
        part = cache.part(_inflate, packed, entry.size, entry.name)
    else:
        part = _inflate(packed, entry.size, entry.name)
    if zlib.crc32(part) != entry.crc:
        raise Refused("file-crc", part=entry.name)
    return part


def _inflate(packed: bytes, size: int, name: str) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        part = stream.decompress(packed, size + 1)
    except zlib.error:
        raise Refused("file-crc", part=name) from None
    if len(part) != size or not stream.eof or stream.unused_data:
        raise Refused("file-size", part=name, declared=size)
    return part


def _check_markup(name: str, part: bytes) -> None:
    """No DOCTYPE, in whatever encoding: parts that are not read here are still opened by Excel or openpyxl."""
    if b"<!DOCTYPE" in part or (part.startswith(_UTF16) and _DOCTYPE_UTF16 in part):
        raise Refused("file-doctype", part=name)
    declared = _DECLARED.match(part)
    if declared and not _OPEN_ENCODINGS.fullmatch(declared[1]):
        raise Refused("file-encoding", part=name, found=repr(declared[1]))
