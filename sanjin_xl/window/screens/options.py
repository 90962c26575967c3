"""S10 设置: the due date, the policy, whom to ask, which file counts; round.toml keeps its comments."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import flask

from sanjin_xl.messages import window as words
from sanjin_xl.model.days import parse_day
from sanjin_xl.model.errors import RoundError, SanjinError
from sanjin_xl.round import settings
from sanjin_xl.round.config import Config
from sanjin_xl.window.pages import back, render
from sanjin_xl.window.workplace import Workplace

Settings = Mapping[str, settings.Setting | None]

_TEXTS = ("recipient", "contact", "phone")
_LISTS = ("accept", "passwords")


def shown(config: Config) -> dict[str, str]:
    """The settings as they stand in the form, lists one to a line."""
    rules = config.rules
    return {
        "due": rules.due.isoformat(),
        "as_of": "" if rules.as_of == rules.due else rules.as_of.isoformat(),
        "policy": rules.policy.id,
        "recipient": config.recipient,
        "contact": config.contact,
        "phone": config.phone,
        "late_by": rules.late_by,
        "accept": "\n".join(sorted(rules.accepted)),
        "passwords": "\n".join(rules.passwords),
    }


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screen to the application."""

    @app.get("/settings")
    def show() -> Any:
        try:
            config = place.config()
        except SanjinError:
            if place.folder is None:
                raise
            return render(place, "settings", values=None)
        policies = [(one.id, one.name) for one in config.rules.policies.values()]
        units = [(one.code, one.name) for one in config.rules.roster.units]
        pinned = [(code, config.rules.roster.by_code[code].name, path) for code, path in config.rules.pinned.items()]
        return render(place, "settings", values=shown(config), policies=policies, units=units, pinned=pinned)

    @app.post("/settings/change")
    def change() -> Any:
        before, form = shown(place.config()), flask.request.form
        changed: dict[str, settings.Setting | None] = {}
        for name in ("due", "as_of"):
            typed = form.get(name, before[name]).strip()
            if typed != before[name]:
                changed[name] = _day(typed, name)
        for name in (*_TEXTS, "policy", "late_by"):
            if name in form and form[name].strip() != before[name]:
                changed[name] = form[name].strip()
        for name in _LISTS:
            lines = [line.strip() for line in form.get(name, "").splitlines() if line.strip()]
            if name in form and lines != before[name].splitlines():
                changed[name] = lines or None
        if changed:
            was = _change(place, changed)
            names = words.LIST_JOIN.join(words.SETTING_NAMES[name] for name in changed)
            place.did(words.SETTINGS_DEED.format(names=names), partial(_change, place, was))
            place.say(words.SETTINGS_KEPT)
        return back()

    @app.post("/settings/pin")
    def pin() -> Any:
        form = flask.request.form
        place.pin(form.get("unit", ""), form.get("path") or None)
        return back()


def _change(place: Workplace, changed: Settings) -> Settings:
    """Change settings and count again; gives what they were."""
    was = settings.change(place.round, changed)
    place.count_soon()
    return was


def _day(typed: str, name: str) -> Any:
    if not typed and name == "as_of":
        return None
    day = parse_day(typed)
    if day is None:
        raise RoundError("date-unclear", value=typed)
    return day
