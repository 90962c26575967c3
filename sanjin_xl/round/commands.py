"""What is done with a round: issue the workbooks, take in what came back, feed back how it was judged; check files."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from sanjin_xl import __version__
from sanjin_xl.judge.arrival import is_named_by_path, misnamed, named_alike
from sanjin_xl.judge.attachments import set_attachments_aside
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import cli as words
from sanjin_xl.messages.official import BULLETIN
from sanjin_xl.model.errors import Refused, RoundError
from sanjin_xl.model.findings import finding
from sanjin_xl.model.period import parse_period
from sanjin_xl.model.roster import parse_roster
from sanjin_xl.model.rules import Rules
from sanjin_xl.outcome.compile import compile_results, counted_by_unit
from sanjin_xl.outcome.former import Former, with_untouched
from sanjin_xl.outcome.results import Results, Standing
from sanjin_xl.round.config import RESULTS_FILE, RETURNED, SUMMARY
from sanjin_xl.round.documents import write_document
from sanjin_xl.round.inbox import Entry, Taken, list_inbox, shown_name, take_in, taken_in
from sanjin_xl.round.interning import Interning
from sanjin_xl.round.letters import Letters, write_letters
from sanjin_xl.round.once import Once
from sanjin_xl.round.outputs import WORKSHOP, is_dangling, write_all
from sanjin_xl.round.pools import MakeExecutor, cores, local_pool
from sanjin_xl.round.register import Register
from sanjin_xl.round.rulings import Rulings, read_ahead, ruling_outputs, take_rulings
from sanjin_xl.round.run import Run, opened
from sanjin_xl.round.shipped import DEFAULT_FORM, DEFAULT_ROSTER, form_of, template_text
from sanjin_xl.round.side_by_side import MOST_UNITS, write_side_by_side
from sanjin_xl.round.standby import Judge, Standby
from sanjin_xl.round.state import seen, state_of, with_table
from sanjin_xl.round.watch import UNWATCHED, Watch
from sanjin_xl.round.workbooks import (
    note_corrections,
    refresh_feedback,
    summary_outputs,
    write_corrections,
    write_feedback,
    write_issued,
)
from sanjin_xl.round.workers import Opener, judge_all


@dataclass(frozen=True, slots=True)
class Issued:
    """The issued workbooks of a round, and the numbers of their issues, of which units may have several."""

    paths: list[Path]
    numbers: list[int]


def generate(folder: Path, *, reissue: bool = False, prefill: Path | None = None, watch: Watch = UNWATCHED) -> Issued:
    """Write one issued workbook per unit into 发放/.

    Run again it writes the same bytes, unless the form has changed since or `reissue` asks for a next issue.
    With `prefill`, the folder of a former round, each unit finds its answers of that round in the new form; to be
    run again it needs the same one.
    """
    with opened(folder, previous=prefill, compare=False, watch=watch) as run:
        latest = run.register.latest_issues()
        numbers, noted = _issue_numbers(run, reissue), _prefill_of(run.former)
        _keep_prefilled(run.register, numbers, noted)
        _tell_of_new_issue(run, {unit: issue for unit, (issue, _) in latest.items()}, numbers, reissue)
        # Noted first: a workbook that is out must never be unknown to the register.
        run.register.note_issues(numbers, run.rules.form.fingerprint, noted)
        run.register.keep_copy()
        paths: list[Path] = []
        write_all([lambda: paths.extend(write_issued(run, numbers)), run.register.keep_copy])
        return Issued(paths, sorted(set(numbers.values())))


def ingest(
    folder: Path,
    *,
    as_of: date | None = None,
    previous: Path | None = None,
    watch: Watch = UNWATCHED,
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
    standby: Standby | None = None,
) -> Results:
    """Judge everything in 回收/ and write 汇总/, 退回/ and 核定/: results, correction copies, the table for rulings.

    A 反馈/ of before is written again, and it is told whose score, rank or losses are others:
    RoundError("feedback-changed").

    `previous`: the folder of the former round to compare with, by default the one round.toml names, if any.
    `workers` processes, by default one per processor; `make_executor` puts another executor in their place,
    `standby` what has been kept of the count before.
    `watch` is warned of RoundError("archive-lost") where the archive has lost the only copy of a return.
    Raises RoundError("conservation") when the figures do not add up; the old outputs are then untouched.
    """
    with opened(
        folder,
        as_of=as_of,
        previous=previous,
        watch=watch,
        workers=workers,
        make_executor=make_executor,
        standby=standby,
    ) as run:
        came = seen(folder, list_inbox(folder / RETURNED))
        results, rulings = _compiled(run, _judged(run))
        _look_after_archive(run)
        numbers = note_corrections(run, results)
        outputs = [*summary_outputs(run), *ruling_outputs(run, rulings)]
        # Last, for these may be thousands.
        copies = partial(write_corrections, run, results, numbers)
        write_all([
            run.register.keep_copy,
            partial(write_side_by_side, run, results, outputs, copies),
            partial(refresh_feedback, run, results),
            # Once more: it is to know what has been written.
            run.register.keep_copy,
        ])  # fmt: skip
        run.register.note_inbox(with_table(folder, came))
        if standby:
            read_ahead(run)
    return results


def look(
    folder: Path,
    *,
    as_of: date | None = None,
    previous: Path | None = None,
    watch: Watch = UNWATCHED,
    standby: Standby | None = None,
) -> Results:
    """Judge everything in 回收/ as `ingest` does, and write nothing but register and archive."""
    with opened(folder, as_of=as_of, previous=previous, watch=watch, standby=standby) as run:
        results, _ = _compiled(run, _judged(run))
    return results


def feedback(
    folder: Path, *, as_of: date | None = None, watch: Watch = UNWATCHED, standby: Standby | None = None
) -> Results:
    """Judge everything in 回收/ as `ingest` does and write 反馈/: a workbook for every unit that was counted."""
    with opened(folder, as_of=as_of, watch=watch, standby=standby) as run:
        results, _ = _compiled(run, _judged(run))
        write_all([partial(write_feedback, run, results), run.register.keep_copy])
    return results


def letters(
    folder: Path, kind: str, *, as_of: date | None = None, watch: Watch = UNWATCHED, standby: Standby | None = None
) -> Letters:
    """Write into 发件/ a draft for every unit a kind of letter concerns, and the list of all drafts; nothing is sent.

    `kind`: "issue", "remind" (whoever has sent nothing that counts), "return" (for whom there is a correction copy) or
    "feedback". `watch` is warned of RoundError("letters-stale") where what lies in 回收/ is not as last counted, and of
    RoundError("letters-no-address").
    """
    with opened(folder, as_of=as_of, watch=watch, standby=standby) as run:
        concerned = None
        if kind == "remind":
            results, _ = _compiled(run, _judged(run))
            concerned = [one.unit.code for one in results.units if one.outcome is None]
        elif kind != "issue" and state_of(folder, run.register).stale:
            watch.warn(RoundError("letters-stale"))
        written = write_letters(run, kind, concerned)
        run.register.keep_copy()
    if written.without_address:
        watch.warn(RoundError("letters-no-address", path=tuple(written.without_address)))
    return written


def document(
    folder: Path, kind: str, *, as_of: date | None = None, watch: Watch = UNWATCHED, standby: Standby | None = None
) -> Path:
    """Write an official document into 发件/ and give its path: NOTICE, or BULLETIN of what lies in 回收/ now.

    `watch` is warned of RoundError("bulletin-open") where scores and ranks are not settled.
    """
    with opened(folder, as_of=as_of, watch=watch, standby=standby) as run:
        results = _compiled(run, _judged(run))[0] if kind == BULLETIN else None
        path = write_document(run, kind, results)
        run.register.keep_copy()
    if results and not results.final:
        watch.warn(RoundError("bulletin-open", path=path))
    return path


def check(files: Iterable[Path], rules: Rules) -> Iterator[Outcome]:
    """Judge files by themselves; a folder stands for everything in it, and a path that is not there has its outcome."""
    entries = [entry for path in files for entry in _entries(path)]
    workers = max(1, min(cores(), len(entries) // 8))
    with closing(Opener(partial(local_pool, 1))) as opener:
        taken = (one for entry in entries for one in take_in(entry, opener))
        yield from judge_all(rules, taken, partial(local_pool, workers), workers)


# --- issuing ----------------------------------------------------------------------------------------------------------


def _issue_numbers(run: Run, reissue: bool) -> dict[str, int]:
    """The issue number of every unit: the next one if the form has changed since, or is asked for."""
    latest, form = run.register.latest_issues(), run.rules.form
    numbers = {}
    for unit in run.rules.roster.units:
        issue, fingerprint = latest.get(unit.code, (0, ""))
        same = issue > 0 and fingerprint == form.fingerprint and not reissue
        numbers[unit.code] = issue if same else issue + 1
    return numbers


def _tell_of_new_issue(run: Run, latest: Mapping[str, int], numbers: Mapping[str, int], reissue: bool) -> None:
    """Warn of an issue nobody asked for: the form has changed, or the register knows nothing of a round at work."""
    if not latest and (list_inbox(run.folder / RETURNED) or (run.folder / SUMMARY / RESULTS_FILE).exists()):
        run.watch.warn(RoundError("register-begun-anew"))
    anew = [numbers[unit] for unit, issue in latest.items() if numbers.get(unit, issue) != issue]
    if anew and not reissue:
        run.watch.warn(RoundError("issued-anew", issue=max(anew)))


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


# --- judging ----------------------------------------------------------------------------------------------------------


def _judged(run: Run) -> Iterator[Outcome]:
    """The outcome of everything in 回收/."""
    entries = list_inbox(run.folder / RETURNED)
    workers = max(1, min(run.workers or cores(), len(entries)))
    fatal = run.register.fatal(__version__)
    # Which copies were made matters only when it is settled which return counts.
    rules = replace(run.rules, copies={})
    judge = partial(judge_all, make_executor=run.lender(workers), workers=workers)
    judged = partial(_interned, judge)
    with closing(Opener(run.executors or partial(local_pool, 1), fatal)) as opener:
        once = Once(rules, fatal)
        files = once.files(taken_in(entries, run.archive, run.register, opener))
        fates = run.standby.known.judged(rules, files, judged) if run.standby else judged(rules, files)
        outcomes = chain(once.outcomes(fates), _anew(run, once, partial(judged, rules)))
        # Counted when they are judged, not when they are handed out; a container counts for what is in it.
        for n, outcome in enumerate(outcomes, start=1):
            run.watch.stage("read", n, max(n, len(entries)))
            run.watch.file(outcome)
            yield outcome
    run.register.note_fatal(once.killers - fatal, __version__)
    if len(entries) > MOST_UNITS:
        run.pools.close()  # their processes would hold memory that the results of so many need


def _interned(judge: Judge, rules: Rules, files: Iterable[Taken]) -> Iterator[Outcome]:
    return map(Interning().outcome, judge(rules, files))


def _anew(run: Run, once: Once, judge: Callable[[Iterable[Taken]], Iterator[Outcome]]) -> Iterator[Outcome]:
    """The outcome of what was not read where it came first, and lies elsewhere as well."""
    if once.anew:
        yield from judge(replace(one, data=run.archive.read(one.sha256)) for one in once.anew)


def _look_after_archive(run: Run) -> None:
    """Tell of returns whose only copy is damaged or gone; what still lies in 回收/ has just been kept anew.

    Not of those received up to the day of which round.toml says that they are lost (`archive_lost`).
    """
    paths = run.register.paths()
    days = {one: run.register.received_on(one) or date.min for one in run.archive.faulty(paths)}
    lost = run.config.archive_lost
    if told := [one for one, day in days.items() if lost is None or day > lost]:
        last = max(days.values()).isoformat()
        run.watch.warn(RoundError("archive-lost", path=tuple(paths[one] for one in told), day=last))


def _compiled(run: Run, judged: Iterable[Outcome]) -> tuple[Results, Rulings]:
    """The results of judged returns and the city's rulings on them, added up and checked."""
    outcomes = list(judged)
    if problems := misnamed(run.rules, outcomes):
        raise RoundError("round-invalid", problems=problems)
    _prove_key(run, outcomes)
    alike = named_alike(run.rules, outcomes)
    settled = settle([_asked_if_doubtful(run, one, one.path in alike) for one in outcomes], run.rules)
    settled = set_attachments_aside(settled, run.rules)
    if run.former:
        settled = list(with_untouched(settled, run.former, run.rules.period))
    rulings = take_rulings(run, counted_by_unit(settled))
    results = compile_results(run.rules, settled, rulings.history, rulings.findings, run.former)
    check_conservation(results, len(outcomes))
    run.watch.counted(results, rulings.history)
    return results, rulings


def _asked_if_doubtful(run: Run, one: Outcome, alike: bool) -> Outcome:
    """The outcome, with a question where round.toml speaks of a file by its name and others are, or were, called so.

    A county may send a second file called like the one that was named, in an archive or a folder of its own, or for
    the clerk to save over the first.
    """
    if not alike and not (is_named_by_path(run.rules, one) and run.register.was_another(one.path, one.sha256)):
        return one
    return one.with_finding(finding("named-replaced", found=one.sha256[:8]))


def _prove_key(run: Run, outcomes: Iterable[Outcome]) -> None:
    """Note the key as the round's own when a return is sealed with it, where nothing has told so yet.

    Raises RoundError("round-key-doubtful") when none is: that all counties forge is less likely than that the key is
    another round's, and nobody is accused.
    """
    if run.register.key() is not None:
        return
    outcomes = list(outcomes)
    if any(one.sealed for one in outcomes):
        run.register.note_key(run.keys.fingerprint)
    elif count := sum(one.reason == "stamp-forged" for one in outcomes):
        raise RoundError("round-key-doubtful", count=count, path=run.folder / WORKSHOP / "key")


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


# --- files by themselves ----------------------------------------------------------------------------------------------


def default_rules(as_of: date | None = None) -> Rules:
    """Rules for a return without a round: the form that ships, its year, no key to verify stamps with.

    A return that states its period is judged for that, and as of its end or the day of filling unless a day is given.
    """
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
        as_of=as_of or last_day,
        policies=form.policies,
        policy=form.policies[form.policy],
        own_period=True,
        own_as_of=as_of is None,
    )


def _entries(path: Path) -> list[Entry]:
    shown = shown_name(path.as_posix())
    if not _is_folder(path):
        if is_dangling(path):
            return [Entry(shown, str(path), "link-dangling")]
        # Whoever names a link means what it leads to.
        return [Entry(shown, os.path.realpath(path))]
    try:
        return list_inbox(path) or [Entry(shown, str(path), "folder-empty")]
    except RoundError:  # it cannot be listed
        return [Entry(shown, str(path), refused=Refused("folder-unreadable"))]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no right to look
        return False
