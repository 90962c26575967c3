"""A return printed to PDF by LibreOffice and converted back, as the programs that do so leave it: cells by place."""

import io
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import pairwise
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
