"""Where npm's packages are, and a Node.js program that uses them."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
INSTALL = "npm install --prefix .ci --no-package-lock"
_PLACES = (ROOT / ".ci", ROOT, ROOT.parent)


def unavailable(package: str) -> str | None:
    """Why a package cannot be used here, or None if it can."""
    if shutil.which("node") is None:
        return "no Node.js"
    return None if folder_of(package) else f"no {package}: `{INSTALL}`"


@cache
def folder_of(package: str) -> Path | None:
    """The folder of an installed package, in the checkout's .ci or in a node_modules beside or above it."""
    places = (place / "node_modules" / package for place in _PLACES)
    return next((place for place in places if place.is_dir()), None)


def mail_by_nodemailer(folder: Path, letter: Mapping[str, object], *attachments: Mapping[str, Any]) -> bytes:
    """A mail as Nodemailer writes it.

    `letter` has its from, to, date (ISO), subject and text, an attachment its filename and content.
    """
    parts = [{**one, "content": base64.b64encode(one["content"]).decode()} for one in attachments]
    (folder / "letter.json").write_text(json.dumps({**letter, "attachments": parts}), encoding="utf-8")
    run = [*command("nodemailer.js", "nodemailer"), str(folder / "letter.json")]
    return subprocess.run(run, check=True, capture_output=True).stdout


def read_mail(path: Path, package: str) -> dict[str, Any]:
    """What mailparser or postal-mime reads: subject, to, text, and of each attachment its name and SHA-256."""
    run = [*command("read_mail.js", package), str(path)]
    told: dict[str, Any] = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
    return told


def command(script: str, package: str) -> tuple[str, ...]:
    """The command that runs one of our scripts with a package, which it gets as its argument."""
    return "node", str(HERE / script), os.fspath(folder_of(package) or package)
