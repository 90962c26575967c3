"""Budgets of a worksheet's XML: counts, lengths and distances beyond which no honest form goes."""

import re

from sanjin_xl.model.cellref import column_number
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.package import Limits

_MARKED = re.compile(rb"<[^>]*>")
_COMMENTED = re.compile(rb"\sref\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,18})")
_ESCAPED = re.compile(rb"&[^;<]{1,9};|_x[0-9A-Fa-f]{4}_")


def check_count(xml: bytes, tag: bytes, limit: int, code: str, part: str) -> None:
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


def characters_in(stretch: bytes) -> int:
    """Characters as Excel counts them, in UTF-16, of a stretch of XML that may begin inside a tag."""
    text = _ESCAPED.sub(b"x", _MARKED.sub(b"", b"<" + stretch))
    return len(text.decode("utf-8", "replace").encode("utf-16-le", "replace")) // 2


def check_comments(xml: bytes, part: str, limits: Limits) -> None:
    """No comment far out: openpyxl makes a cell for it, and whoever walks through the sheet never arrives."""
    for letters, row in _COMMENTED.findall(xml):
        if int(row) > limits.rows or column_number(letters.decode()) >= limits.columns:
            raise Refused("file-far-cell", part=part, cell=(letters + row).decode())
