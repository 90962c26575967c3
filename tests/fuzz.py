"""Random harm to a real return, to see that nothing but an outcome ever leaves `process_file`.

    PYTHONPATH=tests python -m fuzz --cases 10000 [--seed 1]

Runs with the memory a file may take on top of what the program itself holds, and times every case. Three sorts of
harm: to the bytes of the file, to the XML of one part in a container that is sound again afterwards, and to the cells.
"""

import argparse
import io
import random
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from rounds import clean, fill, rules, the_form

from sanjin_xl.judge.pipeline import Processor

SECONDS = 2.0
BYTES = 150 * 2**20

Harm = Callable[[random.Random, bytes], bytes]


def harm_bytes(rng: random.Random, data: bytes) -> bytes:
    """One to eight edits anywhere: bytes set, cut out, doubled, or the end cut off."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at, length = rng.randrange(len(changed)), rng.choice((1, 1, 2, 4, 64, 1024))
        edit = rng.randrange(4)
        if edit == 0:
            changed[at] = rng.randrange(256)
        elif edit == 1:
            del changed[at : at + length]
        elif edit == 2:
            changed[at:at] = changed[at : at + length]
        else:
            del changed[max(1, at) :]
        if not changed:
            break
    return bytes(changed)


def harm_markup(rng: random.Random, data: bytes) -> bytes:
    """A few edits to the XML of one part, in a container written anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = rng.choice([*parts, "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
    for _ in range(rng.randint(1, 5)):
        parts[name] = _edit_markup(rng, parts[name])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for part, content in parts.items():
            book.writestr(part, content)
    return target.getvalue()


def _edit_markup(rng: random.Random, xml: bytes) -> bytes:
    tags = list(re.finditer(rb"<[^>]*>", xml))
    if not tags:
        return xml
    tag, other = rng.choice(tags), rng.choice(tags)
    edits = (
        lambda: xml[: tag.start()] + xml[tag.end() :],
        lambda: xml[: tag.start()] + tag[0] + xml[tag.start() :],
        lambda: xml[: tag.start()] + other[0] + xml[tag.end() :],
        lambda: xml[: min(tag.start(), other.start())] + xml[max(tag.start(), other.start()) :],
        lambda: re.sub(rb"\d+", lambda number: str(rng.choice(_NUMBERS)).encode(), xml, count=rng.randint(1, 40)),
        lambda: xml[: tag.end()] + rng.choice(_TEXTS).encode() + xml[tag.end() :],
    )
    return rng.choice(edits)()


_NUMBERS = (0, 1, 2, 3, 12, 13, 99, 1048576, 4294967295, 99999999999, -1)
_TEXTS = ("", "√", "3月", "&amp;", "&lt;", "&#0;", "&x;", "\ufffe", "]]>", "<!-- -->", "<v>1</v>", "x" * 40_000)


def harm_cells(rng: random.Random, data: bytes) -> bytes:
    """The form's own cells in a new workbook, some rows moved or gone, some cells holding something else."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    rows: list[list[Any]] = [list(row) for row in sheet.to_python()]
    for _ in range(rng.choice((0, 1, 5, 40))):
        rows.insert(rng.randrange(len(rows)), rows.pop(rng.randrange(len(rows))))
    for _ in range(rng.choice((0, 1, 20, 400))):
        rows[rng.randrange(len(rows))][rng.randrange(13)] = _odd_value(rng)
    for _ in range(rng.choice((0, 0, 1, 3))):
        place = rng.randrange(13)
        rows = [row[:place] + row[place + 1 :] for row in rows] if rng.random() < 0.5 else rows
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for _ in range(rng.choice((1, 1, 2))):
        sheet = book.add_worksheet()
        for n, row in enumerate(rows, start=rng.choice((0, 0, 3))):
            sheet.write_row(n, 0, row)
    book.close()
    return target.getvalue()


def _odd_value(rng: random.Random) -> object:
    return rng.choice([
        rng.choice(the_form().items).text, f"#{rng.randrange(130):03d}", rng.randint(-5, 130), rng.random() * 40_000,
        True, "", "√", f"{rng.randint(0, 14)}月", "3、6月", rng.choice(_TEXTS[:4]), "考核项目", "备注",
        "SJ1|a|b|c|441625|1|AAAAAAAAAAAAAAAA", "=1/0",
    ])  # fmt: skip


HARMS: dict[str, Harm] = {"bytes": harm_bytes, "markup": harm_markup, "cells": harm_cells}


def bind_memory() -> None:
    """Allow this process no more than what it holds now and one file's worth."""
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + BYTES, held + BYTES))


def run(cases: int, seed: int) -> Counter[tuple[str, str]]:
    """What became of each case; raises AssertionError naming the case that took too long."""
    processor = Processor(rules())
    good = fill(the_form(), clean(the_form()))
    processor.process_file(good, "good.xlsx")
    fates: Counter[tuple[str, str]] = Counter()
    for case in range(cases):
        rng = random.Random(f"{seed}/{case}")
        name = rng.choice(list(HARMS))
        data = HARMS[name](rng, good)
        started = time.process_time()
        outcome = processor.process_file(data, f"{case}.xlsx")
        took = time.process_time() - started
        assert took < SECONDS, f"seed {seed} case {case} ({name}) took {took:.1f} s"
        fates[name, outcome.reason or outcome.status.value] += 1
    return fates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if sys.platform == "linux":
        run(5, 0)  # load everything first
        bind_memory()
    for (name, fate), count in sorted(run(options.cases, options.seed).items()):
        print(f"{name:8}{fate:24}{count:6}")


if __name__ == "__main__":
    main()
