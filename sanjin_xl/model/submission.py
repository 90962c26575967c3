"""What one return says, as typed answers with what was really typed beside them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import TypeVar

from sanjin_xl.model.fields import ANSWERS

Months = tuple[int, ...]
Value = TypeVar("Value")
_PLACES = {name: place for place, name in enumerate(ANSWERS)}
_UNREAD = ("",) * len(ANSWERS)


class ByNumber(Mapping[int, Value]):
    """Something for each of the items 1…n, read like a dictionary; in a fifth of its memory, for there are millions."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[Value]) -> None:
        self._values = tuple(values)

    def __getitem__(self, number: int) -> Value:
        if number < 1:
            raise KeyError(number)
        try:
            return self._values[number - 1]
        except IndexError:
            raise KeyError(number) from None

    def get(self, number: int, default: object = None) -> object:  # type: ignore[override]
        # Mapping's own goes through an exception and three calls; this one is asked millions of times.
        return self._values[number - 1] if 0 < number <= len(self._values) else default

    def values(self) -> tuple[Value, ...]:  # type: ignore[override]
        return self._values

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self._values) + 1))

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one item.

    `done`, `planned`, `ledger`: None where what was typed is unclear. Months: a tuple of 1–12, empty for blank,
    None for unclear. `remark`: the text as typed. `extra`: what was written in columns that the form declares,
    by field. `raw`: the cells as they were read, which `typed` gives by field.
    """

    done: bool | None = False
    done_month: Months | None = ()
    planned: bool | None = False
    planned_month: Months | None = ()
    ledger: bool | None = False
    remark: str = ""
    extra: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    raw: tuple[object, ...] = field(default=(), compare=False)

    def value(self, name: str) -> bool | Months | str | None:
        """What a field was read as; a column the form declares is "" where nothing was written."""
        return getattr(self, name) if name in _PLACES else dict(self.extra).get(name, "")

    def typed(self, name: str) -> object:
        """What stood in the cell of a field, as it was read; "" where no cell was read."""
        return (self.raw or _UNREAD)[_PLACES[name]] if name in _PLACES else self.value(name)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was said about the item."""
        return self == BLANK


def typed_in(*names: str) -> Callable[[Answer], tuple[object, ...]]:
    """A function that gives what stood in the cells of several fields: faster than to ask for one after the other."""
    get = itemgetter(*(_PLACES[name] for name in names))
    return lambda answer: get(answer.raw or _UNREAD)


BLANK = Answer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A return read into typed answers.

    `answers` has one entry per item that was found, by number. `cells` holds the addresses of its answers in the
    returned sheet, which `cell` gives by field, and `sheets` the name of the sheet for items of a further one.
    `own_scores` are the sheet's own figures in hundredths by item number, `own_total` its total, as cached in the file;
    None where there was no number. `own_sum`: what the figures shown add up to, typed ones as well. `signers`: what
    stands behind 填表人, 审核人, 负责人 and 联系电话. `policy` is the one its formulas were issued under, "" where that
    is lost. `hidden`: the items in hidden rows. `fields`: the names of the answers, as in `cells`.
    """

    answers: Mapping[int, Answer]
    cells: Mapping[int, tuple[str, ...]]
    sheets: Mapping[int, str] = field(default_factory=dict)
    filled_on: date | None = None
    own_scores: Mapping[int, int | None] = field(default_factory=dict)
    own_total: int | None = None
    own_sum: int | None = None
    signers: tuple[str, ...] = ()
    policy: str = ""
    hidden: frozenset[int] = frozenset()
    fields: tuple[str, ...] = ANSWERS

    def answer(self, number: int) -> Answer:
        """The answer to an item; a blank one for an item that was not found."""
        return self.answers.get(number, BLANK)

    @property
    def extras(self) -> tuple[str, ...]:
        """The names of the columns that the form declares."""
        return self.fields[len(ANSWERS) :]

    def cell(self, number: int, name: str) -> str | None:
        """The address of an item's answer, "" where its column is missing, None for an item that was not found."""
        cells = self.cells.get(number)
        return cells[self.fields.index(name)] if cells else None
