"""S2 发放: the workbook of every unit, how often it was issued, and issuing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import flask

from sanjin_xl.messages import window as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.roster import Unit
from sanjin_xl.round import commands
from sanjin_xl.round.config import ISSUED
from sanjin_xl.round.run import registered
from sanjin_xl.window.pages import Page, back, page_of, render
from sanjin_xl.window.workplace import Workplace

_ON_A_PAGE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """A unit's issued workbook: the number of its issue, 0 for none, and the name of its file, "" where it is gone."""

    code: str
    name: str
    number: int
    file: str


def rows(folder: Path, units: Sequence[Unit], numbers: dict[str, int], page: int) -> Page[IssueRow]:
    """The units of a round with what lies in 发放/ for them."""
    files = sorted(path.name for path in (folder / ISSUED).glob("*.xlsx"))

    def row(unit: Unit) -> IssueRow:
        own = [name for name in files if name.startswith(unit.name)]
        return IssueRow(code=unit.code, name=unit.name, number=numbers.get(unit.code, 0), file=own[0] if own else "")

    return page_of(units, page, _ON_A_PAGE, row)


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/issue")
    def issue() -> Any:
        with registered(place.round) as (config, register):
            numbers = {unit: issue for unit, (issue, _) in register.latest_issues().items()}
        shown = rows(place.round, config.rules.roster.units, numbers, flask.request.args.get("page", 1, int))
        return render(place, "issue", units=shown, issued=bool(numbers), contact=config.contact, phone=config.phone)

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
        config = place.config()
        unit = config.rules.roster.by_code.get(code)
        if unit is None:
            flask.abort(404)
        shown = rows(place.round, [unit], {}, 1).rows[0]
        place.open_on_desk(place.round / ISSUED / (shown.file or words.NONE))
        return back()


def _issue(place: Workplace, *, reissue: bool) -> None:
    place.start("generate", partial(_generate, place, reissue))


def _generate(place: Workplace, reissue: bool, watch: Any) -> None:
    issued = commands.generate(place.round, reissue=reissue, watch=watch)
    place.say(words.ISSUED.format(count=len(issued.paths)))
    place.look_where_it_stands()
