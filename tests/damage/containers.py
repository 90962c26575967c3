"""What programs do to a workbook when they save it again."""

import re
from io import BytesIO
from random import Random
from xml.sax.saxutils import escape
from zipfile import ZIP_STORED

from openpyxl import load_workbook

from damage.book import Book, shared_strings, unzipped, zipped
from damage.registry import mutator
from damage.sheets import bare


@mutator("containers", harmless=True)
def saved_by_openpyxl(book: Book, random: Random) -> None:
    """Loaded and saved by openpyxl: formulas without results, which it drops."""
    book.finish.append(_by_openpyxl)


def _by_openpyxl(data: bytes) -> bytes:
    target = BytesIO()
    load_workbook(BytesIO(data)).save(target)
    return target.getvalue()


@mutator("containers")
def written_as_values(book: Book, random: Random) -> None:
    """All sheets written anew as plain values, as a converter or an export from a database does."""
    book.keep_values()
    book.sheets = [bare(sheet.name, sheet) for sheet in book.sheets]


@mutator("containers", harmless=True)
def rezipped(book: Book, random: Random) -> None:
    """Parts stored or packed harder, in another order."""
    method, level = random.choice([(ZIP_STORED, None), (8, 9)])
    shuffled = random.random() < 0.5

    def again(data: bytes) -> bytes:
        parts = list(unzipped(data).items())
        if shuffled:
            random.shuffle(parts)
        return zipped(dict(parts), method, level)

    book.finish.append(again)


@mutator("containers", harmless=True)
def dimension_falsified(book: Book, random: Random) -> None:
    """The sheet says of itself that it is A1 alone, as WPS does."""
    book.sheet.before = re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1"/>', book.sheet.before)


@mutator("containers", harmless=True)
def strings_inline(book: Book, random: Random) -> None:
    """Texts stored in the cells themselves instead of among the shared strings."""
    book.finish.append(_inline)


def _inline(data: bytes) -> bytes:
    parts = unzipped(data)
    strings = shared_strings(parts.get("xl/sharedStrings.xml", b""))
    if not strings:  # written by another program, in its own way
        return data

    def cell(found: re.Match[str]) -> str:
        text = escape(strings[int(found[2])])
        return f'<c{found[1]} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = re.sub(r'<c([^>]*) t="s"><v>(\d+)</v></c>', cell, parts[name].decode()).encode()
    return zipped(parts)
