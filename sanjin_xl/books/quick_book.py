"""A workbook whose formats, style sheet and texts are made once for all workbooks that have the same.

XlsxWriter makes some ninety formats of an issued workbook anew, and the XML of its styles and of some four hundred
texts: a third of the time. The parts here are to the byte what it writes itself (tests/test_quick_sheet.py).
"""

import zlib
from collections.abc import Mapping
from copy import copy
from functools import lru_cache
from io import StringIO
from itertools import chain
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

_STYLES: dict[tuple[object, ...], str] = {}
_LARGE_PART = 1 << 18  # characters; smaller ones are not worth the time
_MOST_STYLES = 64  # kinds of workbooks with the formats that one process makes


class QuickWorkbook(Workbook):  # type: ignore[misc]  # XlsxWriter ships no types
    """XlsxWriter's workbook; a format is not to be changed once it was added."""

    def add_format(self, properties: Mapping[str, object] | None = None) -> Any:
        """Add a format with these properties in XlsxWriter's names."""
        form = copy(_model(*chain.from_iterable({**self.default_format_properties, **(properties or {})}.items())))
        form.xf_format_indices, form.dxf_format_indices = self.xf_format_indices, self.dxf_format_indices
        self.formats.append(form)
        return form

    def _prepare_format_properties(self) -> None:
        # Fonts, borders and fills are numbered only where the style sheet has to be written.
        self._prepare_formats()
        used = *(one.made_of for one in self.xf_formats), "dxf", *(one.made_of for one in self.dxf_formats)
        self.styles_key = *used, self.has_comments, *self.custom_colors
        if self.styles_key not in _STYLES:
            super()._prepare_format_properties()

    def _get_packager(self) -> Packager:
        return _QuickPackager()


@lru_cache(maxsize=4096, typed=True)  # a size of 10 is not written as one of 10.0 is
def _model(*properties: Any) -> Any:
    """A format that belongs to no workbook, for copies of it to be added; `properties`: names and values by turns."""
    form = Format(dict(zip(properties[::2], properties[1::2], strict=True)))
    form._get_format_key()  # the format remembers it, and so do its copies
    form.made_of = repr(properties)
    return form


class _QuickPackager(Packager):  # type: ignore[misc]
    def _filename(self, xml_filename: str) -> "_Part":
        part = _Part()
        self.filenames.append((part, xml_filename, True))
        return part

    def _write_styles_file(self) -> None:
        key = self.workbook.styles_key
        if key in _STYLES:
            self._filename("xl/styles.xml").write(_STYLES[key])
            return
        super()._write_styles_file()
        if len(_STYLES) < _MOST_STYLES:
            _STYLES[key] = self.filenames[-1][0].getvalue().decode()

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            texts = _SharedStrings()
            texts.string_table = self.workbook.str_table
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


class _Part(StringIO):
    """A part, compressed as it grows until it goes into the file: a nation's are 80 MB as texts, 6 MB compressed."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._size, self._packed = 0, list[bytes]()

    def write(self, text: str) -> int:
        self._texts.append(text)
        self._size += len(text)
        if self._size > _LARGE_PART:
            self._packed.append(zlib.compress("".join(self._texts).encode("utf-8"), 1))
            self._texts.clear()
            self._size = 0
        return len(text)

    def getvalue(self) -> bytes:  # type: ignore[override]  # what XlsxWriter takes for a part that is bytes already
        return b"".join([*map(zlib.decompress, self._packed), "".join(self._texts).encode("utf-8")])


class _SharedStrings(SharedStrings):  # type: ignore[misc]
    def _write_sst_strings(self) -> None:
        self.fh.writelines(map(_si, self.string_table.string_array))


@lru_cache(maxsize=10_000)
def _si(text: str) -> str:
    """The XML of a shared text."""
    writer = SharedStrings()
    writer.fh = StringIO()
    writer._write_si(text)
    xml: str = writer.fh.getvalue()
    return xml
