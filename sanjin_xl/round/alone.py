"""Judging files by themselves, outside any round's count."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from sanjin_xl.errors import RoundError
from sanjin_xl.form import parse_form
from sanjin_xl.messages import cli as words
from sanjin_xl.period import parse_period
from sanjin_xl.pipeline import Outcome, Processor
from sanjin_xl.roster import parse_roster
from sanjin_xl.round.files import DEFAULT_FORM, DEFAULT_ROSTER, template_text
from sanjin_xl.round.inbox import Entry, list_inbox, take_in
from sanjin_xl.round.work import judged, round_terms
from sanjin_xl.scoring import DEFAULT_POLICY, POLICIES
from sanjin_xl.terms import Terms


def check(files: Iterable[Path], folder: Path | None = None) -> Iterator[Outcome]:
    """Judge files by themselves, by a round's terms if one is given; a folder stands for everything in it."""
    terms = round_terms(folder) if folder else default_terms()
    processor = Processor(terms)
    for path in files:
        if not path.exists():
            raise RoundError("file-missing", path=path)
        entries = list_inbox(path) if path.is_dir() else [Entry(path.name, str(path))]
        for entry in entries:
            for one in take_in(entry):
                yield judged(processor, one)


def default_terms() -> Terms:
    """Terms for a return without a round: the form that ships, its year, no key to verify stamps with."""
    form = parse_form(template_text(DEFAULT_FORM))
    period = parse_period(words.ANY_PERIOD)
    assert period is not None
    last_day = date(period.year, 12, 31)
    roster = parse_roster(template_text(DEFAULT_ROSTER))
    policy = POLICIES[DEFAULT_POLICY]
    return Terms(form=form, roster=roster, period=period, due=last_day, as_of=last_day, policy=policy)
