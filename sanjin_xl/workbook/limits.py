"""Budgets of one file: sizes, counts, lengths and distances beyond which no honest return goes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sanjin_xl.model.errors import Refused

_MARKED = re.compile(rb"<<?[^<>]*>")
_VALUES = re.compile(rb">\s*+([0-9]{1,9})\s*+</")  # whatever the elements are called
_ESCAPED = re.compile(rb"&[^;<]{1,9};|_x[0-9A-Fa-f]{4}_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Budgets of one file; sizes in bytes. Most seen in 400 honest workbooks: ratio 32, 188 parts."""

    file_bytes: int = 20 * 2**20
    parts: int = 1_000
    part_bytes: int = 32 * 2**20
    total_bytes: int = 64 * 2**20
    ratio: int = 100
    ratio_floor: int = 2**16  # a part this small harms nobody, however well it packs
    rows: int = 20_000
    columns: int = 500
    cells: int = 400_000
    grid: int = 2_000_000  # last row × last column: what a reader allots for two far corners
    merges: int = 20_000
    characters: int = 32_767  # of one cell (Excel specifications and limits)
    total_characters: int = 5_000_000  # of all cells, shared texts as often as they are shown
    total_text: int = 64 * 2**20  # bytes of the same, for a reader that makes a text of its own for every cell


LIMITS = Limits()


def check_count(xml: bytes, tag: bytes, limit: int, code: str, part: str) -> None:
    """Raise Refused with a code where a tag stands in a part more often than the limit allows."""
    # Fewer bytes than that cannot hold so many, and most parts are small.
    if len(xml) > limit * len(tag) and xml.count(tag) > limit:
        raise Refused(code, part=part, limit=limit)


def check_length(xml: bytes, separator: bytes, part: str, limits: Limits) -> None:
    """No text longer than a cell can hold; one stretch in question always fills a whole block of half the size."""
    block = limits.characters // 2
    if all(xml.find(separator, at, at + block) >= 0 for at in range(0, len(xml) - block + 1, block)):
        return
    if any(characters_in(stretch) > limits.characters for stretch in xml.split(separator)):
        raise Refused("file-long-text", part=part, limit=limits.characters)


def check_shared(strings: bytes, sheets: Iterable[bytes], limits: Limits) -> None:
    """No more text than a reader has room for that copies a shared string for every cell: 400,000 times 32,767."""
    sizes = [len(item) for item in strings.split(b"</si>")]
    left = limits.total_text
    for sheet in sheets:
        left -= sum(sizes[number] for found in _VALUES.findall(sheet) if (number := int(found)) < len(sizes))
        if left < 0:
            raise Refused("file-much-text", limit=limits.total_characters)


def characters_in(stretch: bytes) -> int:
    """Characters as Excel counts them, in UTF-16, of a stretch of XML that may begin inside a tag."""
    text = _ESCAPED.sub(b"x", _MARKED.sub(b"", b"<" + stretch))
    return len(text.decode("utf-8", "replace").encode("utf-16-le", "replace")) // 2
