"""The columns of the sheet as data: layout, workbook, formulas, reader, checks and results derive from this table.

The answers `done` … `remark` are those every form has; a form file may declare further ones, all of them texts, which
stand in front of the self-score. In results.json an answer has its name for a key, the declared ones under `extra`.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_LONGEST = 1_000  # characters that are folded
_REMEMBERED = 400  # characters of a text that may be a word or a wording of the form
_SPACES = re.compile(r"\s+")


class Kind(StrEnum):
    """What stands in a column: what is ticked, dated or written by a respondent, or what is locked."""

    TICK = "tick"
    MONTH = "month"
    TEXT = "text"
    PRINTED = "printed"
    COMPUTED = "computed"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column: its heading in a form ("" for the hidden one), its width in characters, and what it asks for.

    `prompt` is what a declared column tells the respondent; the words of the others are those of `messages.template`.
    """

    name: str
    kind: Kind
    width: float
    heading: str = ""
    prompt: str = ""

    @property
    def scored(self) -> bool:
        """Whether points and hints hang on it; a text is only carried."""
        return self.kind in (Kind.TICK, Kind.MONTH)

    @property
    def open(self) -> bool:
        """Whether a respondent writes in it; all else is locked."""
        return self.scored or self.kind is Kind.TEXT


# Left to right; what a form declares stands behind the last open one.
FIELDS = (
    Field(name="category", kind=Kind.PRINTED, width=10),
    Field(name="number", kind=Kind.PRINTED, width=5),
    Field(name="text", kind=Kind.PRINTED, width=50),
    Field(name="points", kind=Kind.PRINTED, width=8),
    Field(name="done", kind=Kind.TICK, width=7),
    Field(name="done_month", kind=Kind.MONTH, width=9),
    Field(name="planned", kind=Kind.TICK, width=7),
    Field(name="planned_month", kind=Kind.MONTH, width=11),
    Field(name="ledger", kind=Kind.TICK, width=11),
    Field(name="remark", kind=Kind.TEXT, width=18),
    Field(name="score", kind=Kind.COMPUTED, width=10),
    Field(name="hint", kind=Kind.COMPUTED, width=34),
    Field(name="code", kind=Kind.HIDDEN, width=8),
)
TICKS = tuple(field.name for field in FIELDS if field.kind is Kind.TICK)
MONTHS = tuple(field.name for field in FIELDS if field.kind is Kind.MONTH)
CHOICES = tuple(field.name for field in FIELDS if field.scored)
ANSWERS = tuple(field.name for field in FIELDS if field.open)
"""The answers of every form, in the order of the sheet; those a form declares follow (`Form.answers`)."""


def folded(text: str) -> str:
    """A text without differences of width (NFKC); a long one, which is no word of any form, stays as it is.

    Many marks over one letter are put in their order by the square of their number: 32,000 of them take two seconds.
    """
    return unicodedata.normalize("NFKC", text) if len(text) <= _LONGEST else text


def normal_text(text: str) -> str:
    """A text without white space and differences of width; 帐 and 账, which the paper itself mixes, count as one."""
    return _known_text(text) if len(text) <= _REMEMBERED else _normal_text(text)


def _normal_text(text: str) -> str:
    return _SPACES.sub("", folded(text)).replace("帐", "账")


_known_text = lru_cache(maxsize=4096)(_normal_text)
