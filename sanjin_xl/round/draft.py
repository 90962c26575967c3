"""A mail as a draft (.eml) that a mail program opens ready to be sent; the same draft has the same bytes."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.header import Header
from email.utils import format_datetime
from urllib.parse import quote

from sanjin_xl.model.period import BEIJING
from sanjin_xl.workbook.mail import OWN_BOUNDARY

_LINE = 76  # characters, RFC 2045
_ZIP = "application/zip"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter to a unit with one workbook, or a .zip of it; `day`: of the round, for a draft knows no clock."""

    to: Sequence[str]
    cc: Sequence[str]
    subject: str
    body: str
    name: str
    data: bytes
    day: date

    def as_bytes(self) -> bytes:
        """The draft as a mail. X-Unsent makes Outlook open it for writing."""
        boundary = f"{OWN_BOUNDARY}{hashlib.sha256(self.data + self.body.encode()).hexdigest()[:24]}"
        head = [
            "X-Unsent: 1",
            *([f"To: {_listed(self.to)}"] if self.to else []),
            *([f"Cc: {_listed(self.cc)}"] if self.cc else []),
            f"Subject: {_words(self.subject, 'Subject')}",
            f"Date: {format_datetime(datetime.combine(self.day, time(), BEIJING))}",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{boundary}"',
        ]
        text = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"]
        # Older programs look for the name in words (RFC 2047), newer ones in percent signs (RFC 2231).
        book = [
            f'Content-Type: {_ZIP if self.name.endswith(".zip") else _XLSX};\r\n name="{_words(self.name, "name")}"',
            "Content-Transfer-Encoding: base64",
            f"Content-Disposition: attachment;\r\n filename*=UTF-8''{quote(self.name)}",
        ]
        lines = [
            *head, "", f"--{boundary}", *text, "", _base64(self.body.replace("\n", "\r\n").encode()),
            f"--{boundary}", *book, "", _base64(self.data), f"--{boundary}--", "",
        ]  # fmt: skip
        return "\r\n".join(lines).encode("ascii")


def _words(text: str, header: str) -> str:
    """A header's text in encoded words, none of which cuts a character in two."""
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _listed(addresses: Sequence[str]) -> str:
    return ",\r\n ".join(addresses)


def _base64(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return "\r\n".join(text[at : at + _LINE] for at in range(0, len(text), _LINE))
