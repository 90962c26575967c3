"""The list of folders from which a round, or the place of a new one, is chosen, so that no path has to be typed.

It works by links and plain forms, and only shows: what is chosen goes back to the page that wants it.
"""

import base64
import binascii
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask

from sanjin_xl.messages import window as words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import RoundError
from sanjin_xl.window.folders import inside, is_round, starts
from sanjin_xl.window.pages import Page, page_of, render
from sanjin_xl.window.recent import recent
from sanjin_xl.window.workplace import Workplace, in_words

_ON_A_PAGE = 100
_WANTED_BY = {"open": "/rounds", "new": "/rounds/new", "previous": "/rounds/new", "next": "/next"}
"""What is chosen, one of `messages.window.FOLDER_USES`, and the page that wants it."""

_FIELD = {"new": "where", "next": "where", "previous": "previous"}
_OWN = frozenset(("use", "at", "path", "search", "page"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """A folder as it is listed: `into` is the address of what is in it.

    `choose`: the address that takes it, "" where it is not what is looked for; `at`: its path as `in_address` has it.
    """

    name: str
    is_round: bool
    into: str
    choose: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldersView:
    """What is to be chosen from: where to begin, the way down to the folder that is open, and the folders in it.

    `here`: the open one, None before one is; `above`: the address of the one it lies in. `fault`: why it cannot be
    looked into. `kept`: what had been typed on the page that wants a folder, to which `back` leads.
    """

    use: str
    starts: Sequence[FolderRow]
    way: Sequence[FolderRow]
    above: str
    here: FolderRow | None
    path: str
    rows: Page[FolderRow]
    search: str
    more: str
    fault: str
    kept: Mapping[str, str]
    back: str


def in_address(folder: Path) -> str:
    """A path as addresses and forms carry it: on an old stick a name may be no text, or have a line break in it."""
    return base64.urlsafe_b64encode(os.fsencode(folder)).decode()


def folder_of(asked: Mapping[str, str]) -> Path | None:
    """The folder that is asked for, chosen (`at`) or typed (`path`); None where none is, or not the whole way to it."""
    try:
        path = os.fsdecode(base64.urlsafe_b64decode(asked.get("at", "")))
    except (binascii.Error, ValueError):
        return None
    path = path or asked.get("path", "").strip().strip('"')
    return Path(os.path.abspath(path)) if os.path.isabs(path) else None  # noqa: PTH100, PTH117  (".." is taken out)


# --- what it shows ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Links:
    """Where folders lead to, for a use, with what had been typed on the page that wants one."""

    use: str
    kept: Mapping[str, str]

    def back(self, **chosen: str) -> str:
        query = urlencode({**self.kept, **chosen})
        return _WANTED_BY[self.use] + (f"?{query}" if query else "")

    def row(self, folder: Path, name: str) -> FolderRow:
        at, marked = in_address(folder), is_round(folder)
        into = urlencode({"use": self.use, "at": at, **self.kept})
        return FolderRow(
            name=visible(name), is_round=marked, into=f"/folders?{into}", choose=self._choose(folder, marked), at=at
        )

    def _choose(self, folder: Path, marked: bool) -> str:
        path = str(folder)
        if marked != (self.use in ("open", "previous")):
            return ""
        if self.use == "open":
            return "/rounds/open"
        # A field of a form would lose what is no text.
        return self.back(**{_FIELD[self.use]: path}) if visible(path) == path and "\n" not in path else ""


def view(use: str, here: Path | None, *, search: str, page: int, kept: Mapping[str, str], fault: str) -> FoldersView:
    """What lies in a folder; where it cannot be looked into, why."""
    names, links = list[str](), _Links(use, kept)
    if here:
        try:
            names = [name for name in inside(here) if search in visible(name)]
        except RoundError as error:
            fault = in_words(error)
    ways = [*[*here.parents][::-1], here] if here else []
    shown = here or Path()
    own = links.row(shown, shown.name) if here else None
    return FoldersView(
        use=use,
        starts=[links.row(path, name) for name, path in starts()],
        way=[links.row(one, one.name or str(one)) for one in ways],
        above=links.row(shown.parent, "").into if here and shown.parent != shown else "",
        here=own if not fault else None,
        path=visible(str(here)) if here else "",
        rows=page_of(names, page, _ON_A_PAGE, lambda name: links.row(shown / name, name)),
        search=search,
        more=f"{own.into}&{urlencode({'search': search})}" if own else "",
        fault=fault,
        kept=kept,
        back=links.back(),
    )


def _begin(typed: str) -> Path | None:
    """The folder to show first: the typed one or the nearest above it that is there, else where rounds were opened."""
    base = Path(typed) if os.path.isabs(typed) else next((one.parent for one in recent()), None)  # noqa: PTH117
    ways = [base, *base.parents] if base else []
    return next((one for one in ways if os.path.isdir(one)), None)  # noqa: PTH112  (of an unreadable one, Path raises)


# --- its route --------------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the route of the screen to the application."""

    @app.get("/folders")
    def folders() -> Any:
        asked = flask.request.args
        use = asked.get("use", "open")
        if use not in _WANTED_BY:
            flask.abort(404)
        kept = {name: value for name, value in asked.items() if name not in _OWN}
        here, fault = folder_of(asked), ""
        if here is None and (asked.get("at") or asked.get("path")):
            fault = words.FOLDER_WHOLE
        elif here is None:
            here = _begin(kept.get(_FIELD.get(use, ""), ""))
        shown = view(
            use, here, search=asked.get("search", "").strip(), page=asked.get("page", 1, int), kept=kept, fault=fault
        )
        return render(place, "folders", view=shown)
