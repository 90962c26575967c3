"""A mail as text (.eml, RFC 5322 and 2045) and a folder of them (.mbox): what is attached, who sent it, when it came.

Python's own parser took a minute over 50,000 parameters of one header and ended in a RecursionError over nested parts.
Here whatever nests, repeats or grows is counted before it is looked into, and every byte is looked at a few times at
most. What a part says of its type decides nothing but whether it has parts itself; what it is, its bytes say.

    Content-Type: multipart/mixed; boundary=b     --b / text: the letter / --b / name="表.xlsx": a part / --b--
"""

import binascii
import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.contents import Contents, Letter, Part, text_of, with_breaks
from sanjin_xl.workbook.sniff import Kind, sniff

_HEAD = 65_536  # bytes of the headers of a mail or of one of its parts
_PARTS = 200
_DEPTH = 5  # of parts within parts
_VALUE = 16_384  # characters of one header; a name of 255 characters, said in two ways, has five thousand
_PARAMETERS = 100  # of one header
_LONGEST_DATE = 200
_MESSAGES = 300  # of a folder

_BLANK_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_PATH = r"[/\\]"
_FOLD = re.compile(rb"\r?\n[ \t]+")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,128}+@[^\s<>@,;:\"()]{1,200}+")
_PARAMETER = re.compile(r';\s*+([^\s;="]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^;]*+))', re.DOTALL)
_WORD = re.compile(r"=\?([\w.:-]+)(?:\*[\w-]*)?\?([BbQq])\?([^?]*)\?=")  # RFC 2047
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s++(?==\?)")
_CHINESE = re.compile(r"(?:x-)?(?:gb|euc-cn|cp-?936|936)", re.IGNORECASE)
# Those by which something can be told apart from what it was not written in; the others are said of anything.
_CHARSET = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|big5(?:-?hkscs)?|hz(?:-gb-2312)?|iso-2022-[a-z]{2}|gb18030", re.IGNORECASE
)
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,300})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t\r]*$", re.MULTILINE)
# Lines of base64 that begin as an archive, an OLE2 file, a .rar or a .7z does.
_BASE64 = re.compile(
    rb"^[ \t]*+(?:UEsDB|0M8R4KGx|UmFyIRo|N3q8r)[A-Za-z0-9+/]{20,}+[ \t]*+\r?\n"
    rb"(?:[ \t]*+[A-Za-z0-9+/]++={0,2}[ \t]*+(?:\r?\n|\Z))*+(?:\r?\n)*+",
    re.MULTILINE,
)
_NAMED_BEFORE = re.compile(rb"name=\s{0,9}\"?([^\"\r\n;]{1,300})", re.IGNORECASE)
_HEADERS_BEFORE = 1_000  # bytes
_POSTMASTERS = frozenset({"mailer-daemon", "postmaster"})
OWN_BOUNDARY = "=_sanjin-xl_"
"""How the boundary of a draft begins that we wrote; base64 never holds it, so it cannot stand in what is attached."""
_REPLIES = ("自动回复", "automatic reply:", "auto:")  # QQ, 163 and Outlook
_LETTER = 200_000  # bytes of a letter that are looked at for a link
# What QQ, 163 and others put into a letter for a file that they keep, and where files are kept.
_CLOUD = re.compile(
    r"超大附件|云附件|文件中转站|网盘|ftnExs_download|//[\w.]{0,40}ftn\.qq\.com|wx\.mail\.qq\.com/ftn|large-attachment-download"
    r"|//(?:pan\.baidu\.com|[\w.]{0,40}kdocs\.cn|docs\.qq\.com|share\.weiyun\.com|www\.alipan\.com|1drv\.ms)/"
)
_MESSAGE_BEGINS = re.compile(rb"(?:\A|\n\r?\n)From [^\n]*\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_PROSE = frozenset({Kind.TEXT, Kind.HTML, Kind.XML, Kind.EMPTY, Kind.UNKNOWN, Kind.MAIL, Kind.CARD})


class _Piece(NamedTuple):
    """A mail or a part of one: its headers by their names in small letters, the first of each, and what follows."""

    head: Mapping[str, bytes]
    body: bytes

    def value(self, name: str) -> str:
        """A header as text, without what is said behind its first semicolon."""
        return text_of(self.head.get(name, b"")[:_VALUE]).partition(";")[0].strip().lower()


def open_mail(data: bytes) -> Contents:
    """What is attached to a mail, wherever it stands in it; raises Refused for one beyond the bounds."""
    piece = _piece(with_breaks(data.lstrip(b"\xef\xbb\xbf\r\n\t ")))
    letter = Letter(_sender(piece), _arrived(piece))
    if of_machine := _of_machine(piece, letter):
        return Contents([], letter, of_machine)
    leaves = list(_leaves(piece))
    parts = [part for leaf, around in leaves for part in _attached(leaf, around)]
    return Contents(parts, letter, _lacking(piece, [leaf for leaf, _ in leaves]))


def open_mail_folder(data: bytes) -> Contents:
    """The messages of a .mbox, each a part."""
    starts = list(islice(_MESSAGE_BEGINS.finditer(data), _MESSAGES + 1))
    if len(starts) > _MESSAGES:
        raise Refused("file-archive-many", limit=_MESSAGES)
    ends = [found.start() for found in starts[1:]] + [len(data)]
    texts = (_QUOTED_FROM.sub(rb"\1", data[one.end() : end]) for one, end in zip(starts, ends, strict=True))
    return Contents([_message(text, f"{n:03} {_titled(text)}") for n, text in enumerate(texts, start=1)])


def _message(data: bytes, name: str = "") -> Part:
    return Part(name or _titled(data), data, opens=partial(open_mail, data))


def _titled(data: bytes) -> str:
    """A name for a message that has none: its subject, as far as that can be read."""
    with contextlib.suppress(Refused):
        subject = _plain(text_of(_piece(data).head.get("subject", b"")[:_VALUE]))
        return f"{re.sub(_PATH, '_', subject[:60]).strip()}.eml"
    return ".eml"


def _of_machine(piece: _Piece, letter: Letter) -> str | None:
    """What is said of a mail that a program wrote, None for others.

    What is attached to a draft of ours, or to a mail that came back, is what we send: a correction copy that could not
    be delivered would count as corrected.
    """
    if _parameters(piece, "content-type").get("boundary", "").startswith(OWN_BOUNDARY):
        return "file-mail-draft"
    if piece.value("content-type") == "multipart/report":
        about = _parameters(piece, "content-type").get("report-type", "").lower()
        return "skipped-receipt" if about == "disposition-notification" else "file-mail-returned"
    name = (letter.sender or "").partition("@")[0].lower()
    return "file-mail-returned" if name in _POSTMASTERS else None


def _lacking(piece: _Piece, leaves: Sequence[_Piece]) -> str:
    """What is said of the mail if none of its parts counts."""
    if any(one.value("content-type") == "text/calendar" for one in leaves):
        return "skipped-card"
    subject = _plain(text_of(piece.head.get("subject", b"")[:_VALUE])).lower()
    if piece.value("auto-submitted") == "auto-replied" or subject.startswith(_REPLIES):
        return "skipped-reply"
    texts = (_content(one)[:_LETTER] for one in leaves if one.value("content-type").startswith("text/"))
    return "file-mail-cloud" if any(_CLOUD.search(text_of(text)) for text in texts) else "file-mail-bare"


def _leaves(piece: _Piece) -> Iterator[tuple[_Piece, str]]:
    """The pieces that have no parts, each with the kind of what they lie in.

    Raises Refused for more pieces than a mail may have, deeper than they may lie.
    """
    ahead = [(piece, "", 0)]
    seen = 0
    while ahead:
        piece, kind, depth = ahead.pop()
        seen += 1
        if seen > _PARTS:
            raise Refused("file-mail-parts", limit=_PARTS)
        pieces = _pieces(piece)
        if pieces is None:
            yield piece, kind
            continue
        if depth == _DEPTH:
            raise Refused("file-mail-depth", limit=_DEPTH)
        inner = piece.value("content-type").partition("/")[2]
        ahead += [(one, inner, depth + 1) for one in reversed(pieces)]


def _piece(data: bytes) -> _Piece:
    found = _BLANK_LINE.search(data, 0, _HEAD)
    if found is None and len(data) >= _HEAD:
        raise Refused("file-mail-head", limit=_HEAD)
    block, body = (data[: found.start()], data[found.end() :]) if found else (data, b"")
    head: dict[str, bytes] = {}
    for line in _FOLD.sub(b" ", block).split(b"\n"):
        name, _, value = line.partition(b":")
        head.setdefault(name.strip().decode("latin-1").lower(), value.strip())
    return _Piece(head, body)


def _pieces(piece: _Piece) -> list[_Piece] | None:
    """The parts of what is said to have parts, None where it has none that can be found."""
    boundary = _parameters(piece, "content-type").get("boundary", "").strip()
    if not piece.value("content-type").startswith("multipart/") or not boundary:
        return None
    line = re.compile(rb"^--" + re.escape(boundary.encode()) + rb"(--)?[ \t\r]*(?:\n|\Z)", re.MULTILINE)
    found = list(islice(line.finditer(piece.body), _PARTS + 2))
    if len(found) > _PARTS + 1:
        raise Refused("file-mail-parts", limit=_PARTS)
    ends = [*(one.start() for one in found[1:]), len(piece.body)][: len(found)]
    # What stands behind the last line is no part; the break before a line belongs to the line.
    parts = [piece.body[one.end() : end] for one, end in zip(found, ends, strict=True) if not one[1]]
    return [_piece(part.removesuffix(b"\n").removesuffix(b"\r")) for part in parts] or None


# ── a part ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _attached(piece: _Piece, around: str) -> Iterator[Part]:
    """What is attached by a piece without parts: itself, unless it is the letter, or what the letter holds as text."""
    kind, placed = piece.value("content-type"), piece.value("content-disposition")
    content, name = _content(piece), _name(piece)
    if kind == "application/pgp-encrypted":
        return  # says that what follows is encrypted
    if around == "digest" and not kind:
        kind = "message/rfc822"  # RFC 2046, 5.1.5
    if kind == "message/external-body":
        yield Part(name, refused=Refused("file-mail-link"))
    elif kind == "message/partial":
        yield Part(name, content, refused=Refused("file-cut-off"))
    elif kind in ("message/rfc822", "message/global") and sniff(content) in _PROSE:
        yield _message(content, name)
    elif kind.startswith("multipart/") and content.strip():
        yield Part(name, content, refused=Refused("file-cut-off"))  # none of its parts is there
    elif _is_letter(kind, placed, name, content, around):
        yield from _uuencoded(content)
        yield from _in_base64(content)
    else:
        marked = "content-id" in piece.head and (placed != "attachment" or around == "related")
        inline = (placed == "inline" or marked) and sniff(content) is Kind.PICTURE
        yield Part(name, content, skipped="skipped-mail-picture" if inline else None)


def _is_letter(kind: str, placed: str, name: str, content: bytes, around: str) -> bool:
    """Whether a piece is the letter itself: text without a name, or one of the ways in which the same is said."""
    prose = kind.startswith(("text/", "message/")) or not kind
    loose = not name or (around == "alternative" and kind.startswith("text/"))
    return prose and loose and placed != "attachment" and sniff(content) in _PROSE


def _content(piece: _Piece) -> bytes:
    match piece.value("content-transfer-encoding"):
        case "base64":
            return _from_base64(piece.body)
        case "quoted-printable":
            return binascii.a2b_qp(piece.body)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return next((one.data for one in _uuencoded(piece.body)), piece.body)
    # Some programs forget to say that it is base64.
    begun = _BASE64.match(piece.body)
    return _from_base64(piece.body) if begun and begun.end() == len(piece.body) else piece.body


def _from_base64(text: bytes) -> bytes:
    """What base64 stands for up to its end; breaks and strange characters count for nothing, a cut costs its rest."""
    kept = text.partition(b"=")[0].translate(None, _NOT_BASE64)
    whole = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _in_base64(text: bytes) -> Iterator[Part]:
    """Files whose base64 stands in a text, as where the headers of a mail were lost: known by how they begin."""
    for n, found in enumerate(_BASE64.finditer(text)):
        if n == _PARTS:
            raise Refused("file-mail-parts", limit=_PARTS)
        before = _NAMED_BEFORE.findall(text, max(0, found.start() - _HEADERS_BEFORE), found.start())
        yield Part(_plain(text_of(before[-1])) if before else "", _from_base64(found[0]))


def _uuencoded(text: bytes) -> Iterator[Part]:
    """Files written into a text between `begin 644 name` and `end`."""
    at = 0
    while begin := _UU_BEGIN.search(text, at):
        end = _UU_END.search(text, begin.end())
        if end is None:
            return
        lines = text[begin.end() : end.start()].splitlines()
        yield Part(_plain(text_of(begin[1].strip())), b"".join(map(_uu_line, lines)))
        at = end.end()


def _uu_line(line: bytes) -> bytes:
    """The bytes of a line, whose first character says how many they are; what some programs add is left out."""
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line[: 1 + (((line[0] - 32) & 63) + 2) // 3 * 4])
    except binascii.Error:
        return b""


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _sender(piece: _Piece) -> str | None:
    text = _plain(text_of(piece.head.get("from", piece.head.get("sender", b""))[:1000]))
    found = _ADDRESS.search(text, max(0, text.rfind("<"))) or _ADDRESS.search(text)
    return (found[0].lower() if found else text.strip(' "<>')[:100]) or None


def _arrived(piece: _Piece) -> datetime | None:
    """The time by the line that the last post office set on top, which no sender writes; else by the sender's own."""
    stamped = text_of(piece.head.get("received", b"")[:_VALUE]).rpartition(";")[2]
    return _time(stamped) or _time(text_of(piece.head.get("date", b"")[:_LONGEST_DATE]))


def _time(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text.strip()[:_LONGEST_DATE])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _name(piece: _Piece) -> str:
    """The name of a part, by where it is to be put or by its type; "" for none."""
    for header, key in (("content-disposition", "filename"), ("content-type", "name"), ("content-type", "filename")):
        if name := _named(_parameters(piece, header), key):
            return name
    return ""


def _parameters(piece: _Piece, header: str) -> dict[str, str]:
    """What stands behind the first semicolon of a header, the first of each name in small letters."""
    # As text first: the second byte of a character in GBK may be a backslash.
    text = text_of(piece.head.get(header, b"")[:_VALUE])
    values: dict[str, str] = {}
    for found in islice(_PARAMETER.finditer(text), _PARAMETERS):
        quoted, bare = found[2], found[3]
        value = re.sub(r"\\([\"\\])", r"\1", quoted) if quoted is not None else bare.strip(' \t\r"')
        values.setdefault(found[1].lower(), value)
    return values


def _named(values: Mapping[str, str], key: str) -> str:
    """A name from its parameters: filename*=utf-8''%E4…, filename*0*=…; filename*1*=…, filename="=?gbk?B?…?="."""
    if extended := values.get(f"{key}*"):
        return _spelt(*_charset_of(extended))
    pieces = sorted(
        (int(found[1]), found[0]) for one in values if (found := re.fullmatch(rf"{key}\*(\d{{1,3}})\*?", one))
    )
    texts = [(values[name], name.endswith("*")) for _, name in pieces]
    if not any(spelt for _, spelt in texts):
        return _plain("".join(text for text, _ in texts) or values.get(key, ""))
    charset, first = _charset_of(texts[0][0])
    rest = (unquote_to_bytes(text) if spelt else text.encode() for text, spelt in [(first, texts[0][1]), *texts[1:]])
    return _decoded(b"".join(rest), charset)


def _charset_of(extended: str) -> tuple[str, str]:
    """The encoding and the text of charset'language'text (RFC 2231, 4)."""
    charset, *rest = extended.split("'", 2)
    return (charset, rest[1]) if len(rest) == 2 else ("", extended)


def _spelt(charset: str, text: str) -> str:
    return _decoded(unquote_to_bytes(text), charset) if charset or "%" in text else _plain(text)


def _plain(text: str) -> str:
    """A text with its encoded words read; a character may begin in one of them and end in the next."""
    text = _BETWEEN_WORDS.sub("", text)
    done: list[str] = []
    raw, charset, at = b"", "", 0
    for found in _WORD.finditer(text):
        if found.start() != at or found[1].lower() != charset:
            done += [_decoded(raw, charset), text[at : found.start()]]
            raw, charset = b"", found[1].lower()
        code = found[3].encode()
        raw += _from_base64(code) if found[2] in "Bb" else binascii.a2b_qp(code, header=True)
        at = found.end()
    plain = "".join([*done, _decoded(raw, charset), text[at:]])
    return _unescaped(plain) if "%" in plain and " " not in plain and plain.isascii() else plain


def _unescaped(text: str) -> str:
    """A name that was escaped as in an address, as some web pages send it; 100%25.xlsx stays as it is."""
    name = text_of(unquote_to_bytes(text))
    return text if name.isascii() else name


def _decoded(raw: bytes, charset: str) -> str:
    """Bytes in the encoding they are said to be in, where that says anything and is true."""
    if _CHINESE.match(charset):
        charset = "gb18030"
    if _CHARSET.fullmatch(charset):
        try:
            return raw.decode(charset)
        except (UnicodeDecodeError, LookupError):
            pass
    return text_of(raw)
