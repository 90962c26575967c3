"""What every screen needs to be shown: rendering within the frame, going back, and long lists page by page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import flask
from werkzeug.wrappers import Response

from sanjin_xl.window.frame import frame
from sanjin_xl.window.workplace import Workplace

Thing = TypeVar("Thing")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a long list: its rows, its number from 1, how many pages and how many rows there are in all."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


def page_of(things: Sequence[Thing], number: int, size: int, row: Callable[[Thing], Row]) -> Page[Row]:
    """The page with this number, the nearest where there is none; rows are made of its own things alone."""
    pages = max(1, -(-len(things) // size))
    number = min(max(1, number), pages)
    shown = things[(number - 1) * size : number * size]
    return Page([row(one) for one in shown], number, pages, len(things))


def render(place: Workplace, screen: str, **shown: object) -> str:
    """The page of a screen within its frame."""
    return flask.render_template(f"{screen}.html", frame=frame(place, screen), **shown)


def back() -> Response:
    """Back to the page that a form was sent from, which its hidden field `from` names; else to the board."""
    target = flask.request.form.get("from", "")
    # A path of ours: "//elsewhere" and "/\\elsewhere" are addresses of others.
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return flask.redirect(target if ours else "/returns", 303)
