"""Returns that were printed to PDF by LibreOffice and converted back, cells by place; and forms typed anew."""

import io
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import openpyxl
from office import Office

from sanjin_xl.model.form import Form

_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
_ONE_LINE = 4  # points between the middles of two words
Row = list[str]


class _Word(NamedTuple):
    x: float
    y: float
    text: str


def pages_of(office: Office, form: Form, data: bytes) -> list[list[Row]]:
    """Every printed page as rows of cells: one row a line of print, so that wrapped wordings take several."""
    with tempfile.TemporaryDirectory() as name:
        source, pdf, boxes = (Path(name, f"return.{end}") for end in ("xlsx", "pdf", "html"))
        source.write_bytes(data)
        with office.opened(source) as book:
            office.save(book, pdf, "pdf")
        subprocess.run(["pdftotext", "-bbox-layout", str(pdf), str(boxes)], check=True)
        pages = [[*_words(page)] for page in boxes.read_text(encoding="utf-8").split("<page ")[1:]]
    edges = _edges(form, data, [word for page in pages for word in page])
    return [[_cells(line, edges) for line in _lines(page)] for page in pages]


def workbook(*sheets: Sequence[Row]) -> bytes:
    """A workbook of such sheets."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for sheet in sheets:
        page = book.create_sheet()
        for row in sheet:
            page.append([text or None for text in row])
    del book["Sheet"]
    book.save(out)
    return out.getvalue()


def _words(page: str) -> Iterator[_Word]:
    for left, top, right, bottom, text in _WORD.findall(page):
        yield _Word((float(left) + float(right)) / 2, (float(top) + float(bottom)) / 2, unescape(text))


def _edges(form: Form, data: bytes, words: Sequence[_Word]) -> list[float]:
    """Where the columns end on paper: their widths, laid between the first and the last heading, which are centred."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    shown = [field.heading for field in form.fields.values() if field.heading]
    sizes = {n: size.width for size in sheet.column_dimensions.values() for n in range(size.min, size.max + 1)}
    edges = [sum(sizes[n] for n in range(1, last + 1)) for last in range(len(shown) + 1)]
    middles = [(one + other) / 2 for one, other in pairwise(edges)]
    first, last = (next(word.x for word in words if word.text == shown[at]) for at in (1, -1))
    scale = (last - first) / (middles[-1] - middles[1])
    return [first + (edge - middles[1]) * scale for edge in edges]


def _lines(page: Sequence[_Word]) -> list[list[_Word]]:
    lines: list[list[_Word]] = []
    for word in sorted(page, key=lambda word: word.y):
        if lines and word.y - lines[-1][-1].y < _ONE_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _cells(line: Sequence[_Word], edges: Sequence[float]) -> Row:
    row = [""] * (len(edges) - 1)
    for word in sorted(line):
        at = min(max(0, sum(edge < word.x for edge in edges) - 1), len(row) - 1)
        row[at] = f"{row[at]} {word.text}".strip()
    return row


def retyped(form: Form, entries: Mapping[int, Mapping[str, str]], layout: str) -> list[list[Row]]:
    """The sheets of a form that somebody has typed anew in a layout of their own."""
    top = [["", "填报单位：", "东源县司法局"], ["", "填报期：", "2012年第三季度"], ["", "填报日期：", "2012年9月28日"]]
    heads = [form.fields[name].heading for name in ("number", "text", "points", *form.answers)]
    rows = [
        [
            str(item.number),
            item.text,
            f"{item.points / 100:g}",
            *(entries[item.number].get(n, "") for n in form.answers),
        ]
        for item in form.items
    ]
    half, third = len(rows) // 2, len(rows) // 3
    if layout == "two-up":
        return [[*top, heads * 2, *(left + right for left, right in zip(rows[:half], rows[half:], strict=True))]]
    if layout == "three sheets":
        return [[*top, heads, *rows[at : at + third]] for at in range(0, len(rows), third)]
    if layout == "a sheet each category":
        counts = [len(category.items) for category in form.categories]
        return [[*top, heads, *rows[end - count : end]] for count, end in zip(counts, accumulate(counts), strict=True)]
    if layout == "as on paper":
        paper = ["序号", "内容、标准", "分值", "已落实内容及时间", "拟落实内容及时间", "是否有台帐", "备注"]
        return [[*top, paper, *map(_as_on_paper, rows)]]
    return [[*top, heads, *rows]]


def _as_on_paper(row: Row) -> Row:
    *printed, done, month, planned, planned_month, ledger, remark = row
    boxes = (f"☑ {when}" if tick else "□ ＿＿ 月" for tick, when in ((done, month), (planned, planned_month)))
    return [*printed, *boxes, "有" if ledger else "无", remark]
