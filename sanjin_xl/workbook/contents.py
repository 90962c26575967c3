"""What is in a container: its parts as they are told, and the letter they came by, if it is a mail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sanjin_xl.model.errors import Refused

_HEAD = 4096  # bytes in which the lines of a mail show how they end


@dataclass(frozen=True, slots=True)
class Letter:
    """By whom a mail says it was sent (an address, or a name where there is none), and when it arrived.

    The time has its zone where the mail tells one.
    """

    sender: str | None = None
    arrived: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name ("" for none) and bytes, or why there are none.

    `opens` gives what is in it, where that is known to be a message whatever it looks like, or has no bytes of its own.
    """

    name: str
    data: bytes = b""
    skipped: str | None = None
    refused: Refused | None = None
    opens: "Callable[[], Contents] | None" = None


@dataclass(frozen=True, slots=True)
class Contents:
    """The parts of a container; `lacking` is what is said of a mail without any that counts, a code for its reason."""

    parts: Iterable[Part]
    letter: Letter | None = None
    lacking: str = "file-mail-bare"


def with_breaks(data: bytes) -> bytes:
    """A mail with the line ends of mails, where a program has turned all of them into CR, or into CR CR LF."""
    head = data[:_HEAD]
    if b"\r\r\n" in head:
        return data.replace(b"\r\r\n", b"\r\n")
    return data if b"\n" in head else data.replace(b"\r", b"\n")


def text_of(raw: bytes) -> str:
    """A name whose encoding nobody tells: strict UTF-8, else GB18030, else the bytes escaped.

    The other order turns the UTF-8 names of five of our six counties into valid GBK garbage.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("ascii", "backslashreplace")
