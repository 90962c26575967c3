"""One run of a command over a round: its settings, its memory, and how the work is done; one run at a time."""

import contextlib
import html
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path

from sanjin_xl.books.seal import Lock
from sanjin_xl.model.errors import Refused, RoundError, SanjinError
from sanjin_xl.model.period import Period
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.stamp import Claim, read_full
from sanjin_xl.outcome.former import Former, parse_former
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.config import (
    CONFIG,
    CORRECTED,
    FEEDBACK,
    ISSUED,
    RESULTS_FILE,
    RULED,
    SUMMARY,
    Config,
    read_config,
)
from sanjin_xl.round.keys import Keys, read_keys
from sanjin_xl.round.lock import only_one
from sanjin_xl.round.outputs import LARGEST_BOOK, LARGEST_RESULTS, WORKSHOP, clear_leftovers, read_own
from sanjin_xl.round.pools import MakeExecutor, Pools, local_pool
from sanjin_xl.round.register import BACKUP, REGISTER, Register
from sanjin_xl.round.standby import Standby
from sanjin_xl.round.watch import UNWATCHED, Watch
from sanjin_xl.workbook.package import open_package


@dataclass(frozen=True, kw_only=True)
class Run:
    """A command at work in a folder; `rules` are those of round.toml with the key and the latest issues.

    `workers` processes, by default one per processor; `make_executor` puts another executor in their place, `standby`
    such as have been started before.
    """

    folder: Path
    config: Config
    keys: Keys
    rules: Rules
    former: Former | None
    register: Register
    watch: Watch = UNWATCHED
    workers: int | None = None
    make_executor: MakeExecutor | None = None
    standby: Standby | None = None
    pools: Pools = field(default_factory=Pools)

    @property
    def executors(self) -> MakeExecutor | None:
        """What gives executors in the place of fresh processes of this machine, if anything does."""
        return self.make_executor or (self.standby.lend if self.standby else None)

    def lender(self, workers: int) -> MakeExecutor:
        """What gives executors, of processes that have worked for this run before where there are any."""
        return self.executors or partial(self.pools.lend, partial(local_pool, workers))

    @cached_property
    def lock(self) -> Lock:
        return self.keys.lock()

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.folder / WORKSHOP / "archive")


@contextmanager
def opened(
    folder: Path,
    *,
    as_of: date | None = None,
    previous: Path | None = None,
    compare: bool = True,
    watch: Watch = UNWATCHED,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
    standby: Standby | None = None,
) -> Iterator[Run]:
    """Open a round for one run, which nobody else works on meanwhile.

    `previous`: the folder of the former round, by default the one round.toml names unless there is to be no comparison.
    """
    config, keys = read_config(folder, as_of), read_keys(folder)
    place = previous or (config.previous if compare else None)
    former = read_rounds(place, config.rules.form.id, config.rules.period, watch) if place else None
    with only_one(folder / WORKSHOP), closing(_register(folder, config)) as register, closing(Pools()) as pools:
        clear_leftovers(folder / name for name in (WORKSHOP, ISSUED, CORRECTED, RULED, SUMMARY, FEEDBACK))
        clear_leftovers((folder / WORKSHOP / "archive").glob("*"))
        yield Run(
            folder=folder,
            config=config,
            keys=keys,
            rules=_sealed(folder, config, keys, register),
            former=former,
            register=register,
            watch=watch,
            workers=workers,
            make_executor=make_executor,
            standby=standby,
            pools=pools,
        )


@contextmanager
def registered(folder: Path, config: Config | None = None) -> Iterator[tuple[Config, Register]]:
    """The settings, unless they have just been read, and the register of a round, whoever works on it."""
    config = config or read_config(folder)
    with closing(_register(folder, config)) as register:
        yield config, register


@contextmanager
def reading(folder: Path) -> Iterator[Run]:
    """A round as a run sees it, whoever works on it; nothing is to be written by it, and no former round is read."""
    config, keys = read_config(folder), read_keys(folder)
    with closing(_register(folder, config)) as register:
        rules = _sealed(folder, config, keys, register)
        yield Run(folder=folder, config=config, keys=keys, rules=rules, former=None, register=register)


def round_rules(folder: Path, as_of: date | None = None) -> Rules:
    """The rules of a round with its key and its latest issues, whoever works on it."""
    with registered(folder) as (config, register):
        rules = _sealed(folder, config, read_keys(folder), register)
    return replace(rules, as_of=as_of or rules.as_of)


def _register(folder: Path, config: Config) -> Register:
    """The register of a round, which must know of what the folder shows to have been issued and received."""
    hidden = folder / WORKSHOP
    archived = any((hidden / "archive").glob("??/*")) or (hidden / BACKUP).exists()
    return Register(hidden / REGISTER, issued=any(_issued(folder, config)), archived=archived)


def _issued(folder: Path, config: Config) -> Iterator[Path]:
    """The issued workbooks in 发放/, known by the name of a unit at the head of theirs."""
    units = tuple(unit.name for unit in config.rules.roster.units)
    return (path for path in sorted((folder / ISSUED).glob("*.xlsx")) if path.name.startswith(units))


def _sealed(folder: Path, config: Config, keys: Keys, register: Register) -> Rules:
    """The rules with the key, which must be the one of this round, and the latest issues."""
    latest = {unit: issue for unit, (issue, _) in register.latest_issues().items()}
    if register.key() is None and (not latest or _seals_what_is_issued(folder, config, keys)):
        register.note_key(keys.fingerprint)
    if register.key() not in (None, keys.fingerprint):
        raise RoundError("round-key-other", path=folder / WORKSHOP / "key")
    return replace(config.rules, key=keys.secret, issues=latest, copies=register.corrections())


def _seals_what_is_issued(folder: Path, config: Config, keys: Keys) -> bool:
    """Whether a workbook in 发放/ bears a seal made with this key; raises RoundError where all bear another's.

    A register of 0.1.0 does not tell the key; where nothing lies in 发放/ any more, the returns have to.
    """
    seals = [claim.holds(keys.secret) for path in _issued(folder, config) for claim in _claims(path)]
    if seals and not any(seals):
        raise RoundError("round-key-other", path=folder / WORKSHOP / "key")
    return bool(seals)


def _claims(path: Path) -> Iterator[Claim]:
    """The stamp in the document properties of an issued workbook, if it has one."""
    with contextlib.suppress(OSError, RoundError, Refused, KeyError):
        properties = open_package(read_own(path, LARGEST_BOOK)).part("docProps/custom.xml").decode("utf-8", "replace")
        for text in re.findall(r">([^<>]*)<", properties):
            if claim := read_full(html.unescape(text)):
                yield claim


def read_rounds(folder: Path, form: str, period: Period, watch: Watch = UNWATCHED) -> Former:
    """The results of the round in `folder`, and of those it names as its own former ones.

    Raises RoundError as `read_former` does; what is wrong with a round further back ends the chain and is told.
    """
    former = read_former(folder, form, period)
    try:
        previous = read_config(folder).previous if (folder / CONFIG).is_file() else None
        earlier = read_rounds(previous, form, former.period, watch) if previous else None
    except SanjinError as error:
        watch.warn(error)
        earlier = None
    # Only of the last round is it asked what was answered.
    return replace(former, earlier=earlier and _without_answers(earlier))


def _without_answers(former: Former) -> Former:
    return replace(former, units={code: replace(one, answers={}) for code, one in former.units.items()})


def read_former(folder: Path, form: str, period: Period) -> Former:
    """The results of the round in `folder`, which must be of the form with this id and end before this period.

    Raises RoundError when there are none, they cannot be read, or they are of another form or no former one.
    """
    path = folder / SUMMARY / RESULTS_FILE
    try:
        text = read_own(path, LARGEST_RESULTS).decode()
    except FileNotFoundError as error:
        raise RoundError("previous-missing", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RoundError("previous-unreadable", path=path) from error
    former = parse_former(text, form, str(path))
    # It may have begun on the same day: a half-year before the first nine months.
    if former.period.end >= period.end:
        raise RoundError("previous-not-earlier", path=path, found=former.period.label, period=period.label)
    return former
