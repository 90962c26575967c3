"""The list of mutators: each with its family and whether it may hinder anyone from reading the answers."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from damage.book import Book

Run = Callable[[Book, Random], None]


@dataclass(frozen=True, slots=True)
class Mutator:
    """One way to damage a return.

    `harmless`: every answer must still be read, and no item but those touched may bear an error or a review.
    """

    name: str
    family: str
    run: Run
    harmless: bool

    @property
    def what(self) -> str:
        """What it does, in words."""
        return (self.run.__doc__ or "").strip().split("\n")[0].rstrip(".")


MUTATORS: dict[str, Mutator] = {}


def mutator(family: str, *, harmless: bool = False) -> Callable[[Run], Run]:
    """Register a function that changes a book and its truth."""

    def register(run: Run) -> Run:
        MUTATORS[run.__name__] = Mutator(run.__name__, family, run, harmless)
        return run

    return register
