"""The columns of the two sheets of the ruling table, and those that somebody added."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the headings of `messages.rulings`, width in characters, look, and who may write in it.

    An added column has no name.
    """

    name: str
    width: float
    look: str = "text"
    open: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """Columns somebody added to a sheet: their headings, and their texts by the key of the row."""

    headings: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_DECISION = (
    Column("reason", 20, open=True),
    Column("who", 8, "centre", open=True),
    Column("day", 10.5, "day", open=True),
    Column("confirm", 5.5, "centre", open=True),
)
_KEYS = (Column("key", 12, hidden=True), Column("basis", 18, hidden=True))
ITEM_COLUMNS = (
    Column("unit", 9, "centre"),
    Column("item", 4.5, "centre"),
    Column("text", 32),
    Column("full", 5.5, "points"),
    Column("auto", 5.5, "points"),
    Column("high", 5.5, "points"),
    Column("answer", 19),
    Column("questions", 25),
    Column("points", 7, "points", open=True),
    Column("not_applicable", 5, "centre", open=True),
    *_DECISION,
    Column("status", 16),
    *_KEYS,
    Column("step", 6, "points", hidden=True),
)
WHOLE_COLUMNS = (
    Column("unit", 16, "centre"),
    Column("severity", 6, "centre"),
    Column("whole_questions", 48),
    Column("advice", 30),
    Column("settled", 7, "centre", open=True),
    *_DECISION,
    Column("status", 16),
    *_KEYS,
)
ADDED_COLUMN = Column("", 16, open=True)
