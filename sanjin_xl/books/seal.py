"""Locks: what XlsxWriter lacks – a locked structure and a strong password hash – and the same bytes every time."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import IO

from sanjin_xl.books.quick_book import QuickWorkbook
from sanjin_xl.books.quick_sheet import QuickWorksheet

CREATED = datetime(2012, 1, 1)
"""The creation date written into a workbook unless the caller names one: the year of the form, never the clock."""

ALLOWED = {"format_columns": True, "format_rows": True}
"""What a clerk may do to a protected sheet besides filling in: widen a column or heighten a row to read its text.

The same permission lets a clerk hide or show rows and columns; reading a return does not depend on either.
"""

_MAX_PASSWORD = 255  # Excel: the longest password its dialogs take
_SHEET_NAMES = ("algorithmName", "hashValue", "saltValue", "spinCount")
_BOOK_NAMES = ("workbookAlgorithmName", "workbookHashValue", "workbookSaltValue", "workbookSpinCount")
_OPTIONS = {
    "in_memory": True,  # no temporary files, and part dates that are constant rather than local time
    # What `write` is given as text stays text: “=1+1”, “http://…”, “007”. (“{=1}” only from XlsxWriter 3.3.1 on;
    # `write_string` is the rule for what a respondent typed.)
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True)
class Lock:
    """A password as Office keeps it: salted and hashed with SHA-512, then hashed again `spins` times."""

    salt: bytes
    digest: bytes
    spins: int

    def attributes(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """The four XML attributes under `names`: algorithm, hash, salt, spin count."""
        values = ("SHA-512", b64encode(self.digest).decode(), b64encode(self.salt).decode(), str(self.spins))
        return list(zip(names, values, strict=True))


@lru_cache(maxsize=2)
def make_lock(password: str, salt: bytes, spins: int = 100_000) -> Lock:
    """Hash a password of 1 to 255 characters; Excel itself uses 16 bytes of salt and 100,000 spins.

    ECMA-376 part 1, 18.3.1.85 (sheetProtection) and 18.2.29 (workbookProtection): the salt precedes the
    password in UTF-16LE, each spin appends its number as four bytes, low byte first. About 0.05 s.
    Raises ValueError for an empty or longer password.
    """
    if not 0 < len(password) <= _MAX_PASSWORD:
        raise ValueError(f"a password has 1 to {_MAX_PASSWORD} characters, not {len(password)}")
    digest = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for spin in range(spins):
        digest = hashlib.sha512(digest + spin.to_bytes(4, "little")).digest()
    return Lock(salt, digest, spins)


class SealedWorksheet(QuickWorksheet):
    """A worksheet whose protection carries the workbook's lock; with `rows_grow` its rows grow with what is typed."""

    def __init__(self, lock: Lock | None) -> None:
        super().__init__()
        self._lock = lock
        self.rows_grow = False

    def protect(self, options: Mapping[str, bool] | None = None) -> None:
        """Protect the sheet under the workbook's lock; `options` as for XlsxWriter, over `ALLOWED`.

        Selecting cells, locked or not, stays allowed; without a lock the sheet is protected without a password.
        """
        super().protect(options={**ALLOWED, **(options or {})})

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # Our formulas keep to functions Excel 2010 knew; XlsxWriter would try eighty newer names on each of them,
        # which takes two thirds of the time of an issued workbook.
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        # A height given for good would cut off a long remark; without the mark Office lets a row grow as it is edited.
        if self.rows_grow and tag == "row":
            attributes = [one for one in attributes if one[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)

    def _xml_empty_tag(self, tag: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        # XlsxWriter builds the attributes of <sheetProtection> and writes them in one go; here they can be added to.
        if self._lock and tag == "sheetProtection":
            attributes = [*self._lock.attributes(_SHEET_NAMES), *attributes]
        super()._xml_empty_tag(tag, attributes)


class SealedWorkbook(QuickWorkbook):
    """A workbook nobody adds, removes, renames or reorders sheets of without the password.

    `target` is a path or a binary stream. Equal content gives equal bytes on one machine, whatever the clock says.
    Without a lock (None) the structure stays open; LibreOffice (7.4) leaves it open in any case. `options` are
    XlsxWriter's constructor options; strings are never turned into formulas, numbers or links unless they say so.
    """

    def __init__(
        self,
        target: str | Path | IO[bytes],
        lock: Lock | None,
        *,
        created: datetime = CREATED,
        options: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(target, {**_OPTIONS, **(options or {})})
        self._lock = lock
        self._created = created
        self.set_properties({})

    def add_worksheet(self, name: str | None = None) -> SealedWorksheet:
        """Add a sheet; it is open until its `protect` is called."""
        sheet: SealedWorksheet = super().add_worksheet(name, worksheet_class=partial(SealedWorksheet, self._lock))
        return sheet

    def set_properties(self, properties: Mapping[str, object]) -> None:
        """Set title, author and the like; the creation date stays the workbook's own unless it is among them."""
        super().set_properties({"created": self._created, **properties})

    def _write_book_views(self) -> None:
        # ECMA-376 part 1, 18.2.27 puts workbookProtection directly before bookViews.
        if self._lock:
            attributes = [*self._lock.attributes(_BOOK_NAMES), ("lockStructure", "1")]
            self._xml_empty_tag("workbookProtection", attributes)
        super()._write_book_views()
