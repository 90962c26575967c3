"""The stream of an .xls: its records, and how texts stand in them."""

import struct
from collections.abc import Iterator

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.records import wide_text

# Record types (2.3).
_BOF, _EOF, CONTINUE = 0x809, 0x0A, 0x3C
_HEAD = struct.Struct("<2H")
COUNTED = struct.Struct("<HB")  # the characters of a text and its flags
_BIFF8 = 0x0600
WIDE = 1  # the flag of a text in two bytes a character


def records(stream: bytes, at: int, kind: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part of the stream, but for those of charts in it; raises Refused if it is not of a kind."""
    depth, end = 0, len(stream)
    if stream[at : at + 2] != b"\x09\x08" or struct.unpack_from("<4x2H", stream, at) != (_BIFF8, kind):
        raise Refused("file-unreadable")
    unpack = _HEAD.unpack_from
    while at + 4 <= end:
        number, length = unpack(stream, at)
        start = at + 4
        at = start + length
        if at > end:
            break
        if number == _BOF:
            depth += 1
        elif number == _EOF:
            depth -= 1
            if not depth:
                return
        elif depth == 1:
            yield number, stream[start:at]
    raise Refused("file-cut-off")


def short(body: bytes, at: int) -> str:
    """A text after a byte that counts its characters and a byte of flags (2.5.240)."""
    count, flags = body[at], body[at + 1]
    return characters(body, at + 2, count, flags)


def text(body: bytes, at: int = 0) -> str:
    """A text after two bytes that count its characters (2.5.294)."""
    count, flags = COUNTED.unpack_from(body, at)
    return characters(body, at + 3, count, flags)


def characters(body: bytes, at: int, count: int, flags: int, errors: str = "replace") -> str:
    """So many characters of a text, of one byte or, by its flags, of two."""
    if flags & WIDE:
        return wide_text(body[at : at + 2 * count], errors)
    return body[at : at + count].decode("latin-1")
