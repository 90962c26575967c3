"""S7 催报与退回: drafts of mails by kind, to be opened or copied from; the clerk ticks what is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask

from sanjin_xl.books.posting_list import Posted
from sanjin_xl.messages import feedback as of_feedback
from sanjin_xl.messages import letters as of_letters
from sanjin_xl.messages import official
from sanjin_xl.messages import window as words
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.roster import Unit
from sanjin_xl.round import commands
from sanjin_xl.round.config import FEEDBACK, Config
from sanjin_xl.round.letters import lay_out_words, letters, reword, tick
from sanjin_xl.round.run import reading
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.workplace import Workplace

_ON_A_PAGE = 60
_SENT = "√"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTab:
    """A kind of letter, how many drafts there are, and how many of them are ticked as sent."""

    key: str
    text: str
    drafts: int
    sent: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter to be written or written already (`draft`: the name of its file, "" before); `code` names its page."""

    code: str
    unit: str
    to: str
    draft: str
    sent: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersView:
    """The letters of one kind."""

    kind: str
    name: str
    tabs: Sequence[KindTab]
    rows: Page[LetterRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """One letter as its draft says it or would say it, and the codes of the units before and behind it."""

    kind: str
    name: str
    code: str
    unit: str
    to: str
    cc: str
    subject: str
    body: str
    attachment: str
    folder: str
    own: bool
    draft: str
    sent: str
    before: str
    behind: str


# --- what they show ---------------------------------------------------------------------------------------------------


def view(place: Workplace, kind: str, page: int = 1) -> LettersView:
    """The letters of a kind: to whomever it concerns now, and those that were written before."""
    rows, name = place.letters(), of_letters.KINDS[kind]
    own = {one.unit: one for one in rows if one.kind == name}
    config = place.config()
    units = [(one.code, one.name) for one in concerned(place, config, kind)]
    others = [("", unit) for unit in own.keys() - {unit for _, unit in units}]

    def row(unit: tuple[str, str]) -> LetterRow:
        code, called = unit
        one, contact = own.get(called), config.contacts.get(code, Contact())
        return LetterRow(
            code=code,
            unit=called,
            to=one.to if one else ", ".join(contact.to),
            draft=one.draft if one else "",
            sent=one.sent if one else "",
            note=one.note if one else "" if contact.to else of_letters.NO_ADDRESS,
        )

    return LettersView(
        kind=kind,
        name=name,
        tabs=[_tab(rows, key, text, current=key == kind) for key, text in of_letters.KINDS.items()],
        rows=page_of([*units, *sorted(others)], page, _ON_A_PAGE, row),
    )


def concerned(place: Workplace, config: Config, kind: str) -> list[Unit]:
    """The units a kind of letter is for: whoever sent nothing is reminded, others get what was made for them."""
    units = config.rules.roster.units
    if kind == "issue":
        return list(units)
    if kind == "feedback":
        names = {path.name for path in (place.round / FEEDBACK).glob("*.xlsx")}
        return [
            one
            for one in units
            if of_feedback.FILE_NAME.format(unit=one.name, period=config.rules.period.label) in names
        ]
    stands = place.board.tally.units if place.board else {}
    state = "missing" if kind == "remind" else "to-correct"
    return [one for one in units if (how := stands.get(one.code)) and how.state == state]


def letter(place: Workplace, kind: str, code: str) -> LetterView:
    """The letter of a kind to a unit; raises RoundError("letters-no-book") where there is nothing to go with it."""
    if kind not in of_letters.KINDS or code not in place.config().rules.roster.by_code:
        flask.abort(404)
    with reading(place.round) as run:
        one = next(letters(run, kind, [code]), None)
        order = [unit.code for unit in concerned(place, run.config, kind)]
        called = run.rules.roster.by_code[code].name
    if one is None:
        raise RoundError("letters-no-book", unit=called)
    name = of_letters.KINDS[kind]
    draft = next((row for row in place.letters() if (row.kind, row.unit) == (name, one.unit.name)), Posted())
    at = order.index(code) if code in order else None
    return LetterView(
        kind=kind,
        name=name,
        code=code,
        unit=one.unit.name,
        to=", ".join(one.contact.to),
        cc=", ".join(one.contact.cc),
        subject=one.subject,
        body=one.body.strip(),
        attachment=one.book.name,
        folder=str(one.book.parent),
        own=one.own,
        draft=draft.draft,
        sent=draft.sent,
        before=order[at - 1] if at else "",
        behind=order[at + 1] if at is not None and at + 1 < len(order) else "",
    )


def _tab(rows: Sequence[Posted], key: str, text: str, *, current: bool) -> KindTab:
    own = [one for one in rows if one.kind == text]
    return KindTab(key=key, text=text, drafts=len(own), sent=sum(bool(one.sent) for one in own), current=current)


# --- its routes -------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""
    _add_pages(app, place)
    _add_words(app, place)
    _add_drafts(app, place)


def _add_pages(app: flask.Flask, place: Workplace) -> None:
    @app.get("/letters")
    def all_of_a_kind() -> Any:
        asked = flask.request.args
        kind = asked.get("kind", "remind")
        shown = view(place, kind if kind in of_letters.KINDS else "remind", asked.get("page", 1, int))
        return render(place, "letters", view=shown, documents=official.DOCUMENTS)

    @app.get("/letters/<kind>/<code>")
    def one_letter(kind: str, code: str) -> Any:
        return render(place, "letter", letter=letter(place, kind, code))


def _add_words(app: flask.Flask, place: Workplace) -> None:
    """What the letters say: of one unit, and of a kind."""

    @app.post("/letters/<kind>/<code>/words")
    def keep_words(kind: str, code: str) -> Any:
        shown = letter(place, kind, code)
        form = flask.request.form
        said = (form.get("subject", "").strip(), form.get("body", "").replace("\r\n", "\n").strip())
        if form.get("as_all"):
            reword(place.round, kind, shown.unit, None)
        elif said != (shown.subject, shown.body):
            reword(place.round, kind, shown.unit, said)
        place.start("letters", partial(_write, place, kind))
        return back()

    @app.post("/letters/words/<kind>")
    def open_words(kind: str) -> Any:
        if kind not in of_letters.KINDS:
            flask.abort(404)
        place.open_on_desk(lay_out_words(place.round, kind))
        return back()


def _add_drafts(app: flask.Flask, place: Workplace) -> None:
    """Writing drafts and documents, opening a draft, and noting that it was sent."""

    @app.post("/letters/write/<kind>")
    def write_drafts(kind: str) -> Any:
        if kind not in of_letters.KINDS:
            flask.abort(404)
        place.start("letters", partial(_write, place, kind))
        return back()

    @app.post("/letters/document/<kind>")
    def write_document(kind: str) -> Any:
        if kind not in official.DOCUMENTS:
            flask.abort(404)
        place.start("letters", partial(_write_document, place, kind))
        return back()

    @app.post("/letters/tick")
    def tick_draft() -> Any:
        form = flask.request.form
        sent = form.get("sent", "")
        tick(place.round, place.config().rules.period.label, form.get("draft", ""), _SENT if sent else "")
        place.touch()
        return back()

    @app.post("/letters/open")
    def open_draft() -> Any:
        # Only what the list names is opened.
        name = flask.request.form.get("draft", "")
        if name not in {one.draft for one in place.letters()}:
            raise RoundError("letters-gone", found=name)
        place.open_on_desk(place.round / of_letters.LETTERS / name)
        return back()


def _write(place: Workplace, kind: str, watch: Any) -> None:
    written = commands.letters(place.round, kind, watch=watch, standby=place.standby)
    place.say(words.DRAFTED.format(count=len(written.paths), kind=of_letters.KINDS[kind]))


def _write_document(place: Workplace, kind: str, watch: Any) -> None:
    path = commands.document(place.round, kind, watch=watch, standby=place.standby)
    place.say(words.DOCUMENT_WRITTEN.format(kind=official.DOCUMENTS[kind], name=path.name))
