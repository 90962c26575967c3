"""S8 反馈: a workbook for every unit that was counted, made when the ranking is settled."""

from functools import partial
from typing import Any

import flask

from sanjin_xl.messages import window as words
from sanjin_xl.round import commands
from sanjin_xl.round.config import FEEDBACK
from sanjin_xl.round.state import Step
from sanjin_xl.window.pages import back, render
from sanjin_xl.window.workplace import Workplace

_MOVING = ("pending", "to-correct")


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/feedback")
    def feedback() -> Any:
        board = place.board
        files = sorted(path.name for path in (place.round / FEEDBACK).glob("*.xlsx"))
        how = board.tally.units if board else {}
        moving = [one.unit.name for one in board.results.units if how[one.unit.code].state in _MOVING] if board else []
        missing = [one.unit.name for one in board.results.units if not one.outcome] if board else []
        return render(
            place, "feedback", moving=moving, missing=missing, files=files, board=board,
            issued=place.step is not Step.NEW,
        )  # fmt: skip

    @app.post("/feedback/write")
    def write() -> Any:
        place.start("feedback", partial(_write, place))
        return back()


def _write(place: Workplace, watch: Any) -> None:
    results = commands.feedback(place.round, watch=watch, standby=place.standby)
    place.say(words.FED_BACK.format(count=sum(one.outcome is not None for one in results.units)))
    place.look_where_it_stands()
