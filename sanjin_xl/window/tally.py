"""How every unit stands, counted once for a board: a page of thousands of units must not ask each of them again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sanjin_xl.judge.pipeline import Status
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.outcome.results import Results, UnitResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a unit stands: `state` is one of `messages.window.STATES`, `filters` those of FILTERS that it is among."""

    state: str
    filters: frozenset[str]
    errors: int
    reviews: int


class Tally:
    """How the units stand, by code, and how many units and files are under each filter."""

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
