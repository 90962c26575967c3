"""What a round came to when it was last looked at, and how every unit of it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sanjin_xl.books.ruling_rows import OpenItem, OpenWhole, Questions
from sanjin_xl.books.summary import sentences
from sanjin_xl.judge.pipeline import Status
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.review.rulings import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a unit stands: `state` is one of `messages.window.STATES`, `filters` those of FILTERS that it is among."""

    state: str
    filters: frozenset[str]
    errors: int
    reviews: int


class Tally:
    """How the units stand, by code, and how many units and files are under each filter.

    Counted once for a board: a page of thousands of units must not ask each of them again.
    """

    def __init__(self, results: Results) -> None:
        self.units: Mapping[str, Stands] = {one.unit.code: stands(one) for one in results.units}
        numbers = Counter(name for one in self.units.values() for name in one.filters)
        # Files stand in a table of their own, under two filters.
        numbers["unused"] = sum(one.status is not Status.COUNTED for one in results.files)
        numbers["to-do"] += sum(one.status is Status.REJECTED for one in results.files)
        self.numbers: Mapping[str, int] = numbers


def stands(one: UnitResult) -> Stands:
    """How one unit stands."""
    if one.outcome is None:
        return Stands(state="missing", filters=frozenset(("all", "to-do", "missing")), errors=0, reviews=0)
    errors, reviews = len(one.findings(Severity.ERROR)), len(one.findings(Severity.REVIEW))
    to_correct = bool(one.to_correct())
    filters = {"all", "reported"}
    facts = {"pending": reviews, "to-correct": to_correct, "to-do": to_correct, "late": one.days_late}
    filters |= {name for name, so in facts.items() if so}
    state = "to-correct" if to_correct else "pending" if errors or reviews else "final"
    return Stands(state=state, filters=frozenset(filters), errors=errors, reviews=reviews)


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a round came to when it was last looked at: nothing on a page is computed anew from anything else.

    `history`: every ruling ever made, in the order they were made. `read_at`: when, in China.
    """

    results: Results
    history: Sequence[Ruling]
    read_at: datetime

    @cached_property
    def tally(self) -> Tally:
        return Tally(self.results)

    @cached_property
    def notes(self) -> list[str]:
        """What is to be known to read the ranking, as under it on 排名."""
        return sentences.notes(self.results)

    @cached_property
    def ranking(self) -> list[UnitResult]:
        return self.results.ranking()

    @cached_property
    def questions(self) -> Questions:
        """What is open, in the order of the ruling table."""
        return Questions(self.results)

    @cached_property
    def waiting(self) -> list[OpenItem | OpenWhole]:
        """What waits for the city, which is what `Results.pending` counts and whatever a ruling cannot settle."""
        asked: list[OpenItem | OpenWhole] = [*self.questions.items, *self.questions.whole]
        return [one for one in asked if self.questions.waits(one)]

    @cached_property
    def with_counties(self) -> list[OpenItem]:
        """The items that wait for the county alone, on which the city may rule all the same."""
        return [one for one in self.questions.items if not self.questions.waits(one)]

    @property
    def to_do(self) -> Mapping[str, int]:
        """What each step still asks of somebody."""
        faults = sum(found.asks for found in self.results.table_findings)
        return {"returns": self.tally.numbers["to-do"], "rulings": len(self.waiting) + faults}
