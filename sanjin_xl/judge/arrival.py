"""When a return came, by whose word, and whether that was in time.

The day filled in is what the county says, the day received what the city knows. By which of them a return is late
round.toml says (`late_by`); nowhere is that decided but here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import Problem
from sanjin_xl.model.rules import FILLED, Copy, How, Rules, names_file


def with_lateness(rules: Rules, one: Outcome, by_hash: Mapping[str, Outcome], alike: Iterable[Outcome] = ()) -> Outcome:
    """The return with the day by which it is in time or late, and how late it is.

    A corrected copy is as late as the first of what it goes back to: the city itself asked for it. So is a return
    whose answers came before (`alike`). `by_hash`: the returns of the unit that are in 回收/, by their SHA-256.
    """
    first = (each for copy in goes_back_to(rules, one) for each in _corrected(copy, by_hash))
    days = [day for each in (one, *alike, *first) if (day := _day(rules, each))]
    reported_on = min(days, default=None)
    days_late = max(0, (reported_on - rules.due).days) if reported_on else None
    return replace(one, reported_on=reported_on, days_late=days_late)


def _corrected(copy: Copy, by_hash: Mapping[str, Outcome]) -> Iterable[Outcome | Copy]:
    """What a copy was made of. Of one of 0.1.0 the register only knows that there was one."""
    if not copy.corrects:
        return [one for one in by_hash.values() if one.sealed]
    return [by_hash.get(copy.corrects, copy)]


def _day(rules: Rules, one: Outcome | Copy) -> date | None:
    return one.filled_on if rules.late_by == FILLED else one.received


def goes_back_to(rules: Rules, one: Outcome) -> Iterator[Copy]:
    """The correction copies a return goes back to, the last one first; only those that the register knows."""
    copy = rules.copies.get((one.unit or "", one.revision))
    while copy:
        yield copy
        copy = rules.copies.get((one.unit or "", copy.follows))


def is_named_by_path(rules: Rules, one: Outcome) -> bool:
    """Whether round.toml names a file by a path or a name, which another one may bear tomorrow."""
    return any(names_file(key, one.path, sha256="") for key in (*rules.pinned.values(), *rules.received))


def named_alike(rules: Rules, outcomes: Collection[Outcome]) -> frozenset[str]:
    """The paths of the files that round.toml names by nothing but a name which others bear as well."""
    named = {key: [one for one in outcomes if names_file(key, one.path, "") is How.NAME] for key in rules.received}
    hashes = {key: {one.sha256 for one in outcomes if names_file(key, one.path, "")} for key in named}
    return frozenset(one.path for key, alike in named.items() if len(hashes[key]) > 1 for one in alike)


def misnamed(rules: Rules, outcomes: Collection[Outcome]) -> list[Problem]:
    """What round.toml says of files that are not there, or twice of one."""
    known = {name for one in outcomes for name in (one.path, one.sha256)}
    pins = {rules.roster.by_code[code].area: pin for code, pin in rules.pinned.items()}
    problems = [Problem(f"pinned.{name}", "pin-missing", found=pin) for name, pin in pins.items() if pin not in known]
    entered: dict[str, str] = {}
    for key in rules.received:
        named = {one.path: how for one in outcomes if (how := names_file(key, one.path, one.sha256))}
        path = f"received.{key}"
        if not named:
            problems.append(Problem(path, "received-missing"))
        exactly = [name for name, how in named.items() if how in (How.PATH, How.HASH)]
        problems += [Problem(path, "received-twice", found=name) for name in exactly if name in entered]
        entered |= dict.fromkeys(exactly, key)
    return problems
