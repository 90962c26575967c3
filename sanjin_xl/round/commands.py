"""The jobs of a round: issue the workbooks, take in what came back."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from sanjin_xl.books.filling import prefilled
from sanjin_xl.books.issue import Filling, Issue, file_name
from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.versions import settle
from sanjin_xl.model.errors import RoundError, WorkbookError
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.stamp import Stamp
from sanjin_xl.outcome import report
from sanjin_xl.outcome.former import Former
from sanjin_xl.outcome.results import Results, Standing, compile_results, counted_by_unit
from sanjin_xl.round import corrections
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.config import (
    CORRECTED,
    FEEDBACK,
    HIDDEN,
    ISSUED,
    RESULTS_FILE,
    RETURNED,
    RULED,
    SUMMARY,
    Config,
    Keys,
    read_config,
    read_keys,
)
from sanjin_xl.round.former import read_former
from sanjin_xl.round.inbox import Entry, Taken, list_inbox, take_in
from sanjin_xl.round.interning import Sharing
from sanjin_xl.round.outputs import clear_leftovers, remove, write_stream, write_whole
from sanjin_xl.round.parallel import made
from sanjin_xl.round.register import Register, only_one
from sanjin_xl.round.rulings import Rulings, take_rulings, write_rulings
from sanjin_xl.round.workers import MakeExecutor, batches, cores, judge_all, local_pool

Progress = Callable[[str, int, int], None]  # the stage, how much of it is done, and how much there is
SUMMARY_FILE = "汇总.xlsx"


def _silent(stage: str, done: int, total: int) -> None:
    pass


# --- issuing ------------------------------------------------------------------------------------------------------


def generate(
    folder: Path, *, reissue: bool = False, prefill: Path | None = None, progress: Progress = _silent
) -> list[Path]:
    """Write one issued workbook per unit into 发放/; gives their paths.

    Run again it writes the same bytes, unless the form has changed since or `reissue` asks for a next issue.
    With `prefill`, the folder of a former round, each unit finds its answers of that round in the new form; to be
    run again it needs the same one.
    """
    config, keys = read_config(folder), read_keys(folder)
    form, period = config.rules.form, config.rules.period
    former = read_former(prefill, form.id, period) if prefill else None
    prefill_noted = _prefill_of(former)
    with only_one(folder / HIDDEN), closing(_register(folder)) as register:
        numbers = _issue_numbers(config.rules, register, reissue)
        _keep_prefilled(register, numbers, prefill_noted)
        issues = list(_issues(config, keys, numbers))
        # Noted first: a workbook that is out must never be unknown to the register.
        register.note_issues(numbers, form.fingerprint, prefill_noted)
        jobs = [(one, prefilled(form, period, former, one.unit.code) if former else None) for one in issues]
        paths = [folder / ISSUED / file_name(one) for one in issues]
        for n, (path, data) in enumerate(zip(paths, made(_issued, jobs), strict=True), start=1):
            write_whole(path, data)
            progress("issue", n, len(issues))
    return paths


def _issued(job: tuple[Issue, Filling | None]) -> bytes:
    return template_bytes(*job)


def _issue_numbers(rules: Rules, register: Register, reissue: bool) -> dict[str, int]:
    latest = register.latest_issues()
    numbers = {}
    for unit in rules.roster.units:
        issue, fingerprint = latest.get(unit.code, (0, ""))
        same = issue > 0 and fingerprint == rules.form.fingerprint and not reissue
        numbers[unit.code] = issue if same else issue + 1
    return numbers


def _prefill_of(former: Former | None) -> str:
    """What the register remembers of what was filled in beforehand: the period and the answers."""
    return f"{former.period.label}|{former.fingerprint}" if former else ""


def _keep_prefilled(register: Register, numbers: dict[str, int], prefill: str) -> None:
    """See that what is out already is not made again with other answers in it; raises RoundError where it would be."""
    noted = register.prefills()
    others = sorted({noted.get(issue, prefill) for issue in numbers.items()} - {prefill})
    if others == [""]:
        raise RoundError("issues-not-prefilled")
    for other in others:
        label = other.partition("|")[0]
        changed = label and label == prefill.partition("|")[0]
        raise RoundError("issues-prefill-changed" if changed else "issues-prefilled", found=label)


def _issues(config: Config, keys: Keys, numbers: dict[str, int]) -> Iterator[Issue]:
    rules, lock = config.rules, keys.lock()
    for unit in rules.roster.units:
        stamp = Stamp(
            form=rules.form.id,
            fingerprint=rules.form.fingerprint,
            round=rules.period.label,
            unit=unit.code,
            issue=numbers[unit.code],
        )
        yield Issue(
            form=rules.form,
            unit=unit,
            period=rules.period,
            stamp=stamp,
            key=keys.secret,
            lock=lock,
            policy=rules.policy,
            due=rules.due,
            recipient=config.recipient,
            contact=config.contact,
        )


# --- taking in ----------------------------------------------------------------------------------------------------


def ingest(
    folder: Path,
    *,
    as_of: date | None = None,
    previous: Path | None = None,
    progress: Progress = _silent,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
) -> Results:
    """Judge everything in 回收/ and write 汇总/, 退回/ and 核定/: results, correction copies, the table for rulings.

    `previous`: the folder of the former round to compare with, by default the one round.toml names, if any.
    `workers` processes, by default one per processor; `make_executor` puts another executor in their place.
    Raises RoundError("conservation") when the figures do not add up; the old outputs are then untouched.
    """
    rules, former = round_rules(folder, as_of), former_of(folder, previous)
    with only_one(folder / HIDDEN), closing(_register(folder)) as register:
        clear_leftovers(folder / name for name in (HIDDEN, ISSUED, CORRECTED, RULED, SUMMARY))
        clear_leftovers((folder / HIDDEN / "archive").glob("*"))
        outcomes = _judged(folder, rules, register, progress, workers or cores(), make_executor)
        results, rulings = _compiled(folder, rules, register, outcomes, former)
        _write_all([
            partial(write_outputs, folder, results, register.first_seen(), progress),
            partial(write_rulings, folder, results, rulings, read_keys(folder).lock()),
            # Last, for these may be thousands.
            partial(write_corrections, folder, results, register, workers, make_executor, progress),
        ])  # fmt: skip
    return results


def feedback(folder: Path, *, as_of: date | None = None, progress: Progress = _silent) -> Results:
    """Judge everything in 回收/ as `ingest` does and write 反馈/: a workbook for every unit that was counted."""
    rules, former = round_rules(folder, as_of), former_of(folder)
    with only_one(folder / HIDDEN), closing(_register(folder)) as register:
        clear_leftovers([folder / FEEDBACK])
        outcomes = _judged(folder, rules, register, progress, cores(), None)
        results, _ = _compiled(folder, rules, register, outcomes, former)
        write_feedback(folder, results, progress)
    return results


def former_of(folder: Path, previous: Path | None = None) -> Former | None:
    """The former round in the folder `previous`, or in the one round.toml names; None when neither is given."""
    config = read_config(folder)
    place = previous or config.previous
    return read_former(place, config.rules.form.id, config.rules.period) if place else None


def _compiled(
    folder: Path, rules: Rules, register: Register, judged: Iterable[Outcome], former: Former | None
) -> tuple[Results, Rulings]:
    """The results of judged returns and the city's rulings on them, added up and checked."""
    outcomes = list(map(Sharing().outcome, judged))
    settled = settle(outcomes, rules)
    rulings = take_rulings(folder, rules, counted_by_unit(settled), register)
    results = compile_results(rules, settled, rulings.history, rulings.findings, former)
    check_conservation(results, len(outcomes))
    return results, rulings


def _write_all(writers: Iterable[Callable[[], None]]) -> None:
    """Write every output, then raise the first error: one that is open in Excel must not keep the others back."""
    errors = []
    for write in writers:
        try:
            write()
        except WorkbookError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def round_rules(folder: Path, as_of: date | None = None) -> Rules:
    """The rules of a round with its key and its latest issues."""
    config, keys = read_config(folder, as_of), read_keys(folder)
    with closing(_register(folder)) as register:
        latest = {unit: issue for unit, (issue, _) in register.latest_issues().items()}
    return replace(config.rules, key=keys.secret, issues=latest)


def _judged(
    folder: Path, rules: Rules, register: Register, progress: Progress, workers: int, make_executor: MakeExecutor | None
) -> Iterator[Outcome]:
    archive = Archive(folder / HIDDEN / "archive")
    entries = list_inbox(folder / RETURNED)
    taken = _taken(entries, archive, register)
    workers = max(1, min(workers, len(entries)))
    outcomes = judge_all(rules, taken, make_executor or partial(local_pool, workers), workers)
    # Counted when they are judged, not when they are handed out; an archive counts for what is in it.
    for n, outcome in enumerate(outcomes, start=1):
        progress("read", n, max(n, len(entries)))
        yield outcome


def _taken(entries: list[Entry], archive: Archive, register: Register) -> Iterator[Taken]:
    """Take in, archive and register batch after batch; each before anything of it is parsed."""
    for batch in batches(one for entry in entries for one in take_in(entry)):
        kept = [one for one in batch if one.data is not None]
        for one in kept:
            archive.keep(one.sha256, one.data or b"")
        # A transaction waits for the disk, so there is one for all of them.
        register.note_files((one.sha256, len(one.data or b""), one.shown) for one in kept)
        yield from batch


def check_conservation(results: Results, found: int) -> None:
    """Every file has one fate, every unit one standing, every point comes from an answer (docs/returns.md §6).

    Raises RoundError("conservation") otherwise.
    """
    fates = Counter(one.status for one in results.files)
    standings = Counter(one.standing for one in results.units)
    settled = sum(fates[s] for s in Status if s is not Status.READABLE)
    checks = (
        (found, settled),
        (len(results.rules.roster.units), sum(standings[s] for s in Standing)),
        (fates[Status.COUNTED], standings[Standing.COUNTED] + standings[Standing.PROVISIONAL]),
        *((sum(one.by_category.values()), one.cards[results.policy].total) for one in results.units if one.cards),
    )
    wrong = [f"{expected}≠{got}" for expected, got in checks if expected != got]
    if wrong:
        raise RoundError("conservation", detail="；".join(wrong))


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Leave reference cycles alone for a while: with a nation in memory the search takes a fifth of the time.

    For work that makes hundreds of thousands of things and hardly a cycle.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write_outputs(folder: Path, results: Results, first_seen: dict[str, str], progress: Progress = _silent) -> None:
    """Write results.json, the city workbook and what it has no room for, each whole or not at all."""
    # The writer of workbooks takes its time to load.
    from sanjin_xl.books.summary import summary_of

    place = folder / SUMMARY
    progress("summary", 0, 1)
    with collector_at_rest():
        write_stream(place / RESULTS_FILE, (piece.encode() for piece in report.results_chunks(results)))
        book, beside = summary_of(results, first_seen)
        write_whole(place / SUMMARY_FILE, book)
        for one in beside:
            write_stream(place / one.name, one.pieces())
    for path in set(place.glob("*.csv")) - {place / one.name for one in beside}:
        remove(path)
    progress("summary", 1, 1)


def write_corrections(
    folder: Path,
    results: Results,
    register: Register,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
    progress: Progress = _silent,
) -> None:
    """Write a correction copy for every unit whose counted return needs something, and remove those of all others."""
    config, keys = read_config(folder), read_keys(folder)
    numbers = {unit.code: results.rules.issues.get(unit.code, 1) for unit in results.rules.roster.units}
    issues = _issues(config, keys, numbers)
    corrections.write_corrections(
        folder / CORRECTED, results, issues, register, workers, make_executor, partial(progress, "copies")
    )


def write_feedback(folder: Path, results: Results, progress: Progress = _silent) -> None:
    """Write a workbook for every unit that was counted, and remove those of all others."""
    from sanjin_xl.books import feedback as book

    lock, common = read_keys(folder).lock(), results.without_units()
    paths = {one.unit.code: folder / FEEDBACK / book.file_name(results, one) for one in results.units}
    counted = [one for one in results.units if one.outcome]
    field = book.field_of(results) if counted else None
    made_of = partial(book.feedback_bytes, common, lock=lock, field=field)
    missing = (partial(remove, paths[one.unit.code]) for one in results.units if not one.outcome)
    books = enumerate(zip(counted, made(made_of, counted), strict=True), start=1)

    def written(n: int, path: Path, data: bytes) -> None:
        write_whole(path, data)
        progress("feedback", n, len(counted))

    _write_all(chain(missing, (partial(written, n, paths[one.unit.code], data) for n, (one, data) in books)))


def _register(folder: Path) -> Register:
    return Register(folder / HIDDEN / "register.sqlite")
