"""Containers of returns opened into their members, one within another, all of one file within one budget.

A .zip of 0.6 MB held 20,006 lines in zips within zips, one of 6.5 MB unpacked to 620 MB. So members are counted and
weighed over everything a file holds, however deep. It runs in a worker process, which is bound in memory and time.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sanjin_xl.messages import files as words
from sanjin_xl.messages import letters as letter_words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.period import BEIJING
from sanjin_xl.round.seven_zip import open_with_7zip
from sanjin_xl.workbook.contents import Contents, Letter, Part
from sanjin_xl.workbook.mail import open_mail, open_mail_folder
from sanjin_xl.workbook.outlook import open_msg
from sanjin_xl.workbook.package import Package, open_archive
from sanjin_xl.workbook.sniff import Kind, sniff

_TEMPORARY = ("~$", ".~")
_SYSTEM_NAMES = frozenset({".sanjin", ".ds_store", "thumbs.db", "desktop.ini", ".localized", "__macosx", "icon\r"})
_SIGNATURES = frozenset({"smime.p7s", "signature.asc"})  # of signed mails


@dataclass(slots=True)
class Budget:
    """What one file may hold: how many members and bytes in all, and how deep containers may lie in one another."""

    members: int = 300
    size: int = 100 * 2**20
    depth: int = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its path, `inner.zip!b.xlsx` inside a further container, and its bytes, or why there are none.

    Without a path it is the container itself. `received` and `sender`: of the mail it came by, if it did.
    """

    path: str
    data: bytes | None = None
    skipped: str | None = None
    refused: Refused | None = None
    received: date | None = None
    sender: str | None = None

    def within(self, name: str) -> "Member":
        return replace(self, path=f"{name}!{self.path}" if self.path else name)


CONTAINERS: Mapping[Kind, Callable[[bytes], Package | Contents]] = {
    Kind.ZIP: open_archive,
    Kind.RAR: open_with_7zip,
    Kind.SEVEN_ZIP: open_with_7zip,
    Kind.MAIL: open_mail,
    Kind.MAIL_FOLDER: open_mail_folder,
    Kind.MSG: open_msg,
}
"""What is opened into members, and by what, which raises Refused and nothing else."""


def is_container(data: bytes) -> bool:
    """Whether a file is an archive or a mail, with files of its own in it."""
    return sniff(data) in CONTAINERS


def members(data: bytes, budget: Budget | None = None) -> list[Member]:
    """Everything in a container, containers in it opened as well; one that cannot be is a member with its reason.

    Raises Refused where the container itself cannot be opened, holds nothing, or holds more than the budget.
    """
    found = list(_members(_whole(data), budget or Budget(), 1, Letter()))
    if not found:
        raise Refused("file-archive-empty")
    return found


def _whole(data: bytes) -> Part:
    return Part("", data, opens=partial(_opened, data))


def _opened(data: bytes) -> Contents:
    found = CONTAINERS[sniff(data)](data)
    if isinstance(found, Contents):
        return found
    # A name that ends so is a folder's, which holds nothing itself.
    return Contents(Part(name, found.part(name)) for name in sorted(found.names) if not name.endswith("/"))


def _members(container: Part, budget: Budget, depth: int, around: Letter) -> Iterator[Member]:
    """The members of a container that is to be opened; `around`: the letter that it came with."""
    assert container.opens
    contents = container.opens()
    letter = _innermost(contents.letter, around)
    member = partial(Member, received=_day(letter.arrived), sender=letter.sender)
    sent = False
    for n, part in enumerate(contents.parts, start=1):
        _pay(budget, part.data)
        # Some programs send the path that a file had at the sender's, and nobody else needs to know.
        own = re.split(r"[/\\]", part.name)[-1] if contents.letter else part.name
        name = visible_name(own) or words.ATTACHMENT.format(n=n)
        reason = part.skipped or _reason_to_skip(part.name)
        sent = sent or not reason
        if reason:
            yield member(name, skipped=reason)
        elif part.refused:
            yield member(name, part.data or None, refused=part.refused)
        elif part.opens or is_container(part.data):
            yield from _inside(name, part, budget, depth + 1, letter)
        else:
            yield member(name, part.data)
    if contents.letter and not sent:
        if contents.lacking.startswith("skipped-"):
            yield member("", skipped=contents.lacking)
        else:
            who = letter.sender or words.NOBODY
            yield member("", container.data or None, refused=Refused(contents.lacking, sender=who))


def _innermost(letter: Letter | None, around: Letter) -> Letter:
    """What is known of how a thing was sent: by whom the innermost letter says, when the outermost did arrive.

    A mail that is forwarded later came later; what the inner one says of its day nobody here has seen.
    """
    return Letter(letter.sender or around.sender, around.arrived or letter.arrived) if letter else around


def _day(when: datetime | None) -> date | None:
    """The day of a time here; one that tells no zone, or that is beyond all calendars, as it is written."""
    with contextlib.suppress(OverflowError):
        return when.astimezone(BEIJING).date() if when and when.tzinfo else when and when.date()
    return when and when.date()


def _pay(budget: Budget, content: bytes) -> None:
    budget.members -= 1
    budget.size -= len(content)
    if budget.members < 0:
        raise Refused("file-archive-many", limit=Budget().members)
    if budget.size < 0:
        raise Refused("file-archive-large", limit=Budget().size)


def _inside(name: str, part: Part, budget: Budget, depth: int, letter: Letter) -> Iterator[Member]:
    """The members of a container in a container; damaged, it costs itself and nothing beside it."""
    try:
        if depth > budget.depth:
            raise Refused("file-archive-depth", limit=budget.depth)
        inner = list(_members(part if part.opens else _whole(part.data), budget, depth, letter))
        if not inner:
            raise Refused("file-archive-empty")
    except Refused as refused:
        if budget.members < 0 or budget.size < 0:
            raise
        yield Member(name, part.data or None, refused=refused, received=_day(letter.arrived), sender=letter.sender)
        return
    for one in inner:
        yield one.within(name)


def _reason_to_skip(path: str) -> str | None:
    parts = [part for part in path.split("/") if part]
    # What a Mac keeps beside a file, and a mail program beside a letter.
    if parts and (parts[-1].startswith("._") or parts[-1].lower() in _SIGNATURES):
        return "skipped-system"
    return next((why for part in parts if (why := reason_to_skip(part))), None)


def reason_to_skip(name: str) -> str | None:
    """Why a file or folder of this name is none that anybody sent, None if it may be one."""
    if name.startswith(_TEMPORARY):
        return "skipped-temporary"
    if name in (letter_words.CHECKS_NAME, letter_words.SUMS_NAME):
        return "skipped-checks"
    return "skipped-system" if name.lower() in _SYSTEM_NAMES else None


def visible_name(name: str) -> str:
    """A name on one line, with everything that cannot be printed escaped: a line break must not break a list."""
    text = visible(name)
    return "".join(char if char.isprintable() or char == "\u3000" else ascii(char)[1:-1] for char in text)
