"""S2 发放: the workbook of every unit, how often it was issued, and issuing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import flask

from sanjin_xl.messages import letters as of_letters
from sanjin_xl.messages import window as words
from sanjin_xl.model.contacts import Contact, split_addresses
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.roster import Unit
from sanjin_xl.round import commands, settings
from sanjin_xl.round.config import ISSUED, Config
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.workplace import Workplace

_ON_A_PAGE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """A unit's issued workbook: the number of its issue, 0 for none, and the name of its file, "" where it is gone.

    `to`: where it is sent; `sent`: its draft, None before one was written, is ticked as sent.
    """

    code: str
    name: str
    number: int
    file: str
    to: str
    sent: bool | None


def rows(place: Workplace, config: Config, numbers: Mapping[str, int], page: int) -> Page[IssueRow]:
    """The units of a round with what lies in 发放/ for them, and whether it was sent."""
    kind = of_letters.KINDS["issue"]
    drafts = {one.unit: bool(one.sent) for one in place.letters() if one.kind == kind}
    files = sorted(path.name for path in (place.round / ISSUED).glob("*.xlsx"))

    def row(unit: Unit) -> IssueRow:
        return IssueRow(
            code=unit.code,
            name=unit.name,
            number=numbers.get(unit.code, 0),
            file=_file_of(unit, files),
            to=", ".join(config.contacts.get(unit.code, Contact()).to),
            sent=drafts.get(unit.name),
        )

    return page_of(config.rules.roster.units, page, _ON_A_PAGE, row)


def _file_of(unit: Unit, files: Sequence[str]) -> str:
    return next((name for name in files if name.startswith(f"{unit.name}_")), "")


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/issue")
    def issue() -> Any:
        config = place.config()
        numbers = place.issues()
        shown = rows(place, config, numbers, flask.request.args.get("page", 1, int))
        return render(
            place, "issue",
            units=shown, issued=bool(numbers), contact=config.contact, phone=config.phone,
            previous=config.previous, prefilled=place.is_prefilled(),
        )  # fmt: skip

    @app.post("/issue/generate")
    def generate() -> Any:
        _issue(place, reissue=False)
        return back()

    @app.post("/issue/again")
    def again() -> Any:
        # It cannot be taken back: the copies that are out are no longer accepted.
        if flask.request.form.get("sure") != "1":
            raise RoundError("window-unsure")
        _issue(place, reissue=True)
        return back()

    @app.post("/issue/file/<code>")
    def file(code: str) -> Any:
        unit = _unit(place.config(), code)
        files = sorted(path.name for path in (place.round / ISSUED).glob("*.xlsx"))
        place.open_on_desk(place.round / ISSUED / (_file_of(unit, files) or words.NONE))
        return back()

    @app.post("/issue/address/<code>")
    def address(code: str) -> Any:
        config = place.config()
        unit = _unit(config, code)
        before, to = config.contacts.get(code, Contact()).to, split_addresses(flask.request.form.get("to", ""))
        if to != before:
            settings.write_to(place.round, code, to)
            text = words.ADDRESS_DEED.format(unit=unit.name, to=", ".join(to) or words.NONE)
            place.did(text, partial(settings.write_to, place.round, code, before))
        return back()


def _unit(config: Config, code: str) -> Unit:
    return config.rules.roster.by_code.get(code) or flask.abort(404)


def _issue(place: Workplace, *, reissue: bool) -> None:
    prefill = place.config().previous if flask.request.form.get("prefill") == "1" else None
    place.start("generate", partial(_generate, place, reissue, prefill))


def _generate(place: Workplace, reissue: bool, prefill: Path | None, watch: Any) -> None:
    issued = commands.generate(place.round, reissue=reissue, prefill=prefill, watch=watch)
    place.say(words.ISSUED.format(count=len(issued.paths)))
    place.look_where_it_stands()
