"""Starting the window: one for a round, on this computer alone, in a browser window of its own."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sanjin_xl.messages import window as words
from sanjin_xl.model.errors import SanjinError
from sanjin_xl.round.outputs import WORKSHOP, read_own, write_whole
from sanjin_xl.round.standby import Standby
from sanjin_xl.window import copies
from sanjin_xl.window.app import create_app
from sanjin_xl.window.guard import HOST, Guard, is_key
from sanjin_xl.window.life import Life
from sanjin_xl.window.recent import own_folder, remember
from sanjin_xl.window.workplace import Workplace

INSTANCE = "window.json"
_TICK = 3.0  # seconds between looks at the folder
_THREADS = 8
_PATIENCE = 3.0  # seconds a window that is open already has to answer


def serve(folder: Path | None, *, browse: Callable[[str], None], say: Callable[[str], None]) -> None:
    """Open the window on a round, or on none yet, and stay until it is closed.

    Where one is open already, that one is shown instead. `browse` opens an address, `say` prints a sentence. Raises
    RoundError where the folder is no round.
    """
    if url := running(folder):
        say(words.RUNNING)
        browse(url)
        return
    # Bound before anything is made, for the port is part of the cookie's name.
    copies.clear()
    with closing(Standby()) as standby, socket.create_server((HOST, 0)) as listening:
        keeper = Guard(port=listening.getsockname()[1])
        place, life = Workplace(standby=standby), Life()
        if folder:
            place.open(folder)
            remember(folder)
        server = make_server(create_app(place, keeper, life), listening)
        with _noted(folder, keeper):
            url = f"{keeper.origin}/?key={keeper.new_key()}"
            say(words.OPENED.format(url=url))
            browse(url)
            _run(server, place, life, keeper)


def make_server(app: object, listening: socket.socket) -> Any:
    """A server of an application on a socket that listens."""
    # The packages of the extra are loaded when a window is wanted.
    from waitress.server import create_server

    return create_server(
        app, sockets=[listening], threads=_THREADS, ident=None, max_request_body_size=2**27, channel_timeout=60
    )


def _run(server: Any, place: Workplace, life: Life, keeper: Guard) -> None:
    """Serve until the window is closed; work that is going on is waited for."""
    threading.Thread(target=server.run, name="server", daemon=True).start()
    ticked, folder = monotonic(), place.folder
    with contextlib.ExitStack() as noted:
        while not life.is_over(busy=place.job.now.busy):
            sleep(0.2)
            if place.folder != folder:  # another round has been opened in the window
                folder = place.folder
                noted.enter_context(_noted(folder, keeper))
            if monotonic() - ticked > _TICK:
                ticked = monotonic()
                place.tick()
    # The answer to whoever ended it is still on its way.
    sleep(0.5)
    close(server)
    place.job.wait()


def close(server: Any) -> None:
    """End a server's loop from another thread: closed from here, its own would wait for sockets that are no more."""
    from waitress import wasyncore

    # Whoever still answers wakes the loop through the same pipe, and must not find it closed.
    server.task_dispatcher.shutdown()
    woken = threading.Event()

    def shut() -> None:
        # An earlier call may have woken the loop already: it would close the pipe before ours is written into it.
        woken.wait()
        wasyncore.close_all(server._map)

    server.trigger.pull_trigger(shut)
    woken.set()


# --- one window a round -----------------------------------------------------------------------------------------------


def running(folder: Path | None) -> str | None:
    """An address that opens the window of a round that is open already; None where there is none."""
    try:
        noted = json.loads(read_own(_instance(folder)).decode())
        port, nonce = int(noted["port"]), str(noted["nonce"])
        asked = urllib.request.Request(f"http://{HOST}:{port}/again", headers={"X-Nonce": nonce})
        # A proxy of the office must not be asked for this computer.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=_PATIENCE) as answer:
            key = answer.read(200).decode("ascii")
        # Where the window has gone, its port may have become anybody's.
        return f"http://{HOST}:{port}/?key={key}" if is_key(key) else None
    except (OSError, ValueError, KeyError, TypeError, UnicodeDecodeError, urllib.error.URLError):
        return None


@contextmanager
def _noted(folder: Path | None, keeper: Guard) -> Iterator[None]:
    """Leave word of the window, for its user alone to read, while it is open.

    Where it cannot be written, as on a read-only disk, a second start opens another window; nothing else is lost.
    """
    path = _instance(folder)
    word = json.dumps({"port": keeper.port, "pid": os.getpid(), "nonce": keeper.nonce}).encode()
    with contextlib.suppress(SanjinError):
        write_whole(path, word, private=True)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, SanjinError):
            if read_own(path) == word:
                path.unlink()


def _instance(folder: Path | None) -> Path:
    return folder / WORKSHOP / INSTANCE if folder else own_folder() / INSTANCE


# --- the browser ------------------------------------------------------------------------------------------------------

_BROWSERS = ("msedge", "microsoft-edge", "google-chrome", "chrome", "chromium", "chromium-browser")


def browse(url: str) -> None:
    """Show an address in a window without tabs where a browser that can is there, else in the usual one."""
    for program in filter(None, map(_found, _BROWSERS)):
        with contextlib.suppress(OSError):
            subprocess.Popen([program, f"--app={url}"], start_new_session=True, stderr=subprocess.DEVNULL)  # noqa: S603
            return
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(url)


def nowhere(url: str) -> None:
    """Show an address nowhere: whoever started the window opens it."""


def _found(program: str) -> str | None:
    """The path of a browser; on Windows they stand in no PATH but in the registry."""
    if sys.platform == "win32":
        import winreg

        key = rf"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{program}.exe"
        for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
            with contextlib.suppress(OSError):
                return winreg.QueryValue(root, key)
        return None
    return shutil.which(program)
