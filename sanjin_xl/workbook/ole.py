"""The gate of the containers that came before zip (MS-CFB): chains of sectors that end, stay apart and are there.

A file is cut into sectors. A table says of each which one follows it, the directory where each stream begins:

    directory: Workbook begins at 7, has 1,200 bytes · table: 7 → 8, 8 → 12, 12 → end

Readers follow a chain that leads back into itself until memory is full, and read two streams from the same sectors. So
here every chain is followed once, through sectors that no other has, before anybody else opens the file.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.limits import LIMITS, Limits

_SHAPE, _PLACES = struct.Struct("<30xH"), struct.Struct("<44xLL4x5L")  # 2.2
_IN_HEADER = struct.Struct("<76x109L")
_ENTRY = struct.Struct("<64sHBx3L36xLQ")  # 2.6.1
_NONE = 0xFFFFFFFA  # from here on a number is no sector
_END = 0xFFFFFFFE
_MINI_SHIFT = 6
_STORAGE, _STREAM = 1, 2
_DEEPEST = 16  # storages in one another; a message in a message lies two deeper


class _Entry(NamedTuple):
    """A line of the directory: name in small letters, kind, neighbours and child, where it begins, how long it is."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    first: int
    size: int


class Storage(NamedTuple):
    """What is stored under one name, or in the whole file: streams and further storages, by names in small letters."""

    streams: Mapping[str, bytes]
    storages: "Mapping[str, Storage]"


def open_compound(data: bytes, limits: Limits = LIMITS) -> Mapping[str, bytes]:
    """The streams at the root of a container by their names in small letters; raises Refused for an unsound one.

    What is embedded lies deeper and is only looked over.
    """
    return _sectors(data, limits).root(deepest=0).streams


def open_storages(data: bytes, limits: Limits = LIMITS) -> Storage:
    """Everything in a container; raises Refused for an unsound one, or one that nests too deep."""
    return _sectors(data, limits).root(_DEEPEST)


def _sectors(data: bytes, limits: Limits) -> "_Sectors":
    if len(data) > limits.file_bytes:
        raise Refused("file-too-large", found=len(data), limit=limits.file_bytes)
    if len(data) < 512 or _SHAPE.unpack_from(data)[0] not in (9, 12):
        raise Refused("file-unreadable")
    return _Sectors(data)


class _Sectors:
    """The sectors of a file, of which each is given out once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        (self._shift,) = _SHAPE.unpack_from(data)
        tables, directory, self._cutoff, mini, _, more, _ = _PLACES.unpack_from(data)
        self._taken: set[int] = set()
        self._next: Sequence[int] = self._table(tables, more)
        self._entries = self._directory(directory)
        self._next_mini = _numbers(self._chain(mini)) if mini < _NONE else ()

    def root(self, deepest: int) -> Storage:
        """What hangs on the root, storages `deepest` deep with all that is in them."""
        root = self._entries[0]
        self._minis = self._chain(root.first)[: root.size] if root.size else b""
        self._minis_taken: set[int] = set()
        # All of them, for other readers look at those that nobody needs too.
        self._contents = [self._content(entry) if entry.kind == _STREAM else b"" for entry in self._entries]
        self._seen: set[int] = set()
        return self._storage(root, deepest)

    def _storage(self, of: _Entry, deepest: int) -> Storage:
        entries = {self._entries[at].name: at for at in self._below(of)}
        streams = {name: self._contents[at] for name, at in entries.items() if self._entries[at].kind == _STREAM}
        storages = [self._entries[at] for at in entries.values() if self._entries[at].kind == _STORAGE]
        if not deepest:
            return Storage(streams, {})
        if deepest == 1 and storages:
            raise Refused("file-too-complex")
        return Storage(streams, {one.name: self._storage(one, deepest - 1) for one in storages})

    def _below(self, storage: _Entry) -> list[int]:
        """The lines of the directory that hang on one of them, by their tree."""
        found: dict[str, int] = {}
        ahead = [storage.child]
        while ahead:
            at = ahead.pop()
            if at >= len(self._entries):
                continue
            entry = self._entries[at]
            if at in self._seen or entry.name in found:
                raise Refused("file-duplicate-part", part=entry.name)
            self._seen.add(at)
            found[entry.name] = at
            ahead += [entry.left, entry.right]
        return list(found.values())

    def _table(self, count: int, more: int) -> Sequence[int]:
        """Which sector follows each: from the sectors named in the header, and in a chain of further ones (2.5)."""
        named = [*_IN_HEADER.unpack_from(self._data)]
        while more < _NONE:
            *further, more = _numbers(self._read([more]))
            named += further
        return _numbers(self._read([one for one in named if one < _NONE][:count]))

    def _read(self, sectors: list[int]) -> bytes:
        """The bytes of some sectors, none of which may be asked for again."""
        known = len(self._taken)
        self._taken.update(sectors)
        if len(self._taken) < known + len(sectors):
            raise Refused("file-overlap")
        if sectors and (max(sectors) + 1) << self._shift >= len(self._data):
            raise Refused("file-cut-off")
        return b"".join(self._data[(one + 1) << self._shift : (one + 2) << self._shift] for one in sectors)

    def _chain(self, first: int) -> bytes:
        return self._read(_followed(self._next, first))

    def _directory(self, first: int) -> list[_Entry]:
        lines = self._chain(first)
        if len(lines) < _ENTRY.size:
            raise Refused("file-unreadable")
        return [self._entry(lines, at) for at in range(0, len(lines) - _ENTRY.size + 1, _ENTRY.size)]

    def _entry(self, lines: bytes, at: int) -> _Entry:
        name, length, kind, left, right, child, first, size = _ENTRY.unpack_from(lines, at)
        text = name[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        # With small sectors the upper half of the size may be anything (2.6.3).
        return _Entry(text, kind, left, right, child, first, size if self._shift > 9 else size & 0xFFFFFFFF)

    def _content(self, entry: _Entry) -> bytes:
        if not entry.size:
            return b""
        content = self._mini(entry.first) if entry.size < self._cutoff else self._chain(entry.first)
        if len(content) < entry.size:
            raise Refused("file-cut-off", part=entry.name)
        return content[: entry.size]

    def _mini(self, first: int) -> bytes:
        """A short stream, from the small sectors of which one long stream is made (2.4)."""
        starts = [one << _MINI_SHIFT for one in _followed(self._next_mini, first)]
        known = len(self._minis_taken)
        self._minis_taken.update(starts)
        if len(self._minis_taken) < known + len(starts):
            raise Refused("file-overlap")
        return b"".join(self._minis[one : one + (1 << _MINI_SHIFT)] for one in starts)


def _numbers(sectors: bytes) -> tuple[int, ...]:
    return tuple(number for (number,) in struct.iter_unpack("<L", sectors[: len(sectors) // 4 * 4]))


def _followed(table: Sequence[int], first: int) -> list[int]:
    """The numbers of a chain; raises Refused for one that is longer than the table, since it leads into itself."""
    found: list[int] = []
    while first != _END:
        if first >= len(table) or len(found) > len(table):
            raise Refused("file-unreadable" if first >= len(table) else "file-overlap")
        found.append(first)
        first = table[first]
    return found
