"""A window opened for a test, with a clock that stands: asked as a browser would ask, or shown in a real one."""

import json
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import flask.testing
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright
from werkzeug.test import TestResponse

from sanjin_xl.messages import window as words
from sanjin_xl.model.period import BEIJING
from sanjin_xl.round import commands, shipped
from sanjin_xl.round.config import SUMMARY
from sanjin_xl.window.app import create_app
from sanjin_xl.window.guard import Guard
from sanjin_xl.window.life import Life
from sanjin_xl.window.serve import close, make_server
from sanjin_xl.window.workplace import Workplace

NOW = datetime(2012, 10, 11, 9, 30, tzinfo=BEIJING)
REBOUND = "evil.example"  # a stranger's name that leads to this computer
SETTLED = 20_000  # milliseconds a busy machine may take
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Opened:
    """A window as a test sees it: `on_desk` is what it has opened beside itself."""

    place: Workplace
    keeper: Guard
    life: Life
    app: flask.Flask
    client: flask.testing.FlaskClient
    on_desk: list[Path] = field(default_factory=list)

    def get(self, path: str) -> str:
        """The text of a page, which must be there."""
        answer = self.client.get(path, base_url=self.keeper.origin)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, /, **fields: Any) -> TestResponse:
        """The answer to a form sent from one of our pages."""
        origin = {"Origin": self.keeper.origin}
        return self.client.post(path, base_url=self.keeper.origin, headers=origin, data=fields)

    def drop(self, *files: tuple[str, bytes]) -> None:
        """Drop files by name and content, and wait until they have been counted."""
        self.post("/returns/drop", file=[(BytesIO(data), name) for name, data in files])
        self.place.job.wait()


def opened_window(place: Workplace, port: int = 4711) -> Opened:
    """A window on a workplace, whose client has been let in."""
    keeper, life, on_desk = Guard(port=port), Life(), list[Path]()
    place.open_on_desk = on_desk.append
    app = create_app(place, keeper, life)
    client = app.test_client()
    client.set_cookie(keeper.cookie_name, keeper.cookie, domain="127.0.0.1")
    return Opened(place, keeper, life, app, client, on_desk)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with 文档 in it, where the window keeps what it remembers."""
    home = tmp_path / "家"
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME", "LOCALAPPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    (home / "文档").mkdir(parents=True)
    return home


@pytest.fixture
def empty(own_home: Path) -> Opened:
    """A window with no round open."""
    return opened_window(Workplace(clock=lambda: NOW))


@pytest.fixture
def window(round_folder: Path, own_home: Path) -> Iterator[Opened]:
    """A window on a round whose workbooks have been issued."""
    place = Workplace(clock=lambda: NOW)
    place.open(round_folder)
    place.job.wait()
    yield opened_window(place)
    place.job.wait()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round of the samples, counted."""
    folder = tmp_path_factory.mktemp("samples") / "三季度"
    shipped.copy_samples(folder)
    commands.generate(folder)
    commands.ingest(folder)
    return folder


@pytest.fixture
def on_samples(samples: Path, tmp_path: Path, own_home: Path) -> Opened:
    """A window on the round of the samples."""
    place = Workplace(clock=lambda: NOW)
    place.open(shutil.copytree(samples, tmp_path / "三 季度"))
    place.job.wait()
    return opened_window(place)


def results_of(window: Opened) -> dict[str, list[dict[str, object]]]:
    """What results.json says of the round of a window."""
    text = (window.place.round / SUMMARY / "results.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


# --- in a real browser ------------------------------------------------------------------------------------------------


def browser_missing() -> str | None:
    """Why no page can be shown here."""
    return None if any(map(shutil.which, CHROMIUM)) else "chromium is not installed"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, started once."""
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        # Names of strangers that lead to this computer, which is what DNS rebinding does.
        args = ["--no-sandbox", f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"]
        expect.set_options(timeout=SETTLED)
        started = playwright.chromium.launch(executable_path=program, args=args)
        yield started
        started.close()


@contextmanager
def served(place: Workplace) -> Iterator[Opened]:
    """The window on a workplace, served on a port of this computer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        opened = opened_window(place, listening.getsockname()[1])
        server = make_server(opened.app, listening)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield opened
        finally:
            close(server)
            thread.join()
            place.job.wait()


@pytest.fixture
def on_samples_served(on_samples: Opened) -> Iterator[Opened]:
    """A window on the round of the samples, served."""
    with served(on_samples.place) as window:
        yield window


@pytest.fixture
def show(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Opens a tab on a served window, which must complain of nothing and ask nobody but this computer."""
    contexts, complaints = [], list[str]()

    def open_tab(opened: Opened, path: str = "/", *, width: int = 1280) -> Page:
        context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 860}, bypass_csp=False)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SETTLED)

        def complain(said: str) -> None:
            complaints.append(said)

        def ask(asked: Request) -> None:
            # A page may make up addresses of its own; nothing is fetched by them.
            if not asked.url.startswith((opened.keeper.origin, "blob:", "data:")):
                complain(asked.url)

        def hear(said: ConsoleMessage) -> None:
            # The window may have been closed while a page is open, or in the middle of an answer.
            if said.type == "error" and not re.search("ERR_CONNECTION|ERR_CONTENT_LENGTH_MISMATCH", said.text):
                complain(said.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("request", ask)
        page.goto(f"{opened.keeper.origin}/?key={opened.keeper.new_key()}")
        if path != "/":
            page.goto(opened.keeper.origin + path)
        return page

    yield open_tab
    for context in contexts:
        try:
            context.close()
        except Error:  # the browser has gone
            continue
    assert not complaints, complaints


def go_by_key(page: Page, step: str) -> None:
    """Go to a step by its number, once the page hears keys, and see that it is there."""
    page.wait_for_load_state()
    page.locator("body").press(str(list(words.STEPS).index(step) + 1))
    page.wait_for_url(f"**/{step}")


@contextmanager
def stranger(answer: bytes) -> Iterator[int]:
    """A server of somebody else's on a port of this computer: a browser takes it for the same site, cookies and all."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
