"""核定/核定表.xlsx: what the city has typed into it goes into the register, and it is made anew from there."""

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sanjin_xl import messages
from sanjin_xl.books.ruling_table import ruling_bytes
from sanjin_xl.books.seal import Lock
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.errors import RoundError, WorkbookError
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.entries import merge, spread
from sanjin_xl.review.rulings import Ruling, brought_up, fault
from sanjin_xl.review.table_reader import Table, read_table
from sanjin_xl.round.config import RULED, RULINGS_FILE
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own, write_whole
from sanjin_xl.round.run import Run, registered
from sanjin_xl.round.side_by_side import Output

_UNPLACED = frozenset(("ruling-unplaced", "ruling-conflict", "ruling-overtaken", "ruling-kind"))
_WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv"))


@dataclass(frozen=True, slots=True)
class Rulings:
    """Every entry ever made, what was wrong with the table, and the table as it was read (None: there was none)."""

    history: Sequence[Ruling] = ()
    findings: tuple[Finding, ...] = ()
    table: Table = field(default_factory=Table)
    data: bytes | None = None

    @property
    def placed(self) -> bool:
        """Whether everything in the table went into the register, so that it can be made anew."""
        return not {one.code for one in self.findings} & _UNPLACED


def take_rulings(run: Run, outcomes: Mapping[str, Outcome]) -> Rulings:
    """Note in the register what is new in the table; `outcomes`: the counted return per unit code.

    Raises WorkbookError("rulings-unreadable") when there is a table that cannot be read.
    """
    path, register = run.folder / RULED / RULINGS_FILE, run.register
    carried = _carried(run)
    findings = _ignored(path)
    data = _read(path)
    register.note_rulings(brought_up(run.rules, register.rulings(), outcomes))
    if data is None:
        return Rulings([*carried, *register.rulings()], findings)
    table = _table(run, data)
    history = [*carried, *register.rulings()]
    entries = spread(run.rules, history, table.entries, table.kinds, outcomes)
    new, conflicts = merge(run.rules, history, entries, outcomes)
    findings = (*table.findings, *conflicts, *findings)
    # Notes beside the table, colours, a row left out: what the register does not hold is kept as it came.
    run.archive.keep(hashlib.sha256(data).hexdigest(), data)
    register.note_rulings([*new, *brought_up(run.rules, new, outcomes)])
    return Rulings([*carried, *register.rulings()], findings, table, data)


def read_ahead(run: Run) -> None:
    """Read the table that has just been written, for whoever counts next: at 122 units that takes a second."""
    with contextlib.suppress(WorkbookError):
        if data := _read(run.folder / RULED / RULINGS_FILE):
            _table(run, data)


def _table(run: Run, data: bytes) -> Table:
    # Which correction copies were made changes nothing in it.
    rules, path = replace(run.rules, copies={}), str(run.folder / RULED / RULINGS_FILE)
    return run.standby.read_table(data, rules, path) if run.standby else read_table(data, rules, path)


def enter(folder: Path, rulings: Sequence[Ruling]) -> None:
    """Note rulings made outside the table, all or none; the table follows at the next ingest, until which all is stale.

    Their basis is what whoever ruled has seen. Raises RoundError("ruling-faulty") where one cannot hold.
    """
    with registered(folder) as (config, register):
        for one in rulings:
            if found := fault(config.rules, one):
                raise RoundError("ruling-faulty", detail=messages.seen(found))
        register.note_rulings(rulings)
        # What is written is older than they are, until it has been written anew.
        register.note_inbox("")


def _carried(run: Run) -> list[Ruling]:
    """The standing rulings of the former round on units and items there still are; the register has none of them."""
    rules, standing = run.rules, run.former.standing if run.former else ()
    items = range(1, len(rules.form.items) + 1)
    return [one for one in standing if one.unit in rules.roster.by_code and one.item in items]


def _read(path: Path) -> bytes | None:
    try:
        return read_own(path, LARGEST_BOOK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorkbookError("rulings-unreadable", path=str(path), detail=words.CANNOT_OPEN) from error


def _ignored(path: Path) -> tuple[Finding, ...]:
    """Other workbooks beside the table, such as a copy under another name or format: only one table counts."""
    if not path.parent.is_dir():
        return ()
    others = sorted(one.name for one in path.parent.iterdir() if _is_workbook(one) and one.name != path.name)
    return tuple(finding("ruling-file-ignored", found=name) for name in others)


def _is_workbook(path: Path) -> bool:
    # Excel keeps ~$核定表.xlsx there while the table is open, LibreOffice .~lock.核定表.xlsx#, the file manager ._….
    return path.suffix.lower() in _WORKBOOKS and not path.name.startswith(("~", "."))


def ruling_outputs(run: Run, rulings: Rulings) -> list[Output]:
    """What makes the table anew, unless rows of it still wait for somebody to put them right."""
    path = run.folder / RULED / RULINGS_FILE
    return [partial(_write_table, path, rulings, run.lock)] if rulings.placed else []


def _write_table(path: Path, rulings: Rulings, lock: Lock, results: Results) -> list[Path]:
    """Raises WorkbookError when the table is open in Excel, or has been changed since it was read."""
    if _read(path) != rulings.data:
        raise WorkbookError("rulings-changed", path=str(path))
    write_whole(path, ruling_bytes(results, rulings.history, lock, rulings.table.added))
    return [path]
