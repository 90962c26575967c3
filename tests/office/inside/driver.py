"""Drive one LibreOffice: a JSON request per line on stdin, a JSON answer per line on stdout.

    {"op": "open", "path": "form.xlsx"}   →   {"result": 1}
    {"op": "close", "handle": 7}          →   {"error": "KeyError", "message": "7", "fatal": false}

Started as `driver.py SOFFICE FOLDER` by the client under the Python that has `uno` (Debian's python3-uno, or the one
inside LibreOffice: 3.8 and up). So neither this file nor its neighbours import the project or anything it needs.
FOLDER holds the office's profile and copies of the workbooks. The end of stdin is the end of the office, too.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uno
from com.sun.star.uno import Exception as UnoException
from desk import Desk
from keyboard import StuckError

if TYPE_CHECKING:
    from collections.abc import Callable

    Requests = queue.Queue[dict[str, Any] | None]

START_SECONDS = 60
STOP_SECONDS = 5

# What is typed must arrive as typed (no completion from the cells above, no ½ for 1/2), in the clerk's locale;
# messages in English, so that tests can tell them apart.
SETTINGS = {
    "/org.openoffice.Office.Calc/Input": {"AutoInput": "false"},
    "/org.openoffice.Office.Common/AutoCorrect": {
        "UseReplacementTable": "false",
        "TwoCapitalsAtStart": "false",
        "CapitalAtStartSentence": "false",
    },
    "/org.openoffice.Office.Linguistic/General": {"UILocale": "en-US"},
    "/org.openoffice.Setup/L10N": {"ooSetupSystemLocale": "zh-CN"},
}
REGISTRY = '<oor:items xmlns:oor="http://openoffice.org/2001/registry">{}</oor:items>'
ITEM = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'


def write_profile(profile: Path) -> None:
    """Write a user profile with the settings above."""
    items = [ITEM.format(path, *setting) for path, settings in SETTINGS.items() for setting in settings.items()]
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(REGISTRY.format("".join(items)), encoding="utf-8")


def start(soffice: str, profile: Path, pipe: str) -> subprocess.Popen[bytes]:
    """Start the office without a screen; return its process.

    On Linux the server plug-in (svp) draws nowhere, and `--headless` is left out: with it every message box answers
    itself before anyone can read it. Elsewhere a user's screen must be spared, so messages are lost there.
    """
    linux = sys.platform.startswith("linux")
    return subprocess.Popen(
        [
            soffice,
            *([] if linux else ["--headless"]),
            "--norestore",
            "--nologo",
            "--nodefault",
            "-env:UserInstallation=" + profile.as_uri(),
            "--accept=pipe,name=" + pipe + ";urp;",
        ],
        env=dict(os.environ, SAL_USE_VCLPLUGIN="svp") if linux else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def connect(process: subprocess.Popen[bytes], pipe: str) -> Any:
    """Return the component context of an office that is starting up; RuntimeError if it does not come up."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return resolver.resolve("uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext")
        except UnoException:
            time.sleep(0.02)
    raise RuntimeError(f"soffice did not start, exit status {process.poll()}")


def answer(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one request."""
    try:
        return {"result": getattr(desk, request.pop("op"))(**request)}
    except Exception as error:  # noqa: BLE001  (whatever it is, the client is to hear of it)
        return {
            "error": type(error).__name__,
            "message": str(error),
            "addresses": getattr(error, "addresses", []),
            "fatal": isinstance(error, StuckError) or not desk.is_alive(),
        }


def say(reply: dict[str, Any]) -> None:
    """Write one line to the client; plain ASCII, whatever the locale."""
    print(json.dumps(reply), flush=True)


def listen(requests: Requests, give_up: Callable[[], object]) -> None:
    """Pass on each line of stdin, then None; and see to it that the end is not waited for in vain."""
    for line in sys.stdin:
        requests.put(json.loads(line))
    requests.put(None)
    time.sleep(STOP_SECONDS)
    give_up()


def serve(desk: Desk, requests: Requests) -> None:
    """Answer requests until there are no more, or the office is of no use any more."""
    for request in iter(requests.get, None):
        reply = answer(desk, request)
        say(reply)
        if reply.get("fatal"):
            return
    desk.terminate()


def clean_up(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Remove the folder and kill what is left; our own process group too, where the client made us its leader.

    soffice is a script around a starter around the real process: killing the one we know is not enough.
    """
    if os.name == "nt":
        subprocess.call(["taskkill", "/F", "/T", "/PID", str(process.pid)], stdout=subprocess.DEVNULL)
    shutil.rmtree(str(folder), ignore_errors=True)
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)  # past threads that may never return


def main(soffice: str, folder: Path) -> None:
    pipe = "office" + uuid.uuid4().hex
    write_profile(folder / "profile")
    process = start(soffice, folder / "profile", pipe)
    requests: Requests = queue.Queue()
    try:
        threading.Thread(target=listen, args=(requests, lambda: clean_up(process, folder)), daemon=True).start()
        desk = Desk(connect(process, pipe), folder)
        say({"result": "ready"})
        serve(desk, requests)
        process.wait(STOP_SECONDS)
    except Exception:  # noqa: BLE001  (shown, and then the office is cleared away)
        traceback.print_exc()
    finally:
        clean_up(process, folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
