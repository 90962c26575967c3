"""Containers of returns opened into their members, one within another, all of one file within one budget.

A .zip of 0.6 MB held 20,006 lines in zips within zips, one of 6.5 MB unpacked to 620 MB. So members are counted and
weighed over everything a file holds, however deep. It runs in a worker process, which is bound in memory and time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.package import Package, open_archive
from sanjin_xl.workbook.sniff import Kind, sniff

_TEMPORARY = ("~$", ".~")
_SYSTEM_NAMES = frozenset({".sanjin", ".ds_store", "thumbs.db", "desktop.ini", ".localized", "__macosx", "icon\r"})


@dataclass(slots=True)
class Budget:
    """What one file may hold: how many members and bytes in all, and how deep containers may lie in one another."""

    members: int = 300
    size: int = 100 * 2**20
    depth: int = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its path, `inner.zip!b.xlsx` inside a further container, and its bytes, or why there are none."""

    path: str
    data: bytes | None = None
    skipped: str | None = None
    refused: Refused | None = None


CONTAINERS: Mapping[Kind, Callable[[bytes], Package]] = {Kind.ZIP: open_archive}
"""What is opened into members, and by what, which raises Refused and nothing else."""


def is_container(data: bytes) -> bool:
    return sniff(data) in CONTAINERS


def members(data: bytes, budget: Budget | None = None) -> list[Member]:
    """Everything in a container, containers in it opened as well; one that cannot be is a member with its reason.

    Raises Refused where the container itself cannot be opened, holds nothing, or holds more than the budget.
    """
    found = list(_members(data, budget or Budget(), 1))
    if not found:
        raise Refused("file-archive-empty")
    return found


def _members(data: bytes, budget: Budget, depth: int) -> Iterator[Member]:
    container = CONTAINERS[sniff(data)](data)
    for name in sorted(container.names):
        if name.endswith("/"):
            continue  # a folder holds nothing itself
        content = container.part(name)
        _pay(budget, content)
        reason = _reason_to_skip(name)
        if reason:
            yield Member(visible_name(name), skipped=reason)
        elif is_container(content):
            yield from _inside(name, content, budget, depth + 1)
        else:
            yield Member(visible_name(name), content)


def _pay(budget: Budget, content: bytes) -> None:
    budget.members -= 1
    budget.size -= len(content)
    if budget.members < 0:
        raise Refused("file-archive-many", limit=Budget().members)
    if budget.size < 0:
        raise Refused("file-archive-large", limit=Budget().size)


def _inside(name: str, data: bytes, budget: Budget, depth: int) -> Iterator[Member]:
    """The members of a container in a container; damaged, it costs itself and nothing beside it."""
    try:
        if depth > budget.depth:
            raise Refused("file-archive-depth", limit=budget.depth)
        inner = list(_members(data, budget, depth))
        if not inner:
            raise Refused("file-archive-empty")
    except Refused as refused:
        if budget.members < 0 or budget.size < 0:
            raise
        yield Member(visible_name(name), data, refused=refused)
        return
    for one in inner:
        yield Member(f"{visible_name(name)}!{one.path}", one.data, one.skipped, one.refused)


def _reason_to_skip(path: str) -> str | None:
    parts = [part for part in path.split("/") if part]
    if parts and parts[-1].startswith("._"):  # what a Mac keeps beside a file
        return "skipped-system"
    return next((why for part in parts if (why := reason_to_skip(part))), None)


def reason_to_skip(name: str) -> str | None:
    """Why a file or folder of this name is none that anybody sent, None if it may be one."""
    if name.startswith(_TEMPORARY):
        return "skipped-temporary"
    return "skipped-system" if name.lower() in _SYSTEM_NAMES else None


def visible_name(name: str) -> str:
    """A name on one line, with everything that cannot be printed escaped: a line break must not break a list."""
    text = visible(name)
    return "".join(char if char.isprintable() or char == "\u3000" else ascii(char)[1:-1] for char in text)
