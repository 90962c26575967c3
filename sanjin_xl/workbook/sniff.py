"""What a file is, by its bytes alone: a name or an extension proves nothing.

Only a look, bounded and never raising; whether a container is sound is for the gate and the readers to say.
"""

import codecs
import re
import struct
import zlib
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from sanjin_xl.workbook.contents import with_breaks


class Kind(Enum):
    """Kinds of files told apart: a word for logs, and the code that says why it is not read as a workbook."""

    XLSX = "xlsx", ""  # and .xlsm
    XLSB = "xlsb", ""
    ODS = "ods", ""
    XLS = "xls", ""  # BIFF in OLE2: .xls, .et
    ZIP = "zip", "file-not-a-workbook"
    EMPTY = "empty", "file-empty"
    ZEROS = "zeros", "file-zeros"
    ZIP_CUT_OFF = "cut-off zip", "file-cut-off"
    DOCX = "docx", "file-word"
    PPTX = "pptx", "file-not-a-workbook"
    OFFICE_OTHER = "other Office package", "file-not-a-workbook"
    ENCRYPTED = "encrypted Office package", "file-encrypted"
    ODS_ENCRYPTED = "encrypted OpenDocument", "file-encrypted"  # as a whole, since LibreOffice 24.8
    XLS_ENCRYPTED = "encrypted xls", "file-encrypted"
    RIGHTS_PROTECTED = "rights-protected", "file-rights-protected"  # IRM, and WPS's own protection of documents
    DOC = "doc", "file-word"
    PPT = "ppt", "file-not-a-workbook"
    OLE_OTHER = "other OLE2", "file-not-a-workbook"
    BIFF_BARE = "old BIFF", "file-old-excel"  # Excel 2 to 95
    HTML = "html", "file-html"
    SPREADSHEETML = "SpreadsheetML 2003", "file-xml-2003"
    XML = "other xml", "file-xml-other"
    TEXT = "text", "file-csv"  # CSV, tabs, prose
    RTF = "rtf", "file-word"
    PDF = "pdf", "file-pdf"
    PICTURE = "picture", "file-picture"
    RAR = "rar", "file-archive-no-program"
    SEVEN_ZIP = "7z", "file-archive-no-program"
    GZIP = "gzip", "file-archive-unsupported"
    ARCHIVE_OTHER = "another archive", "file-archive-unsupported"  # tar, bzip2, xz, Zstandard, cabinet, LHA
    DATABASE = "database", "file-not-a-workbook"  # Access, SQLite
    MAIL = "mail", "file-mail"
    MAIL_FOLDER = "folder of mails", "file-mail"
    MSG = "mail of Outlook", "file-mail"
    MAIL_STORE = "store of mails", "file-mail"  # .pst, .dbx
    WINMAIL = "winmail.dat", "file-winmail"
    OFD = "ofd", "file-ofd"
    IWORK = "Numbers or Pages", "file-iwork"
    CEB = "ceb", "file-ofd"
    OTHER_SPREADSHEET = "workbook of another program", "file-other-spreadsheet"  # Gnumeric, UOF, flat or old OpenOffice
    PROGRAM = "program", "file-program"
    SHORTCUT = "shortcut", "file-shortcut"
    SEALED = "sealed mail", "file-mail-sealed"  # S/MIME (RFC 8551), PGP (RFC 9580)
    CARD = "appointment or visiting card", "skipped-card"
    SIDECAR = "sidecar of a Mac", "skipped-sidecar"
    MEDIA = "sound or film", "file-media"
    UNKNOWN = "unknown", "file-unknown"

    @property
    def code(self) -> str:
        return self.value[1]


_HEAD = 65_536  # bytes looked at of a text
_MAGIC = (
    (b"{\\rtf", Kind.RTF),
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"\x09\x00\x04\x00", Kind.BIFF_BARE),  # BOF of Excel 2, 3, 4 and 5
    (b"\x09\x02\x06\x00", Kind.BIFF_BARE),
    (b"\x09\x04\x06\x00", Kind.BIFF_BARE),
    (b"\x09\x08\x08\x00", Kind.BIFF_BARE),
    (b"\x78\x9f\x3e\x22", Kind.WINMAIL),  # MS-OXTNEF 2.1.3.1
    (b"!BDN", Kind.MAIL_STORE),  # MS-PST 2.2.2.6
    (b"\xcf\xad\x12\xfe", Kind.MAIL_STORE),  # Outlook Express
    (b"L\0\0\0\x01\x14\x02\0", Kind.SHORTCUT),  # MS-SHLLINK 2.1
    (b"\0\x05\x16\x07", Kind.SIDECAR),  # AppleDouble
    (b"book\0\0\0\0mark", Kind.SHORTCUT),  # alias of a Mac
    (b"bplist00", Kind.SHORTCUT),  # .webloc of a Mac, .icloud for what is not downloaded
    (b"ID3", Kind.MEDIA),
    (b"#!AMR", Kind.MEDIA),
    (b"OggS", Kind.MEDIA),
    (b"\x1aE\xdf\xa3", Kind.MEDIA),  # Matroska
    (b"0&\xb2u\x8ef\xcf\x11", Kind.MEDIA),  # Windows Media
    (b"PK\x07\x08", Kind.ZIP_CUT_OFF),  # first volume of several
    (b"Founder CEB", Kind.CEB),
    (b"BZh91AY&SY", Kind.ARCHIVE_OTHER),
    (b"\xfd7zXZ\0", Kind.ARCHIVE_OTHER),
    (b"(\xb5/\xfd", Kind.ARCHIVE_OTHER),
    (b"MSCF\0\0\0\0", Kind.ARCHIVE_OTHER),
    (b"\0\1\0\0Standard ", Kind.DATABASE),
    (b"SQLite format 3\0", Kind.DATABASE),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", Kind.OLE_OTHER),  # OneNote
    (b"\0\0\2\0\6\4\6\0", Kind.OTHER_SPREADSHEET),  # Lotus 1-2-3
    (b"\0\0\x1a\0\0\x10\4\0", Kind.OTHER_SPREADSHEET),
    (b"8BPS\0\1", Kind.PICTURE),
    (b"\0\0\0\x0cjP  \r\n", Kind.PICTURE),
    (b"\xd7\xcd\xc6\x9a", Kind.PICTURE),  # Windows metafile
    (b"II+\0", Kind.PICTURE),
    (b"\0\0\1\0", Kind.PICTURE),  # icon
)
# ContentInfo of CMS (RFC 5652, 3): signed, enveloped, or with a MAC.
_CMS = re.compile(
    rb"0(?:\x80|[\x81-\x84].{1,4})\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02\x03]|\x0b.{9}\x01[\x02\x17])",
    re.DOTALL,
)
_MEDIA = re.compile(rb".{4}ftyp|RIFF.{4}(?:AVI |WAVE)", re.DOTALL)
_PROGRAM = re.compile(rb"MZ.{1,30}\0", re.DOTALL)  # an archive that unpacks itself, too
_LHA = re.compile(rb"..-l(?:h[0-7d]|z[s45])-", re.DOTALL)
_HEIF = re.compile(rb".{4}ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)  # photographs of telephones
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
_BMP = re.compile(rb"BM.{4}\0{4}.{4}[\x0c\x28\x38\x40\x6c\x7c]\0{3}", re.DOTALL)
_EMF = re.compile(rb"\x01\0\0\0.{36} EMF", re.DOTALL)


def sniff(data: bytes) -> Kind:
    """The kind of a file from its bytes, whatever its name says."""
    if not data:
        return Kind.EMPTY
    if data.startswith(b"\x1f\x8b") and _is_gnumeric(data):
        return Kind.OTHER_SPREADSHEET
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(data)
    if mail := _mail_kind(data[:_HEAD]):
        return mail
    if any(picture.match(data) for picture in (_HEIF, _WEBP, _BMP, _EMF)):
        return Kind.PICTURE
    if _CMS.match(data):
        return Kind.SEALED
    if _MEDIA.match(data):
        return Kind.MEDIA
    if b"%PDF-" in data[:1024]:  # readers of PDF allow that much before it
        return Kind.PDF
    if data[0] == 0 and data.count(0) == len(data):
        return Kind.ZEROS
    if _PROGRAM.match(data):
        return Kind.PROGRAM
    if data[257:262] == b"ustar" or _LHA.match(data):
        return Kind.ARCHIVE_OTHER
    text = _text(data[:_HEAD])
    return Kind.UNKNOWN if text is None else _text_kind(text)


def _is_gnumeric(data: bytes) -> bool:
    """Whether a gzip holds a workbook of Gnumeric; only its beginning is unpacked."""
    try:
        return b"<gnm:Workbook" in zlib.decompressobj(31).decompress(data[:_HEAD], 1024)
    except zlib.error:
        return False


# ── zip ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_LINE = b"PK\x01\x02"
_CENTRAL, _LOCAL = struct.Struct("<28x3H8xL"), struct.Struct("<8xH16x2H")
_NAMES = 4096  # more than the gate lets through, few enough to look at
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_ODS_TYPE = b"mimetype" + _SPREADSHEET
_SXC_TYPE = b"mimetypeapplication/vnd.sun.xml.calc"
_TYPES, _MIMETYPE, _MANIFEST = "[content_types].xml", "mimetype", "meta-inf/manifest.xml"
_OF_ROOT = re.compile(rb"media-type=[\"']([^\"']*)")  # the first in a manifest (ODF 1.2 part 3, 4.2)
_OFFICE_PARTS = (
    ("xl/workbook.bin", Kind.XLSB),
    ("xl/workbook.xml", Kind.XLSX),
    ("word/document.xml", Kind.DOCX),
    ("ppt/presentation.xml", Kind.PPTX),
)
# Word, too, calls its document word/document2.xml now and then.
_OFFICE_TYPES = (
    (re.compile(rb"ms-excel\.sheet\.binary[A-Za-z.]{1,40}\.main"), Kind.XLSB),
    (re.compile(rb"(?:spreadsheetml|ms-excel)[A-Za-z.]{1,40}\.main\+xml"), Kind.XLSX),
    (re.compile(rb"(?:wordprocessingml|ms-word)[A-Za-z.]{1,40}\.main\+xml"), Kind.DOCX),
)
_SHEET = re.compile(r"(?:^|/)worksheets/[^/]+\.xml$")
_BOOK = re.compile(r"workbook[0-9]*\.xml")
_BEGINNING = 16_384  # bytes of a member


def _zip_kind(data: bytes) -> Kind:
    members = _zip_members(data)
    if members is None:
        return Kind.ZIP_CUT_OFF
    names = members.keys()
    if "content.xml" in names and (_ODS_TYPE in data or _is_opendocument(data, members)):
        return Kind.ODS
    if "encrypted-package" in names and _MIMETYPE in names:
        return Kind.ODS_ENCRYPTED
    if "ofd.xml" in names:
        return Kind.OFD
    if "uof.xml" in names or _SXC_TYPE in data:
        return Kind.OTHER_SPREADSHEET
    if any(name.endswith((".iwa", "buildversionhistory.plist")) for name in names):  # the latter till 2013
        return Kind.IWORK
    return _office_kind(data, members)


def _is_opendocument(data: bytes, members: Mapping[str, int]) -> bool:
    """Whether a package is an .ods whose type is not stored in front (ODF 1.2 part 3, 3.3): SheetJS makes it the third
    member, and whoever unpacks and packs it again has it packed, or left out.
    """
    if _MIMETYPE in members:
        return _beginning(data, members[_MIMETYPE]).startswith(_SPREADSHEET)
    found = _OF_ROOT.search(_beginning(data, members[_MANIFEST])) if _MANIFEST in members else None
    return found is not None and found[1].startswith(_SPREADSHEET)


def _office_kind(data: bytes, members: Mapping[str, int]) -> Kind:
    """Which package of Office it is, by its usual parts, or else by what it says of its main part."""
    typed = not members.keys().isdisjoint((_TYPES, _MIMETYPE))
    if typed and any(map(_is_book, members)):
        return Kind.XLSX  # Excel itself calls its book xl/workbook22.xml now and then
    if known := next((kind for part, kind in _OFFICE_PARTS if part in members), None):
        return known
    if not typed:
        return Kind.ZIP
    if any(map(_SHEET.search, members)):  # whatever its book is called
        return Kind.XLSX
    types = _beginning(data, members[_TYPES]) if _TYPES in members else b""
    return next((kind for named, kind in _OFFICE_TYPES if named.search(types)), Kind.OFFICE_OTHER)


def _is_book(name: str) -> bool:
    """Whether a part, in small letters, is called as a book is: at the top or one folder down."""
    *folders, last = name.split("/")
    return len(folders) <= 1 and _BOOK.fullmatch(last) is not None


def _zip_members(data: bytes) -> dict[str, int] | None:
    """Names in the directory in small letters, and where the members begin; None where there is no directory, as in a
    file cut off.
    """
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        return None
    count, size, start = struct.unpack_from("<H2L", data, end + 10)
    # Where bytes were lost or added before it, the directory is not where it says, but still before its end record.
    at = start if data.startswith(_LINE, start) else max(0, end - size)
    members: dict[str, int] = {}
    while len(members) < _NAMES and data.startswith(_LINE, at) and at + 46 <= end:
        name, extra, comment, offset = _CENTRAL.unpack_from(data, at)
        written = data[at + 46 : at + 46 + name].decode("latin-1").lower().replace("\\", "/")
        members[written.removeprefix("/")] = offset
        at += 46 + name + extra + comment
    return members if members or not count else None


def _beginning(data: bytes, at: int) -> bytes:
    """The first bytes of a member, unpacked; b"" where that cannot be done."""
    if not data.startswith(b"PK\x03\x04", at) or at + _LOCAL.size > len(data):
        return b""
    method, name, extra = _LOCAL.unpack_from(data, at)
    start = at + _LOCAL.size + name + extra
    packed = data[start : start + _BEGINNING]
    if not method:
        size = struct.unpack_from("<L", data, at + 22)[0]
        return packed[:size]
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, _BEGINNING)
    except zlib.error:
        return b""


# ── OLE2 (MS-CFB) ────────────────────────────────────────────────────────────────────────────────────────────────

_ENTRIES = 1024
_NONE = 0xFFFFFFFA  # from here on a sector number is no sector
_STREAMS = (  # the first that is there decides
    ("encryptioninfo", Kind.ENCRYPTED),  # MS-OFFCRYPTO 2.3.4
    ("encryptedpackage", Kind.RIGHTS_PROTECTED),  # without the former the key is with a server (MS-OFFCRYPTO 2.2)
    ("\tdrmcontent", Kind.RIGHTS_PROTECTED),
    ("workbook", Kind.XLS),
    ("book", Kind.BIFF_BARE),  # Excel 5 and 95, whose texts calamine reads by the wrong code page
    ("worddocument", Kind.DOC),
    ("__properties_version1.0", Kind.MSG),  # MS-OXMSG 2.2.1
    ("powerpoint document", Kind.PPT),
)


class _Item(NamedTuple):
    """An entry of the directory: its name, its neighbours and child in the tree, where its first sector lies."""

    name: str
    left: int
    right: int
    child: int
    offset: int


def _ole_kind(data: bytes) -> Kind:
    streams = _ole_streams(data)
    for name, kind in _STREAMS:
        if name in streams:
            encrypted = kind is Kind.XLS and _has_password(data[streams[name] :][:512])
            return Kind.XLS_ENCRYPTED if encrypted else kind
    return Kind.OLE_OTHER


def _ole_streams(data: bytes) -> dict[str, int]:
    """Names at the root, in small letters, and where they begin; an embedded document lies deeper and counts not."""
    items = _ole_items(data)
    found: dict[str, int] = {}
    ahead = [items[0].child] if items else []
    while ahead:
        at = ahead.pop()
        if at < len(items) and items[at].name not in found:
            item = items[at]
            found[item.name] = item.offset
            ahead += [item.left, item.right]
    return found


def _ole_items(data: bytes) -> list[_Item]:
    """The directory, empty where it cannot be followed."""
    if len(data) < 512:
        return []
    shift, sector = struct.unpack_from("<H", data, 30)[0], struct.unpack_from("<L", data, 48)[0]
    items: list[_Item] = []
    while shift in (9, 12) and sector < _NONE and len(items) < _ENTRIES:
        start = (sector + 1) << shift
        for at in range(start, min(start + (1 << shift), len(data) - 127), 128):
            length, left, right, child, first = struct.unpack_from("<64xH2x3L36xL", data, at)
            name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            items.append(_Item(name.lower(), left, right, child, (first + 1) << shift))
        if start >= len(data):
            break
        sector = _next_sector(data, sector, shift)
    return items


def _next_sector(data: bytes, sector: int, shift: int) -> int:
    """The sector that follows in a chain, by the allocation tables listed in the header."""
    table, slot = divmod(sector, 1 << shift - 2)
    if table >= 109:  # the rest are listed elsewhere: files over 7 MB, whose directory then begins early all the same
        return _NONE
    at = (struct.unpack_from("<L", data, 76 + 4 * table)[0] + 1 << shift) + 4 * slot
    following: int = struct.unpack_from("<L", data, at)[0] if at + 4 <= len(data) else _NONE
    return following


def _has_password(records: bytes) -> bool:
    """Whether FILEPASS (MS-XLS 2.4.117) is among the first records of a workbook stream."""
    at = 0
    while records.startswith(b"\x09\x08") and at + 4 <= len(records):
        kind, length = struct.unpack_from("<2H", records, at)
        if kind == 0x2F:
            return True
        at += 4 + length
    return False


# ── mails ────────────────────────────────────────────────────────────────────────────────────────────────────────

_HEADER_LINE = re.compile(rb"([!-9;-~]{1,60}+):([^\n]*+)\n?(?:[ \t][^\n]*+\n?)*+")
_HEADERS = 300  # looked at
_FOLDER_LINE = re.compile(rb"From [^\n]{1,300}+\n")
_SIZE_LINE = re.compile(rb"[0-9]{1,10} *\n")  # of an .emlx by the mail program of a Mac
_BEFORE = b"\xef\xbb\xbf\r\n\t "  # a mark or blank lines that some programs put before a text
_PEOPLE = frozenset({b"from", b"to", b"sender", b"reply-to", b"return-path", b"delivered-to"})
_OF_MAILS = _PEOPLE | {b"received", b"date", b"subject", b"message-id", b"mime-version", b"content-type", b"x-unsent"}


def _mail_kind(head: bytes) -> Kind | None:
    """Whether a text begins with the headers of a mail, in whatever encoding or several of them."""
    head = with_breaks(head.lstrip(_BEFORE))
    head = head[size.end() :] if (size := _SIZE_LINE.match(head)) else head
    if folder := _FOLDER_LINE.match(head):
        return Kind.MAIL_FOLDER if _has_headers(head[folder.end() :]) else None
    return Kind.MAIL if _has_headers(head) else None


def _has_headers(head: bytes) -> bool:
    """At least two known ones, and one that names a person or a post office: a page saved as .mht has no such."""
    names: set[bytes] = set()
    at = 0
    while len(names) < _HEADERS and (line := _HEADER_LINE.match(head, at)):
        name = line[1].lower()
        if name not in _PEOPLE or b"@" in line[0]:
            names.add(name)
        at = line.end()
    return len(names & _OF_MAILS) > 1 and bool(names & (_PEOPLE | {b"received", b"x-unsent"}))


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(r"<(?:!doctype html|html|head|meta|body|table|style|div)\b|\Amime-version:", re.IGNORECASE)
_SHORTCUT = re.compile(
    # Of an address; in front may stand its icon, under a name of its own.
    r"(?:\[\{[0-9A-Fa-f-]{36}\}[^\[\]]{0,9}\]\s[^\[]{0,400})?\[(?:InternetShortcut|Desktop Entry)\]"
    r'|\{(?="[^{}]{0,2000}"doc_id")'  # .gsheet of Google
    r"|<\?xml[^<]{0,200}(?:<!DOCTYPE plist[^<]{0,200})?<plist[^<]{0,80}<dict>\s{0,40}<key>URL</key>"
)
_OTHER_SPREADSHEET = re.compile(
    r"\AID;P|<uof:UOF\b|office:mimetype=[\"']application/vnd\.(?:oasis\.opendocument\.spreadsheet|sun\.xml\.calc)"
)
_SVG = re.compile(r"\A(?:<\?xml[^<]{0,200})?(?:<!DOCTYPE svg[^<]{0,200})?<svg[\s>]")
_XML = re.compile(r"\A<(?:\?xml|[A-Za-z_][\w.:-]*[\s/>])")


def _text(head: bytes) -> str | None:
    """The beginning of a text, None if it is none: UTF-16 by its mark, else UTF-8, else GB18030."""
    encodings = [encoding for mark, encoding in _BOMS if head.startswith(mark)] or ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            # Incremental: the last character may be cut in two.
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        text = text.lstrip("\ufeff")
        return None if _CONTROL.search(text) and not text.startswith("<?xml") else text  # SheetJS writes some into XML
    return None


def _text_kind(text: str) -> Kind:
    start = text.lstrip()[:8192]
    if start.startswith("-----BEGIN PGP MESSAGE-----"):
        return Kind.SEALED
    if start.startswith(("BEGIN:VCALENDAR", "BEGIN:VCARD")):
        return Kind.CARD
    if _SHORTCUT.match(start):
        return Kind.SHORTCUT
    if "urn:schemas-microsoft-com:office:spreadsheet" in start or 'progid="Excel.Sheet"' in start:
        return Kind.HTML if _HTML.match(start) else Kind.SPREADSHEETML
    if _HTML.search(start[:2048]):
        return Kind.HTML
    if _OTHER_SPREADSHEET.search(start[:2048]):
        return Kind.OTHER_SPREADSHEET
    if _SVG.match(start):
        return Kind.PICTURE
    return Kind.XML if _XML.match(start) else Kind.TEXT
