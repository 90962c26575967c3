"""One return → an outcome; a folder of them → a settled batch. Faults stay with the file that has them."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import chain
from operator import itemgetter
from pathlib import PurePosixPath

from sanjin_xl.judge.blank import drawn_over, is_blank, words_elsewhere
from sanjin_xl.judge.checks import ItemChecker, When
from sanjin_xl.judge.followers import without_followers
from sanjin_xl.judge.meant_otherwise import meant_otherwise
from sanjin_xl.judge.return_checks import check_return
from sanjin_xl.messages import own_output
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.rules import FILLED, Rules
from sanjin_xl.model.stamp import UNSEALED_COPY, Claim
from sanjin_xl.model.submission import Submission
from sanjin_xl.recovery import head
from sanjin_xl.recovery.answers import AnswerReader, Answers, read_answers
from sanjin_xl.recovery.choose_sheets import Chosen, ReadSheet, choose, told_apart, unit_of
from sanjin_xl.recovery.merge_sheets import Merged, merge_sheets
from sanjin_xl.recovery.sender import Signs, Whose, claims_of, foremost, identify
from sanjin_xl.recovery.table import Table, TableFinder
from sanjin_xl.recovery.words_around import words_in_margins, words_on_other_sheets
from sanjin_xl.workbook.book import Book
from sanjin_xl.workbook.reader import CachingReader

_MOST_CHARACTERS = 200_000  # of a return; a long remark for every item has 30,000
_MOST_FINDINGS = 5_000  # a form with something wrong in every cell has a thousand


_UNFINISHED = tuple(
    ".crdownload .part .partial .download .opdownload .downloading .aria2 .xltd .td .tmp".split()  # noqa: SIM905
)

PART = "#"  # between the path of a workbook and the name of the sheet of one of the units in it


class Status(StrEnum):
    """What became of a file."""

    READABLE = "readable"
    COUNTED = "counted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: read into a submission of a unit, or not, and why.

    `path` is relative to 回收/ with forward slashes (`archive.zip!member.xlsx` inside an archive); `reason` is a code
    of `messages.files` with its facts, None for a file that is counted. `claim`: what the stamp says it is a
    copy of, `sealed`: whether its seal holds. `received`: the day it was
    received, where that is known; until it is judged, the day it was first seen. `mailed` and `sender`: the day and the
    sender of the mail it came by, as that says. `reported_on`: the day by which it is in time or late, and
    `days_late` by how many. `part`: of a workbook with the returns of several units, the name of the sheet this one is
    on, which stands behind the path as well: `x.xlsx#上报`; `others`: those of the other units.
    """

    path: str
    sha256: str = ""
    size: int = 0
    modified: str = ""
    status: Status = Status.READABLE
    reason: str | None = None
    facts: tuple[tuple[str, object], ...] = ()
    unit: str | None = None
    submission: Submission | None = None
    findings: tuple[Finding, ...] = field(default=())
    claim: Claim | None = None
    sealed: bool = False
    received: date | None = None
    mailed: date | None = None
    sender: str | None = None
    reported_on: date | None = None
    days_late: int | None = None
    part: str = ""
    others: tuple["Outcome", ...] = ()

    def part_of(self, sheet: str) -> "Outcome":
        """The outcome of one of several returns in a workbook, known by the name of its sheet."""
        return replace(self, path=f"{self.path}{PART}{sheet}", part=sheet)

    @property
    def file(self) -> str:
        """The path of the file itself."""
        return self.path.removesuffix(f"{PART}{self.part}") if self.part else self.path

    def under(self, path: str) -> "Outcome":
        """What becomes of the same bytes under another name that says the same of whose they are."""
        found = (("found", _stem(self.path)),)
        facts = (("found", _stem(path)),) if self.reason == "unit-unknown" and self.facts == found else self.facts
        same = replace(self, path=path, facts=facts)
        return same.part_of(self.part) if self.part else same

    def with_status(self, status: Status, reason: str | None = None, **facts: object) -> "Outcome":
        return replace(self, status=status, reason=reason, facts=tuple(sorted(facts.items())))

    def with_finding(self, *more: Finding) -> "Outcome":
        """The outcome with further findings, in their order."""
        return replace(self, findings=tuple(sorted((*self.findings, *more), key=lambda one: one.rank)))

    @property
    def revision(self) -> int:
        """The number of the correction copy that was filled in, 0 for an issue; UNSEALED_COPY for one of 0.1.0.

        Only a stamp whose seal holds can tell.
        """
        return self.claim.stamp.revision if self.claim and self.sealed else 0

    @property
    def filled_on(self) -> date | None:
        """The day it was filled in; one that lies after the day it was received counts as that."""
        filled_on = self.submission.filled_on if self.submission else None
        return min(filled_on, self.received or filled_on) if filled_on else None

    @property
    def in_doubt(self) -> frozenset[int]:
        """The numbers of the items a finding puts in doubt."""
        return frozenset(one.item for one in self.findings if one.doubt and one.item is not None)

    @property
    def not_found(self) -> frozenset[int]:
        """The numbers of the items that are not in the return."""
        return frozenset(one.item for one in self.findings if one.code == "item-missing" and one.item is not None)

    @property
    def not_yet(self) -> frozenset[int]:
        """The numbers of the items in doubt only because they are said to be done in a month still to come."""
        codes: dict[int | None, set[str]] = {}
        for one in self.findings:
            if one.doubt:
                codes.setdefault(one.item, set()).add(one.code)
        return frozenset(item for item, found in codes.items() if item is not None and found == {"done-after-fill"})


class Processor:
    """Judges returns by the rules of a round; keeps what it learned of common rows from one return to the next."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._books = CachingReader(rules.passwords)
        self._tables = TableFinder(rules.form, rules.roster)
        self._reader = AnswerReader(rules.form, rules.period.year)
        self._checker = ItemChecker(rules.form)
        self._stated: dict[tuple[Period, date], Processor] = {}

    def process_file(self, data: bytes, path: str, modified: str = "") -> Outcome:
        """Judge one return: bytes in, outcome out. No exception leaves it for anything the bytes hold."""
        sha256 = hashlib.sha256(data).hexdigest()
        return self.judge(data, Outcome(path=path, sha256=sha256, size=len(data), modified=modified))

    def dated(self, outcome: Outcome) -> Outcome:
        """The outcome with the day it was received: entered by the city, or of its mail, or when it was first seen."""
        day = outcome.mailed if self._is_credible(outcome) else outcome.received
        return replace(outcome, received=self.rules.received_on(outcome.path, outcome.sha256, day))

    def _is_credible(self, outcome: Outcome) -> bool:
        """Whether a return can have been mailed on the day its mail says: in the round, and not after it was here."""
        mailed, seen = outcome.mailed, outcome.received
        return mailed is not None and self.rules.period.start <= mailed <= (seen or mailed)

    def _with_mail(self, outcome: Outcome) -> Outcome:
        """The outcome with a question about the day of its mail where that cannot be and nobody has said another."""
        entered = self.rules.received_on(outcome.path, outcome.sha256, None)
        if not outcome.mailed or entered or self._is_credible(outcome):
            return self.dated(outcome)
        odd = finding("mail-date-odd", found=outcome.mailed.isoformat())
        return self.dated(outcome).with_finding(odd)

    def judge(self, data: bytes, outcome: Outcome) -> Outcome:
        """Judge one return; `outcome` holds what is known of it: path, hash, size, time of change, how it came."""
        outcome = self._with_mail(outcome)
        try:
            book = self._books.read(data)
            claims = claims_of(self.rules, head.stamp_texts(book))
            claim, sealed = foremost(self.rules, claims)
            if claim and claim.stamp.is_of_first_version and head.is_copy(book):
                claim = replace(claim, stamp=replace(claim.stamp, revision=UNSEALED_COPY))
            outcome = replace(outcome, modified=book.modified or outcome.modified, claim=claim, sealed=sealed)
            return self._judge(outcome, book, claims)
        except Refused as refused:
            return _refused(outcome, refused)

    def _judge(self, outcome: Outcome, book: Book, claims: tuple[Claim, ...]) -> Outcome:
        if output := own_output([sheet.name for sheet in book.sheets]):
            raise Refused("our-output", found=output)
        if self.rules.own_period:
            return self._as_stated(book, claims)._judge(outcome, book, claims)
        sheets = [(table, self._answers(table)) for table in self._tables.find(book)]
        # Without a round there is no telling this period from another.
        returns = choose(sheets, self.rules.period if self.rules.key else None, self.rules.roster)
        if len(returns) == 1:
            return self._judge_one(outcome, book, sheets, returns[0], claims)
        units = "、".join(one.unit.name for one in returns if one.unit)
        returns = told_apart(returns)
        first, *others = (self._judge_part(outcome, book, sheets, one, units) for one in returns)
        return replace(first, others=tuple(others))

    def _as_stated(self, book: Book, claims: tuple[Claim, ...]) -> "Processor":
        """The processor for a return that no round is known of: for the period it states, as of a day that fits it."""
        tables = self._tables.find(book)
        # A short code does not tell its round.
        labels = (*map(head.period_text, tables), *(claim.stamp.round for claim in claims))
        period = next(filter(None, map(parse_period, labels)), self.rules.period)
        as_of = self.rules.as_of
        if self.rules.own_as_of:
            filled_on, _ = head.filled_on(tables, period)
            as_of = max(period.end, filled_on or period.end)
        rules = replace(self.rules, period=period, as_of=as_of, own_period=False)
        return self._stated.setdefault((period, as_of), Processor(rules))

    def _judge_part(
        self, outcome: Outcome, book: Book, sheets: Sequence[ReadSheet], chosen: Chosen, units: str
    ) -> Outcome:
        """Judge the return of one of several units; what the workbook has but once, such as the hidden sheet, may be
        another unit's.
        """
        own = {code for table, _ in chosen.sheets for code in head.sheet_codes(table.sheet)}
        code = chosen.unit.code if chosen.unit else ""
        claims = claims_of(self.rules, [one for one in head.stamp_texts(book) if one[1] in own or code in one[1]])
        part = outcome.part_of(chosen.name)
        try:
            return self._judge_one(part, book, sheets, chosen, claims, units)
        except Refused as refused:
            return part.with_status(Status.REJECTED, refused.code, **refused.facts)

    def _judge_one(
        self,
        outcome: Outcome,
        book: Book,
        sheets: Sequence[ReadSheet],
        chosen: Chosen,
        claims: tuple[Claim, ...],
        units: str = "",
    ) -> Outcome:
        """Judge the chosen ones of a workbook's sheets; `units`: whose tables it holds, where they are several."""
        names, kept = ({table.sheet.name for table, _ in some} for some in (sheets, chosen.sheets))
        if names > kept:
            book = _without(book, names - kept)
            claims = tuple(one for one in claims if one in claims_of(self.rules, head.stamp_texts(book)))
        if names > kept or units:
            claim, sealed = foremost(self.rules, claims)
            outcome = replace(outcome, claim=claim, sealed=sealed)
        read = merge_sheets(self.rules.form, chosen.sheets)
        # A blank form beside the filled sheet still says whose it is.
        tables = [*read.tables, *(table for table, _ in chosen.sheets if table not in read.tables)]
        whose = self._whose(outcome, claims, tables, chosen)
        filled_on, date_findings = head.filled_on(tables, self.rules.period)
        submission = self._submission(outcome, book, read, tables, filled_on)
        findings = [
            *outcome.findings,
            *whose.findings,
            *chosen.findings,
            *([self._shared(outcome, whose, units)] if units else []),
            *([finding("external-link")] if book.external_links else []),
            *date_findings,
            *self._days(outcome.received, filled_on),
            *read.findings,
            *self._said_elsewhere(book, names, submission),
            *self._checked(submission, outcome.received),
        ]
        if is_blank(submission, findings):
            words, drawn = words_elsewhere(submission, findings), drawn_over(findings)
            blank = outcome.with_status(Status.REJECTED, "blank-form", elsewhere=words, drawn=drawn)
            return replace(blank, unit=whose.unit.code)
        _check_kept(submission, findings)
        return replace(
            outcome,
            unit=whose.unit.code,
            submission=submission,
            findings=tuple(sorted(without_followers(findings), key=lambda one: one.rank)),
        )

    def _submission(
        self, outcome: Outcome, book: Book, read: Merged, tables: Sequence[Table], filled_on: date | None
    ) -> Submission:
        return Submission(
            answers=read.answers,
            cells=read.cells,
            sheets=read.sheets,
            filled_on=filled_on,
            own_scores=read.own_scores,
            own_total=next((total for table in read.tables if (total := table.own_total()) is not None), None),
            own_sum=read.tables[0].own_sum(read.own_scores) if len(read.tables) == 1 else None,
            signers=head.signers(tables),
            policy=(outcome.claim.stamp.policy if outcome.claim else "") or head.policy(book),
            hidden=frozenset(read.hidden),
            fields=self.rules.form.answers,
        )

    def _answers(self, table: Table) -> Answers:
        return read_answers(self._reader, table.sheet, table.columns, table.rows)

    def _shared(self, outcome: Outcome, whose: Whose, units: str) -> Finding:
        """What there is to say of a return that shares its workbook with those of other units."""
        by_file = self.rules.roster.find_in_file_name(_stem(outcome.file))
        if by_file in (None, whose.unit):
            return finding("workbook-shared", units=units)
        return finding("workbook-of-other", found=by_file.name, units=units)

    def _whose(self, outcome: Outcome, claims: tuple[Claim, ...], tables: Sequence[Table], chosen: Chosen) -> Whose:
        named = head.unit_text(tables)
        unit = chosen.unit or (None if named else unit_of(tables[0], self.rules.roster))
        signs = Signs(
            claims=claims,
            unit_text=named or (unit.name if unit else ""),
            file_stem="" if chosen.unit else _stem(outcome.path),
            sender="" if chosen.unit else outcome.sender or "",
            pinned_to=_pinned_to(self.rules, outcome.path, "" if chosen.unit else outcome.sha256),
        )
        return identify(self.rules, signs)

    def _said_elsewhere(self, book: Book, tables: Collection[str], submission: Submission) -> Iterator[Finding]:
        """What is said of the items at the edges of pages, and on sheets that have no table of them and can be seen."""
        yield from words_in_margins(book.margins, submission.answers)
        others = (sheet for sheet in book.sheets if sheet.visible and sheet.name not in tables)
        yield from words_on_other_sheets(self.rules.form, others, submission.answers)

    def _days(self, received: date | None, filled_on: date | None) -> Iterator[Finding]:
        """What is wrong with the day of filling beside that of receipt, or without it."""
        if received and filled_on and filled_on > received:
            yield finding("fill-date-future", found=filled_on.isoformat(), received=received.isoformat())
        if filled_on is None and self.rules.late_deduction and self.rules.late_by == FILLED:
            yield finding("fill-date-needed")

    def _checked(self, submission: Submission, received: date | None) -> Iterable[Finding]:
        days = [day for day in (submission.filled_on, received, self.rules.as_of) if day]
        when = When(self.rules.period, self.rules.as_of, min(days))
        yield from self._checker.check(submission, when)
        yield from check_return(self.rules, submission)
        yield from meant_otherwise(self.rules.form, submission)


def _refused(outcome: Outcome, refused: Refused) -> Outcome:
    if refused.code.startswith("skipped-"):
        return outcome.with_status(Status.SKIPPED, refused.code)
    if refused.code.startswith("file-") and is_half_downloaded(outcome.path):
        return outcome.with_status(Status.REJECTED, "file-half-downloaded", found=PurePosixPath(outcome.path).suffix)
    return outcome.with_status(Status.REJECTED, refused.code, **refused.facts)


def is_half_downloaded(path: str) -> bool:
    """Whether a file is called as browsers and programs for downloading call one that they have not finished."""
    return path.lower().endswith(_UNFINISHED)


def _check_kept(submission: Submission, findings: Sequence[Finding]) -> None:
    """Raise Refused for more than anybody writes into a form: what a return says is kept until the round is done.

    Thirty files of 300 kB, a remark of 32,000 characters in every row, took all memory there was.
    """
    if len(findings) > _MOST_FINDINGS:
        raise Refused("file-too-complex")
    cells = chain.from_iterable(answer.raw for answer in submission.answers.values())
    quoted = (value for one in findings for value in (one.found, one.sheet, *map(itemgetter(1), one.facts)))
    texts = (*cells, *quoted, *submission.signers, *submission.sheets.values(), submission.policy)
    if sum([len(text) for text in texts if type(text) is str]) > _MOST_CHARACTERS:
        raise Refused("file-much-text", limit=_MOST_CHARACTERS)


def said_by_name(rules: Rules, path: str, sha256: str) -> tuple[object, ...]:
    """What a file's name says: whose it is, the city's pin, the day of receipt the city has entered, if it is whole.

    Two files alike in bytes and in this are one.
    """
    unit = rules.roster.find_in_file_name(_stem(path))
    received = rules.received_on(path, sha256, None)
    return unit.code if unit else None, _pinned_to(rules, path, sha256), received, is_half_downloaded(path)


def _stem(path: str) -> str:
    return PurePosixPath(path.rsplit("!", 1)[-1]).stem


def _pinned_to(rules: Rules, path: str, sha256: str) -> str | None:
    pins = {pin: unit for unit, pin in rules.pinned.items()}
    return pins.get(path) or pins.get(sha256)


def _without(book: Book, names: Collection[str]) -> Book:
    """The book without some of its sheets."""
    return replace(book, sheets=tuple(one for one in book.sheets if one.name not in names))
