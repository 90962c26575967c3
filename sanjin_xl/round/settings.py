"""Changing round.toml and making the next round from this one, with every comment where it was."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sanjin_xl.books.address_book import address_book_bytes
from sanjin_xl.messages.letters import BOOK
from sanjin_xl.model.contacts import Contact, is_address
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.period import parse_period
from sanjin_xl.round.address_book import holds_more
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.config import CONFIG, parse_config, read_config
from sanjin_xl.round.new_round import make_round, require_no_round
from sanjin_xl.round.outputs import LARGEST_BOOK, WORKSHOP, read_own, write_whole
from sanjin_xl.round.shipped import decoded

_OF_ONE_ROUND = ("pinned", "received", "accept", "as_of", "previous")
"""What is said of single files and days of a round, and holds for no other."""

Setting = str | date | list[str] | Mapping[str, str]


def change(folder: Path, settings: Mapping[str, Setting | None]) -> dict[str, Setting | None]:
    """Change settings of a round by their keys in round.toml; None takes one away, and it is as if never written.

    Gives what they were.

    Raises RoundError with every fault where the round could not be read with them; the file is then untouched.
    """
    document = _document(folder)
    was = {key: document[key].unwrap() if key in document else None for key in settings}
    for key, value in settings.items():
        if value is None:
            document.pop(key, None)
        elif document.get(key) != value:
            document[key] = value
    _keep(folder, document)
    return was


def _keep(folder: Path, document: Any) -> None:
    text = document.as_string()
    parse_config(folder, text)
    write_whole(folder / CONFIG, text.encode())


def _document(folder: Path) -> Any:
    """round.toml as a document that keeps its comments; raises RoundError where it cannot be read as it is."""
    import tomlkit  # of the extra: only the window changes settings

    read_config(folder)
    return tomlkit.parse(decoded(read_own(folder / CONFIG)) or "")


def pin(folder: Path, pins: Mapping[str, str | None]) -> None:
    """Say in round.toml which file of each of these units, by code, counts; None says it no more.

    Raises RoundError as `change` does.
    """
    document, roster = _document(folder), read_config(folder).rules.roster
    # Whatever name a unit has there: its code, its area, its own.
    pinned = document.setdefault("pinned", {})
    for name in list(pinned):
        unit = roster.by_code.get(name) or roster.find(name)
        if unit and unit.code in pins:
            del pinned[name]
    pinned.update({roster.by_code[code].name: path for code, path in pins.items() if path is not None})
    if not pinned:
        del document["pinned"]
    _keep(folder, document)


def write_to(folder: Path, code: str, to: tuple[str, ...]) -> None:
    """Keep the mail addresses of a unit in the address book, or in round.toml where there is no book.

    Raises RoundError("address-unclear") for what is no address, RoundError("addresses-elsewhere") where round.toml has
    the unit as well or the book holds what would be lost, and as `change` does; nothing is changed then.
    """
    if wrong := [one for one in to if not is_address(one)]:
        raise RoundError("address-unclear", found=wrong[0])
    config, document = read_config(folder), _document(folder)
    roster, contact = config.rules.roster, replace(config.contacts.get(code, Contact()), to=to)
    mail = document.setdefault("mail", {})
    named = next((name for name in mail if roster.by_code.get(name, roster.find(name)) is roster.by_code[code]), None)
    book = folder / BOOK
    if not book.exists():
        mail.setdefault(named or roster.by_code[code].name, {})["to"] = list(to)
        _keep(folder, document)
        return
    if named or holds_more(folder):
        raise RoundError("addresses-elsewhere", path=CONFIG if named else BOOK)
    before = read_own(book, LARGEST_BOOK)
    # Widths and colours are the clerk's own: the book is kept as it was.
    Archive(folder / WORKSHOP / "archive").keep(hashlib.sha256(before).hexdigest(), before)
    write_whole(book, address_book_bytes(roster, {**config.contacts, code: contact}))


def next_round(
    former: Path, folder: Path, *, period: str, due: date, own: Mapping[str, Setting] = MappingProxyType({})
) -> None:
    """Make the round that follows another: with its form, roster, policies, contacts and other settings but its `own`.

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
    document.update(own)
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
