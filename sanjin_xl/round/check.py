"""Judging files by themselves, outside any round's count."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.messages import cli as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.period import parse_period
from sanjin_xl.model.roster import parse_roster
from sanjin_xl.model.rules import Rules
from sanjin_xl.round.inbox import Entry, list_inbox, shown_name, take_in
from sanjin_xl.round.run import round_rules
from sanjin_xl.round.shipped import DEFAULT_FORM, DEFAULT_ROSTER, form_of, template_text
from sanjin_xl.round.workers import cores, judge_all, local_pool


def rules_for(folder: Path | None) -> Rules:
    """The rules to judge single files by: a round's, or those of no round."""
    return round_rules(folder) if folder else default_rules()


def check(files: Iterable[Path], rules: Rules) -> Iterator[Outcome]:
    """Judge files by themselves; a folder stands for everything in it, and a path that is not there has its outcome."""
    entries = [entry for path in files for entry in _entries(path)]
    taken = (one for entry in entries for one in take_in(entry))
    workers = max(1, min(cores(), len(entries) // 8))
    return judge_all(rules, taken, partial(local_pool, workers), workers)


def _entries(path: Path) -> list[Entry]:
    shown = shown_name(path.as_posix())
    if not _is_folder(path):
        return [Entry(shown, str(path))]
    try:
        return list_inbox(path)
    except RoundError:  # it cannot be listed
        return [Entry(shown, str(path), unreadable=True)]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no right to look
        return False


def default_rules() -> Rules:
    """Rules for a return without a round: the form that ships, its year, no key to verify stamps with."""
    form = form_of(DEFAULT_FORM)
    period = parse_period(words.ANY_PERIOD)
    assert period is not None
    last_day = date(period.year, 12, 31)
    roster = parse_roster(template_text(DEFAULT_ROSTER))
    return Rules(
        form=form,
        roster=roster,
        period=period,
        due=last_day,
        as_of=last_day,
        policies=form.policies,
        policy=form.policies[form.policy],
    )
