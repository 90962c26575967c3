"""Whoever looks on while a round is worked on: told how far it is, what became of a file, what was written."""

from collections.abc import Sequence
from pathlib import Path

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import SanjinError
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Ruling


class Watch:
    """Told how a run gets on; this one tells nobody.

    Whatever a method raises ends the run, as an interrupt would: between two files, with the old outputs untouched.
    """

    def stage(self, name: str, done: int, total: int) -> None:
        """So much of a stage is done: one of `messages.cli.STAGES`."""

    def file(self, outcome: Outcome) -> None:
        """A file has been judged, by itself; what counts is settled when all have been."""

    def counted(self, results: Results, history: Sequence[Ruling]) -> None:
        """What the round comes to, before any of it is written; `history` is every ruling ever made, in their order."""

    def wrote(self, path: Path) -> None:
        """An output has been written."""

    def warn(self, warning: SanjinError) -> None:
        """Somebody has to see to this, though the work is done."""


UNWATCHED = Watch()
