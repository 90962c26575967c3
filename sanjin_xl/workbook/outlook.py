"""A mail as Outlook saves it (.msg, MS-OXMSG): the same as of a mail in text, from storages and their properties.

__properties_version1.0 · __substg1.0_0037001F (subject) · __attach_version1.0_#00000000 ─ __substg1.0_37010102 (bytes)
"""

import struct
from datetime import UTC, datetime, timedelta
from functools import partial

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.contents import Contents, Letter, Part, text_of
from sanjin_xl.workbook.mail import open_mail
from sanjin_xl.workbook.ole import Storage, open_storages
from sanjin_xl.workbook.sniff import Kind, sniff

_PROPERTIES = "__properties_version1.0"
_ATTACHMENT = "__attach_version1.0_"
_DATA, _EMBEDDED = "__substg1.0_37010102", "__substg1.0_3701000d"
# Numbers of properties (MS-OXPROPS): the names of an attachment, the longest first; its content id; the addresses and
# names of the sender; the subject; the times of delivery and of sending.
_NAMES = ("3707", "3704", "3001")
_CONTENT_ID = "3712"
_ADDRESSES = ("5d01", "5d02", "0c1f", "0065")
_SENDERS = ("0c1a", "0042")
_SUBJECT, _CLASS = "0037", "001a"
_HEAD = 100
# Classes of messages that programs write (MS-OXOMSG 2.2.3, MS-OXOCAL 2.2.2), and what is said of them.
_OF_MACHINES = (
    ("report.", ".ipnrn", "skipped-receipt"),
    ("report.", ".ipnnrn", "skipped-receipt"),
    ("report.", "", "file-mail-returned"),
    ("ipm.schedule.meeting.", "", "skipped-card"),
)
_TIMES = (0x0E06, 0x0039)
_TIME = 0x0040
_PROPERTY = struct.Struct("<HHL8s")


def open_msg(data: bytes) -> Contents:
    """What is attached to a mail of Outlook, messages in it too; raises Refused for an unsound one."""
    return _contents(open_storages(data), header=32)


def _contents(message: Storage, header: int) -> Contents:
    """The contents of a message, whose properties stand behind a header of so many bytes (2.4)."""
    letter = Letter(_sender(message), _arrived(message, header))
    kind = _text(message, _CLASS).lower()
    for begins, ends, code in _OF_MACHINES:
        if kind.startswith(begins) and kind.endswith(ends):
            return Contents([], letter, code)
    attached = [message.storages[name] for name in sorted(message.storages) if name.startswith(_ATTACHMENT)]
    return Contents([_part(one) for one in attached], letter)


def _part(attached: Storage) -> Part:
    name = next((text for number in _NAMES if (text := _text(attached, number))), "")
    if _DATA in attached.streams:
        data = attached.streams[_DATA]
        if data[:_HEAD].lower().startswith(b"content-type: multipart/signed"):
            return Part(name, data, opens=partial(open_mail, data))  # a signed mail keeps all of itself so
        inline = bool(_text(attached, _CONTENT_ID)) and sniff(data) is Kind.PICTURE
        return Part(name, data, skipped="skipped-mail-picture" if inline else None)
    embedded = attached.storages.get(_EMBEDDED)
    if embedded is None:
        return Part(name, refused=Refused("file-mail-link"))  # it lies elsewhere, on a server
    if _PROPERTIES not in embedded.streams:
        return Part(name, refused=Refused("file-mail-object"))  # drawn into the letter by another program
    return Part(f"{name or _text(embedded, _SUBJECT)}.msg", opens=partial(_contents, embedded, header=24))


def _text(storage: Storage, number: str) -> str:
    if (wide := storage.streams.get(f"__substg1.0_{number}001f")) is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return text_of(storage.streams.get(f"__substg1.0_{number}001e", b"").rstrip(b"\0"))


def _sender(message: Storage) -> str | None:
    """An address, where there is one that leads out of the sender's own office; else a name."""
    addresses = [text for number in _ADDRESSES if "@" in (text := _text(message, number))]
    names = [text for number in _SENDERS if (text := _text(message, number))]
    return next(iter([*(one.strip().lower() for one in addresses), *names]), None)


def _arrived(message: Storage, header: int) -> datetime | None:
    lines = message.streams.get(_PROPERTIES, b"")[header:]
    times = {
        number: _time(value)
        for kind, number, _, value in _PROPERTY.iter_unpack(lines[: len(lines) // 16 * 16])
        if kind == _TIME
    }
    return next((time for number in _TIMES if (time := times.get(number))), None)


def _time(value: bytes) -> datetime | None:
    """A time in tenths of a microsecond since 1601 (MS-DTYP 2.3.3)."""
    (tenths,) = struct.unpack("<Q", value)
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=tenths // 10)
    except OverflowError:
        return None
