"""发件/: one draft of a mail for every unit it concerns, with its workbook, and a list of them all. Nothing is sent."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sanjin_xl.books import correction, issue
from sanjin_xl.books.posting_list import Posted, posting_list_bytes, read_posting_list
from sanjin_xl.messages import feedback as feedback_words
from sanjin_xl.messages import letters as words
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import Refused, RoundError
from sanjin_xl.model.roster import Unit
from sanjin_xl.round.config import CORRECTED, FEEDBACK, ISSUED
from sanjin_xl.round.draft import Draft
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own, remove, write_all, write_whole
from sanjin_xl.round.parcel import parcel
from sanjin_xl.round.run import Run
from sanjin_xl.round.shipped import decoded
from sanjin_xl.round.workbooks import issues

_PLACES = {"issue": ISSUED, "remind": ISSUED, "return": CORRECTED, "feedback": FEEDBACK}
_LACKING = {"issue": "letters-not-issued", "remind": "letters-not-issued"}
_WORD = re.compile("【([^【】]*)】")


@dataclass(frozen=True, slots=True)
class Letters:
    """The drafts that were written, and the names of the units among them that have no address."""

    paths: list[Path]
    without_address: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as its draft would say it; `book` is what goes with it, `own`: its words are this unit's alone."""

    unit: Unit
    contact: Contact
    subject: str
    body: str
    book: Path
    own: bool


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a kind of letter, with blanks in them."""

    subject: str
    body: str


def write_letters(run: Run, kind: str, concerned: Iterable[str] | None) -> Letters:
    """Write the drafts of a kind to the units with these codes, to all that have such a workbook where it is None.

    `kind` is one of `messages.letters.KINDS`. Drafts of it to others are taken away; what is ticked in the list as sent
    stays there. Raises RoundError where a workbook is not there, or a text has words that nobody knows.
    """
    lay_out_words(run.folder, kind)
    drafts = list(_drafts(run, kind, concerned))
    folder = run.folder / words.LETTERS
    known = _known(folder / words.LIST)
    posted = [_posted(kind, unit, path, draft) for unit, path, draft in drafts]
    wanted = {path for _, path, _ in drafts}
    stale = [
        path for path in folder.glob(words.DRAFT_NAME.format(kind=words.KINDS[kind], unit="*")) if path not in wanted
    ]
    rows = _merged(kind, known, posted)
    # Beside the drafts as well, for whoever writes the mail and attaches the file by hand.
    place = folder / words.ATTACHMENTS
    zips = {place / draft.name: draft.data for _, _, draft in drafts} if run.config.mail_zip else {}
    stale += [path for path in place.glob("*.zip") if path.name not in {one.attachment for one in rows}]
    listed = posting_list_bytes(run.rules.period.label, rows)

    def write(path: Path, data: bytes) -> None:
        write_whole(path, data)
        run.watch.wrote(path)

    write_all([
        *(partial(remove, path) for path in stale),
        *(partial(write, path, draft.as_bytes()) for _, path, draft in drafts),
        *(partial(write, path, data) for path, data in zips.items()),
        partial(write, folder / words.LIST, listed),
    ])  # fmt: skip
    return Letters([path for _, path, _ in drafts], [unit.name for unit, _, draft in drafts if not draft.to])


# --- the drafts -------------------------------------------------------------------------------------------------------


def _drafts(run: Run, kind: str, concerned: Iterable[str] | None) -> Iterator[tuple[Unit, Path, Draft]]:
    for one in letters(run, kind, concerned):
        name, data = one.book.name, read_own(one.book, LARGEST_BOOK)
        if run.config.mail_zip:
            name, data = f"{one.book.stem}.zip", parcel(one.subject, name, data)
        yield (
            one.unit,
            run.folder / words.LETTERS / words.DRAFT_NAME.format(kind=words.KINDS[kind], unit=one.unit.name),
            Draft(
                to=one.contact.to,
                cc=one.contact.cc,
                subject=one.subject,
                body=one.body,
                name=name,
                data=data,
                day=run.rules.due,
            ),
        )


def letters(run: Run, kind: str, concerned: Iterable[str] | None) -> Iterator[Letter]:
    """The letters of a kind to the units with these codes, to all that have such a workbook where it is None.

    Raises RoundError as `write_letters` does.
    """
    codes = None if concerned is None else set(concerned)
    text = _text(run.folder, kind)
    for unit, book in _books(run, kind):
        if codes is not None and unit.code not in codes:
            continue
        if book.exists():
            own = _own_text(run.folder, kind, unit.name)
            contact = run.config.contacts.get(unit.code, Contact())
            facts = _facts(run, unit, contact, book)
            yield Letter(
                unit=unit,
                contact=contact,
                subject=_filled((own or text).subject, facts),
                body=_filled((own or text).body, facts),
                book=book,
                own=own is not None,
            )
        elif kind in _LACKING:
            raise RoundError(_LACKING[kind], path=book)


def _books(run: Run, kind: str) -> Iterator[tuple[Unit, Path]]:
    """Every unit with the workbook that goes with such a letter, whether it is there or not."""
    place, period = run.folder / _PLACES[kind], run.rules.period.label
    name_of: Callable[[issue.Issue], str] = correction.file_name if kind == "return" else issue.file_name
    for one in issues(run, run.rules.issues):
        name = (
            feedback_words.FILE_NAME.format(unit=one.unit.name, period=period) if kind == "feedback" else name_of(one)
        )
        yield one.unit, place / name


def _facts(run: Run, unit: Unit, contact: Contact, book: Path) -> dict[str, str]:
    config = run.config
    noted = run.register.written().get(book.relative_to(run.folder).as_posix())
    back = noted.made_on + timedelta(days=config.correction_days) if noted else config.rules.due
    return {
        "unit": unit.name,
        "period": config.rules.period.label,
        "due": _day(config.rules.due),
        "back": _day(back),
        "to_whom": config.recipient,
        "person": config.contact,
        "phone": config.phone,
        "contact": contact.contact,
    }


def _day(day: date) -> str:
    return words.DAY.format(day=day)


# --- their words ------------------------------------------------------------------------------------------------------


def _words_at(folder: Path, kind: str, unit: str = "") -> Path:
    """Where the words of a kind are kept, those for one unit alone beside those for all ("")."""
    name = words.UNIT_TEXT_NAME if unit else words.TEXT_NAME
    return folder / words.LETTERS / words.TEXTS / name.format(kind=words.KINDS[kind], unit=unit)


def lay_out_words(folder: Path, kind: str) -> Path:
    """Put the words of a kind where they can be edited, unless some are there; gives where."""
    path = _words_at(folder, kind)
    if not path.exists():
        write_whole(path, words.DEFAULTS[kind].replace("\n", "\r\n").encode("utf-8-sig"))
    return path


def reword(folder: Path, kind: str, unit: str, said: tuple[str, str] | None) -> None:
    """Keep subject and body of the letter to one unit by its name, None for those that all units get.

    Raises RoundError where there is no subject or body, or a word in 【】 that nobody knows; nothing is kept then.
    """
    path = _words_at(folder, kind, unit)
    if said is None:
        remove(path)
        return
    text = words.TEXT_HEAD.format(subject=" ".join(said[0].split()), body=said[1].replace("\r\n", "\n").strip())
    _read_text(text, path)
    write_whole(path, f"{text}\n".replace("\n", "\r\n").encode("utf-8-sig"))


def _text(folder: Path, kind: str) -> _Text:
    """The words of a kind: the clerk's, or those that ship."""
    path = _words_at(folder, kind)
    return _kept_text(path) if path.exists() else _read_text(words.DEFAULTS[kind], path)


def _own_text(folder: Path, kind: str, unit: str) -> _Text | None:
    """The words of a kind for one unit alone, None where it has none of its own."""
    path = _words_at(folder, kind, unit)
    return _kept_text(path) if path.exists() else None


def _kept_text(path: Path) -> _Text:
    text = decoded(read_own(path))
    if text is None:
        raise RoundError("letters-encoding", path=path)
    return _read_text(text, path)


def _read_text(text: str, path: Path) -> _Text:
    head, _, body = visible(text.removeprefix("\ufeff").replace("\r\n", "\n")).strip().partition("\n")
    if not head.removeprefix(words.SUBJECT).strip() or not head.startswith(words.SUBJECT) or not body.strip():
        raise RoundError("letters-subject", path=path)
    known = tuple(words.WORDS.values())
    if unknown := tuple(dict.fromkeys(one for one in _WORD.findall(head + body) if one not in known)):
        raise RoundError(
            "letters-words", path=path, found="".join(f"【{one}】" for one in unknown), known="、".join(known)
        )
    return _Text(head.removeprefix(words.SUBJECT).strip(), body.strip() + "\n")


def _filled(text: str, facts: Mapping[str, str]) -> str:
    names = {word: name for name, word in words.WORDS.items()}
    return _WORD.sub(lambda found: facts[names[found[1]]], text)


def posted(folder: Path) -> list[Posted]:
    """The rows of the list in a round's 发件/; raises RoundError where it cannot be read."""
    return _known(folder / words.LETTERS / words.LIST)


def tick(folder: Path, period: str, draft: str, sent: str) -> None:
    """Note in the list that a draft, by the name of its file, was sent ("√" or a day), or ("") that it was not.

    `period` is the label in the list's title. Raises RoundError("letters-gone") where the list has no such draft.
    """
    rows = posted(folder)
    if not any(one.draft == draft for one in rows):
        raise RoundError("letters-gone", found=draft)
    rows = [replace(one, sent=sent) if one.draft == draft else one for one in rows]
    write_whole(folder / words.LETTERS / words.LIST, posting_list_bytes(period, rows))


# --- the list ---------------------------------------------------------------------------------------------------------


def _posted(kind: str, unit: Unit, path: Path, draft: Draft) -> Posted:
    return Posted(
        kind=words.KINDS[kind],
        unit=unit.name,
        to=", ".join(draft.to),
        cc=", ".join(draft.cc),
        subject=draft.subject,
        body=draft.body.strip(),
        attachment=draft.name,
        draft=path.name,
        note="" if draft.to else words.NO_ADDRESS,
        mark=hashlib.sha256(draft.as_bytes()).hexdigest()[:16],
    )


def _known(path: Path) -> list[Posted]:
    """The rows of the list as the clerk has left it; raises RoundError where it cannot be read, for it holds ticks."""
    if not path.exists():
        return []
    try:
        return read_posting_list(read_own(path, LARGEST_BOOK))
    except Refused as refused:
        raise RoundError("letters-list", path=path) from refused


def _merged(kind: str, known: Sequence[Posted], posted: Sequence[Posted]) -> list[Posted]:
    """The rows of the list: those of other kinds as they were, and of this one the new drafts with their ticks."""
    before = {(one.kind, one.unit): one for one in known}
    now = {(one.kind, one.unit): one.after(before.get((one.kind, one.unit))) for one in posted}
    others = [one for key, one in before.items() if key not in now]
    kept = [one for one in others if one.kind != words.KINDS[kind]]
    gone = [one.withdrawn() for one in others if one.kind == words.KINDS[kind] and one.sent]
    order = list(words.KINDS.values())
    rows = [*kept, *now.values(), *gone]
    return sorted(rows, key=lambda one: order.index(one.kind) if one.kind in order else len(order))
