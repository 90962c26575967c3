"""Mails made up for a test, byte by byte, as programs of different offices send them."""

import base64
import zlib
from collections.abc import Sequence
from urllib.parse import quote_from_bytes

SENDER = "sfj@dongyuan.example.cn"
DATE = "Wed, 10 Oct 2012 09:30:00 +0800"
NAME = "东源县司法局.xlsx"
OCTETS = b"Content-Type: application/octet-stream\r\n"


def wrapped(data: bytes) -> bytes:
    """Base64 in lines of 76 characters."""
    text = base64.b64encode(data)
    return b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def attachment(data: bytes, head: bytes = OCTETS, disposition: bytes = b"") -> bytes:
    """A part in base64; `head` are its own headers, each with its line end."""
    placed = b"Content-Disposition: " + disposition + b"\r\n" if disposition else b""
    return head + placed + b"Content-Transfer-Encoding: base64\r\n\r\n" + wrapped(data)


def named(data: bytes, name: str = NAME) -> bytes:
    """A part with a name by RFC 2231."""
    return attachment(data, disposition=b"attachment; filename*=UTF-8''" + quote_from_bytes(name.encode()).encode())


def text(words: str = "请查收。") -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode()


def multipart(parts: Sequence[bytes], kind: str = "mixed", boundary: str = "") -> bytes:
    """Parts in one, without the headers that a mail has besides."""
    boundary = boundary or f"=_{zlib.crc32(b''.join(parts)):08x}"
    line = b"\r\n--" + boundary.encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def mail(
    *parts: bytes, sender: str = SENDER, date: str | None = DATE, subject: str = "report", head: str = ""
) -> bytes:
    """A mail of these parts, or with the one that there is as its body; `head`: further headers, above the others."""
    dated = f"Date: {date}\r\n" if date else ""
    lines = f"{head}From: <{sender}>\r\nTo: city@example.cn\r\n{dated}Subject: {subject}\r\nMIME-Version: 1.0\r\n"
    return lines.encode() + (parts[0] if len(parts) == 1 else multipart(parts))


def folder(*mails: bytes) -> bytes:
    """A folder of mails (.mbox), lines that begin with From quoted."""
    lines = b"From a@example.cn Wed Oct 10 09:30:00 2012\n"
    return b"".join(lines + one.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ") + b"\n\n" for one in mails)


def nested(depth: int) -> bytes:
    """A mail of parts within parts, each with a boundary of its own."""
    inner = text()
    for n in range(depth):
        inner = multipart([inner], boundary=f"b{n}")
    return mail(inner)


def forwarded(inner: bytes, name: str = "") -> bytes:
    """A message as a part of another."""
    placed = f'Content-Disposition: attachment; filename="{name}"\r\n'.encode() if name else b""
    return b"Content-Type: message/rfc822\r\n" + placed + b"\r\n" + inner


# Each is to cost one line: name, the bytes, the reason.
BOMBS = [
    ("许多参数.eml", mail(b"Content-Type: a/b" + b";a=1" * 50_000 + b"\r\n\r\nx"), "file-mail-head"),
    ("许多引号.eml", mail(b"Content-Type: a/b" + b';a="\\"' * 10_000 + b"\r\n\r\nx"), None),
    ("许多部分.eml", mail(*[text()] * 100_000), "file-mail-parts"),
    ("许多层.eml", nested(5_000), "file-mail-depth"),
    ("部分头.eml", mail(b"X: " + b"a" * 70_000 + b"\r\n\r\n", text()), "file-mail-head"),
    ("编码词.eml", mail(text(), subject="=?utf-8?B?5Lic?= " * 3_000), "file-mail-bare"),
    ("没有结尾.eml", mail(text("begin 644 a\r\n" * 100_000)), "file-mail-bare"),
    ("许多表.eml", mail(text(("UEsDB" + "A" * 60 + "\r\n\r\n") * 20_000)), "file-mail-parts"),
    ("一张长表.eml", mail(text(("UEsDB" + "A" * 60 + "\r\n") * 30_000 + "!")), None),
    ("许多邮件.mbox", folder(*[mail(text())] * 400), "file-archive-many"),
    ("全是横线.eml", mail(multipart([text()], boundary="-" * 60) + b"\r\n" + b"-" * 2_000_000), None),
]
