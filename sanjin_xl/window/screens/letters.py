"""S7 催报与退回: drafts of mails by kind, to be opened or copied from; the clerk ticks what is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask

from sanjin_xl.books.posting_list import Posted
from sanjin_xl.messages import letters as of_letters
from sanjin_xl.messages import official
from sanjin_xl.messages import window as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round import commands
from sanjin_xl.round.letters import posted, tick
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.workplace import Workplace

_ON_A_PAGE = 40
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
class LettersView:
    """The drafts of one kind; `listed` false: none was written yet."""

    kind: str
    tabs: Sequence[KindTab]
    rows: Page[Posted]


def view(rows: Sequence[Posted], kind: str, unit: str = "", page: int = 1) -> LettersView:
    """The drafts of a kind, of one unit by its name or of all ("")."""
    name = of_letters.KINDS[kind]
    own = [one for one in rows if one.kind == name and unit in ("", one.unit)]
    return LettersView(
        kind=kind,
        tabs=[_tab(rows, key, text, current=key == kind) for key, text in of_letters.KINDS.items()],
        rows=page_of(own, page, _ON_A_PAGE, lambda one: one),
    )


def _tab(rows: Sequence[Posted], key: str, text: str, *, current: bool) -> KindTab:
    own = [one for one in rows if one.kind == text]
    return KindTab(key=key, text=text, drafts=len(own), sent=sum(bool(one.sent) for one in own), current=current)


# --- its routes -------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/letters")
    def letters() -> Any:
        asked = flask.request.args
        kind = asked.get("kind", "remind")
        kind = kind if kind in of_letters.KINDS else "remind"
        unit = place.config().rules.roster.by_code.get(asked.get("unit", ""))
        shown = view(posted(place.round), kind, unit.name if unit else "", asked.get("page", 1, int))
        return render(place, "letters", view=shown, documents=official.DOCUMENTS)

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
        if name not in {one.draft for one in posted(place.round)}:
            raise RoundError("letters-gone", found=name)
        place.open_on_desk(place.round / of_letters.LETTERS / name)
        return back()

    @app.post("/letters/words/<kind>")
    def open_words(kind: str) -> Any:
        if kind not in of_letters.KINDS:
            flask.abort(404)
        name = of_letters.TEXT_NAME.format(kind=of_letters.KINDS[kind])
        place.open_on_desk(place.round / of_letters.LETTERS / of_letters.TEXTS / name)
        return back()


def _write(place: Workplace, kind: str, watch: Any) -> None:
    written = commands.letters(place.round, kind, watch=watch)
    place.say(words.DRAFTED.format(count=len(written.paths), kind=of_letters.KINDS[kind]))


def _write_document(place: Workplace, kind: str, watch: Any) -> None:
    path = commands.document(place.round, kind, watch=watch)
    place.say(words.DOCUMENT_WRITTEN.format(kind=official.DOCUMENTS[kind], name=path.name))
