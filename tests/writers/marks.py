"""What a person sees on a return and is no value, put there by other programs' own means, each on an item of its own.

A client's `mark(data, format, cells)` does to each cell what its name says and saves; `MARKS` there are those it can
write, by format. `EXPECTED` says what must become of each.
"""

import struct
import zlib
from functools import cache
from types import ModuleType

import rounds
from rounds import blank, clean, fill, planned

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.cellref import address
from sanjin_xl.model.layout import layout_of

TICK = "P"  # in Wingdings 2
WORDS = "已于9月落实"
BELOW = f"第31项{WORDS}"
# mark → the item it is put on, the field, the code that must be found there
EXPECTED: dict[str, tuple[int, str, str]] = {
    "shape": (2, "ledger", "answer-drawing"),
    "text box": (3, "ledger", "answer-drawing"),
    "picture": (4, "ledger", "answer-drawing"),
    "ticked box": (5, "ledger", "answer-drawing"),
    "unticked box": (6, "done", "answer-drawing"),
    "comment": (7, "done", "answer-comment"),
    "thread": (21, "done", "answer-comment"),
    "struck": (8, "done", "answer-struck"),
    "partly struck": (9, "remark", "answer-struck"),
    "white": (10, "done", "answer-unseen"),
    "partly white": (11, "remark", "answer-unseen"),
    "tiny": (12, "done", "answer-unseen"),
    "hidden by format": (13, "done", "answer-unseen"),
    "number hidden by format": (14, "ledger", "answer-unseen"),
    "low row": (15, "done", "answer-unseen"),
    "symbol font": (16, "ledger", "tick-normalised"),
    "symbol font in part": (17, "ledger", "tick-normalised"),
    "other mark by format": (18, "ledger", "answer-shown-otherwise"),
    "other text by format": (19, "done", "answer-shown-otherwise"),
    "colour": (20, "ledger", "answer-coloured"),
    "words over the hint": (22, "hint", "words-beside"),
    "words over the score": (23, "score", "words-beside"),
    "words as remark": (30, "remark", "remark-answers"),
    "words beside": (29, "beside", "words-beside"),
    "words below": (31, "below", "words-beside"),  # they name the item
}
WORDS_ONLY = frozenset(mark for mark in EXPECTED if mark.startswith("words"))
NARROW = "narrow column"  # about the sheet, and no item of it
PLANNED = (98, 102, 105, 106, 107)  # the only ones whose planned month is filled in: the narrow column
_LEDGER = ("shape", "text box", "picture", "ticked box", "symbol font", "symbol font in part", "colour")
_REMARKED = {9: "原写三次，实为两次", 11: "见附件二"}
PARTS = {"partly struck": "原写三次", "partly white": "附件二"}


@cache
def unmarked() -> bytes:
    """A return with nothing to ask, but for the items on which only words will stand."""
    form = rounds.the_form()
    entries = clean(form)
    for mark, (item, field, _) in EXPECTED.items():
        if mark.startswith("words"):
            entries[item] = blank()
        elif field == "ledger":
            entries[item] = entries[item] | {"ledger": ""}
    entries |= {item: entries[item] | {"remark": text} for item, text in _REMARKED.items()}
    entries |= {item: planned(month=12) for item in PLANNED}
    return fill(form, entries)


def cells(client: ModuleType, format: str) -> dict[str, str]:
    """Where a client puts what, by the name of the mark."""
    layout = layout_of(rounds.the_form())
    right = max(layout.places.values()) + 2
    outside = {"beside": address(layout.row(29), right), "below": address(layout.sign_row + 2, 1)}
    found = {
        mark: outside.get(field) or layout.cell(item, field)
        for mark, (item, field, _) in EXPECTED.items()
        if mark in client.MARKS[format]
    }
    narrow = {NARROW: layout.cell(PLANNED[0], "planned_month")} if NARROW in client.MARKS[format] else {}
    return found | narrow


@cache
def outcome(client: ModuleType, format: str) -> Outcome:
    """What is made of the workbook with all the marks that a client can put there."""
    return rounds.judge(client.mark(unmarked(), format, cells(client, format)), "东源县司法局.bin")


def picture() -> bytes:
    """A red square as PNG."""
    rows = (b"\0" + b"\xff\0\0" * 8) * 8
    header = struct.pack(">2L5B", 8, 8, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
