"""Changing round.toml and making the next round from this one, with every comment where it was."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sanjin_xl.messages.letters import BOOK
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.period import parse_period
from sanjin_xl.round.config import CONFIG, parse_config, read_config
from sanjin_xl.round.new_round import make_round, require_no_round
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own, write_whole
from sanjin_xl.round.shipped import decoded

_OF_ONE_ROUND = ("pinned", "received", "accept", "as_of", "previous")
"""What is said of single files and days of a round, and holds for no other."""

Setting = str | date | list[str] | Mapping[str, str]


def change(folder: Path, settings: Mapping[str, Setting | None]) -> None:
    """Change settings of a round by their keys in round.toml; None takes one away, and it is as if never written.

    Raises RoundError with every fault where the round could not be read with them; the file is then untouched.
    """
    document = _document(folder)
    for key, value in settings.items():
        if value is None:
            document.pop(key, None)
        elif document.get(key) != value:
            document[key] = value
    text = document.as_string()
    parse_config(folder, text)
    write_whole(folder / CONFIG, text.encode())


def _document(folder: Path) -> Any:
    """round.toml as a document that keeps its comments; raises RoundError where it cannot be read as it is."""
    import tomlkit  # of the extra: only the window changes settings

    read_config(folder)
    return tomlkit.parse(decoded(read_own(folder / CONFIG)) or "")


def pin(folder: Path, unit: str, path: str | None) -> None:
    """Say in round.toml which file of a unit, by its name there, counts; None says it no more.

    Raises RoundError as `change` does.
    """
    document = _document(folder)
    pinned = {name: str(value) for name, value in document.get("pinned", {}).items()}
    pinned.pop(unit, None)
    if path is not None:
        pinned[unit] = path
    change(folder, {"pinned": pinned or None})


def next_round(former: Path, folder: Path, *, period: str, due: date) -> None:
    """Make the round that follows another: with its form, roster, policies, contacts and other settings.

    Raises RoundError where the folder is a round already or within one, or the period does not follow.
    """
    config = read_config(former)
    rules, following = config.rules, parse_period(period)
    if following is not None and following.end <= rules.period.end:
        raise RoundError("next-not-later", period=following.label, found=rules.period.label)
    document = _document(former)
    for key in _OF_ONE_ROUND:
        document.pop(key, None)
    document["period"], document["due"] = period, due
    document["previous"] = _relative(former, folder)
    own_form, text = former / f"{rules.form.id}.toml", document.as_string()
    parse_config(former, text)
    require_no_round(folder)
    if own_form.is_file():
        write_whole(folder / own_form.name, own_form.read_bytes())
    if (former / BOOK).is_file():
        write_whole(folder / BOOK, read_own(former / BOOK, LARGEST_BOOK))
    make_round(folder, form=rules.form.id, period=period, due=due)
    write_whole(folder / CONFIG, text.encode())


def _relative(former: Path, folder: Path) -> str:
    """Where the former round lies, as seen from this one; on another drive of Windows only its full path tells."""
    try:
        return Path(os.path.relpath(former.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return former.absolute().as_posix()
