"""The web application: every request passes the guard, every screen brings its routes, every fault has a sentence."""

from pathlib import Path
from typing import Any

import flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from sanjin_xl.messages import window as words
from sanjin_xl.messages.letters import BOOK, LETTERS
from sanjin_xl.model.errors import SanjinError
from sanjin_xl.round.config import (
    CONFIG,
    CORRECTED,
    FEEDBACK,
    ISSUED,
    RETURNED,
    RULED,
    RULINGS_FILE,
    SUMMARY,
    SUMMARY_FILE,
)
from sanjin_xl.window import desk, guard
from sanjin_xl.window.frame import progress_in_words
from sanjin_xl.window.guard import Guard
from sanjin_xl.window.life import Life
from sanjin_xl.window.pages import back, render
from sanjin_xl.window.screens import board, feedback, folders, issue, letters, options, rounds, rulings, summary, unit
from sanjin_xl.window.workplace import Workplace, fault_in_words, in_words

LARGEST_REQUEST = 64 * 2**20
_PLACES = {
    "folder": "",
    "issued": ISSUED,
    "returned": RETURNED,
    "corrected": CORRECTED,
    "rulings": f"{RULED}/{RULINGS_FILE}",
    "summary": f"{SUMMARY}/{SUMMARY_FILE}",
    "feedback": FEEDBACK,
    "settings": CONFIG,
    "letters": LETTERS,
    "addresses": BOOK,
}
"""What the window opens on the desk, by name: no request can name a path of its own."""


def create_app(place: Workplace, keeper: Guard, life: Life) -> flask.Flask:
    """The application of one window: what it works on, who may ask, and how long it lives."""
    manual = desk.manual()
    app = flask.Flask(__name__, static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_REQUEST
    app.jinja_env.globals.update(t=words, manual=manual)
    app.jinja_env.filters["way"] = board.way
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _guard(app, keeper)
    _common(app, place, life, manual)
    for screen in (rounds, folders, issue, board, unit, rulings, summary, letters, feedback, options):
        screen.add_to(app, place)
    _say_faults(app, place)
    return app


def _guard(app: flask.Flask, keeper: Guard) -> None:
    @app.before_request
    def check() -> Response | None:
        request = flask.request
        asked = guard.Request(
            method=request.method,
            host=request.headers.get("Host"),
            origin=request.headers.get("Origin"),
            cookie=request.cookies.get(keeper.cookie_name),
            site=request.headers.get("Sec-Fetch-Site"),
        )
        if keeper.is_ours(asked):
            if request.path == "/again" and keeper.knows_nonce(request.headers.get("X-Nonce")):
                return flask.Response(keeper.new_key(), mimetype="text/plain")
            if request.path == "/" and keeper.take_key(request.args.get("key", "")):
                return _let_in(keeper)
        refusal = keeper.refusal(asked)
        return flask.Response(words.FORBIDDEN, refusal, mimetype="text/plain") if refusal else None

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in guard.HEADERS.items():
            response.headers[name] = value
        return response


def _let_in(keeper: Guard) -> Response:
    response = flask.redirect("/")
    response.set_cookie(keeper.cookie_name, keeper.cookie, httponly=True, samesite="Strict")
    return response


def _common(app: flask.Flask, place: Workplace, life: Life, manual: Path | None) -> None:
    @app.before_request
    def see() -> None:
        # Behind the guard. Whoever goes from page to page without a script asks for no status.
        life.seen()

    @app.get("/")
    def start() -> Any:
        return flask.redirect("/returns" if place.folder else "/rounds")

    @app.get("/status")
    def status() -> Any:
        """How the work stands, asked for by every page that is open; `version` changes with what a page may show."""
        now = place.job.now
        return {
            "busy": now.busy,
            "text": progress_in_words(now),
            "done": now.done,
            "total": now.total,
            "version": place.version,
        }

    @app.post("/stop")
    def stop() -> Any:
        place.stop()
        return back()

    @app.post("/undo/<int:number>")
    def undo(number: int) -> Any:
        place.undo(number)
        return back()

    @app.post("/open/<name>")
    def open_place(name: str) -> Any:
        if name == "manual" and manual:
            place.open_on_desk(manual)
        elif name in _PLACES:
            place.open_on_desk(place.round / _PLACES[name])
        else:
            flask.abort(404)
        return back()

    @app.post("/quit")
    def leave() -> Any:
        life.end()
        return flask.render_template("closed.html")


def _say_faults(app: flask.Flask, place: Workplace) -> None:
    @app.errorhandler(SanjinError)
    def cannot(error: SanjinError) -> Any:
        """What could not be done is said on the page one comes from; a page that cannot be shown says it itself."""
        if flask.request.method == "POST":
            place.say(in_words(error), fault=True)
            return back()
        return render(place, "fault", text=in_words(error)), 409

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: HTTPException) -> Any:
        place.say(words.TOO_LARGE, fault=True)
        return back()

    @app.errorhandler(400)
    @app.errorhandler(404)
    @app.errorhandler(405)
    def unknown(error: HTTPException) -> Any:
        # 405: a tab that is restored asks for the address a form was last sent to.
        return render(place, "fault", text=words.NOT_FOUND), error.code

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Any:
        if isinstance(error, HTTPException):
            return error
        from sanjin_xl.round.faults import log_fault

        log_fault(error, place.folder)
        # Without the frame around it, which may be what has failed.
        return flask.render_template("fault.html", text=fault_in_words(error)), 500
