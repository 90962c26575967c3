"""The mails among the samples, as the counties' programs would have written them around the workbooks.

How they spell a name is taken from mails that are public: Foxmail 7 writes GB2312 in encoded words and means GBK, the
page of QQ writes GB18030 in encoded words, and old web systems put the raw bytes of GBK into the header.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from email.utils import format_datetime

from sample_answers import Mail

_RECIPIENT = "hysfj@heyuan.example.cn"


def mail(letter: Mail, name: str, data: bytes) -> bytes:
    """A mail with one workbook; the same one has the same bytes."""
    spell = {"Foxmail": _word("GB2312"), "QQ": _word("gb18030"), "web": _raw}[letter.program]
    boundary = f"----=_001_NextPart{int(hashlib.sha256(data).hexdigest()[:9], 16)}_=----".encode()
    line, (who, address) = b"\r\n--" + boundary, letter.sender
    parts = [
        b'Content-Type: text/plain;\r\n\tcharset="GB2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + _base64(letter.text.encode("gb18030")),
        b"Content-Type: application/octet-stream;\r\n\tname=%b\r\n" % spell(name)
        + b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n\tfilename=%b\r\n\r\n"
        % spell(name)
        + _base64(data),
    ]
    head = [
        b"Date: %b" % format_datetime(letter.date).encode(),
        b"From: %b <%b>" % (spell(who), address.encode()),
        b"To: %b" % _RECIPIENT.encode(),
        b"Subject: %b" % spell(letter.subject).strip(b'"'),
        *([b"X-Mailer: Foxmail 7.0.1.91[cn]"] if letter.program == "Foxmail" else []),
        b"Mime-Version: 1.0",
        b'Content-Type: multipart/mixed;\r\n\tboundary="%b"' % boundary,
    ]
    text = b"\r\n".join(head) + b"\r\n\r\nThis is a multi-part message in MIME format.\r\n"
    return text + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def folder(mails: Sequence[bytes]) -> bytes:
    """A folder of mails (.mbox)."""
    return b"".join(b"From - Fri Oct 19 00:00:00 2012\n" + one.replace(b"\r\n", b"\n") + b"\n\n" for one in mails)


def _word(charset: str) -> Callable[[str], bytes]:
    def spelt(text: str) -> bytes:
        return f'"=?{charset}?B?{base64.b64encode(text.encode("gb18030")).decode()}?="'.encode()

    return spelt


def _raw(text: str) -> bytes:
    return b'"' + text.encode("gbk") + b'"'


def _base64(data: bytes) -> bytes:
    text = base64.b64encode(data)
    return b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
