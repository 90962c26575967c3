"""S0 起始页, S1 新建一轮 and S9 下一轮: which round is worked on, and how a new one begins."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import flask

from sanjin_xl.messages import cli
from sanjin_xl.messages import window as words
from sanjin_xl.messages.template import policy_in_words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.days import parse_day
from sanjin_xl.model.errors import RoundError, SanjinError
from sanjin_xl.model.period import parse_period
from sanjin_xl.round import commands, settings, shipped
from sanjin_xl.round.arrivals import cleaned
from sanjin_xl.round.config import read_config
from sanjin_xl.round.new_round import make_round
from sanjin_xl.round.shipped import DEFAULT_FORM, form_of
from sanjin_xl.window.pages import render
from sanjin_xl.window.recent import recent, remember
from sanjin_xl.window.screens.folders import folder_of, in_address
from sanjin_xl.window.workplace import Workplace, in_words

_NEXT_FIELDS = ("where", "name", "period", "due")
_FIELDS = (*_NEXT_FIELDS, "policy", "recipient", "contact", "phone", "previous")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round that was opened before; `label` is "" where its folder is gone or no round any more.

    `at`: its path as an address carries it.
    """

    path: str
    name: str
    label: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRound:
    """A form for a round to be: what was typed by field, and what is wrong with it by field.

    `read_as`: the period as it was understood.
    """

    values: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    read_as: str = ""


# --- what they show ---------------------------------------------------------------------------------------------------


def rows() -> list[RoundRow]:
    """The rounds that were opened before, the last first."""
    return [
        RoundRow(path=visible(str(one)), name=visible(one.name), label=_label(one), at=in_address(one))
        for one in recent()
    ]


def _label(folder: Path) -> str:
    try:
        rules = read_config(folder).rules
    except (SanjinError, OSError):
        return ""
    return words.ROUND_LABEL.format(period=rules.period.label, due=rules.due)


def policies() -> list[tuple[str, str]]:
    """The policies of the form that ships, by id, each with what it is in words."""
    form = form_of(DEFAULT_FORM)
    return [
        (one.id, words.POLICY.format(id=one.id, name=one.name, sentence=policy_in_words(one)))
        for one in form.policies.values()
    ]


def proposed(asked: Mapping[str, str]) -> dict[str, str]:
    """What the form for a new round holds at first, or when one comes back to it from the list of folders."""
    base = next((one.parent for one in recent()), Path.home() / words.HOME)
    usual = {"where": str(base), "policy": form_of(DEFAULT_FORM).policy, "recipient": cli.RECIPIENT}
    return {name: asked.get(name, usual.get(name, "")) for name in _FIELDS}


def following(place: Workplace, asked: Mapping[str, str]) -> dict[str, str]:
    """What the form for the next round holds: the period behind this one, of the same kind."""
    usual = {"where": str(place.round.parent), "period": place.config().rules.period.following()}
    return {name: asked.get(name, usual.get(name, "")) for name in _NEXT_FIELDS}


# --- what is typed ----------------------------------------------------------------------------------------------------


def checked(form: Mapping[str, str], names: Sequence[str]) -> NewRound:
    """What was typed for a new round, with what is wrong at which field."""
    values = {name: form.get(name, "").strip() for name in names}
    faults = {name: words.FIELD_MISSING for name in ("where", "period", "due") if not values[name]}
    for name in ("where", "previous"):
        if values.get(name) and not os.path.isabs(values[name]):  # noqa: PTH117
            faults[name] = words.FOLDER_WHOLE
    if values["name"] and (cleaned(values["name"]) != values["name"] or "/" in values["name"]):
        faults["name"] = words.NAME_UNFIT
    period = parse_period(values["period"])
    if values["period"] and period is None:
        faults["period"] = words.PERIOD_UNREAD
    if values["due"] and parse_day(values["due"], period.year if period else None) is None:
        faults["due"] = words.DUE_UNREAD
    return NewRound(values=values, faults=faults, read_as=period.usual if period else "")


def folder_for(values: Mapping[str, str]) -> Path:
    """Where a round comes to lie: in a folder named as was typed, else after its period."""
    period = parse_period(values["period"])
    return Path(values["where"]) / (values["name"] or (period.usual if period else ""))


def _with_fault(typed: NewRound, error: SanjinError) -> NewRound:
    """The form with what kept the round from being made, at the field it is about."""
    code = error.code
    name = "due" if "due" in code else "period" if "period" in code or "later" in code else "where"
    if code == "round-exists":
        name = "name"
    elif code.startswith("round-") and code != "round-inside":
        name = "previous"
    return NewRound(values=typed.values, faults={name: in_words(error)}, read_as=typed.read_as)


# --- what is made of it -----------------------------------------------------------------------------------------------


def _made(typed: NewRound, make: Callable[[Mapping[str, str]], Any], form: Callable[[NewRound], Any]) -> Any:
    """The page that follows when a round is made of what was typed; else the form again with what is wrong with it."""
    if not typed.faults:
        try:
            return make(typed.values)
        except SanjinError as error:
            typed = _with_fault(typed, error)
    return form(typed), 422


def _make(place: Workplace, values: Mapping[str, str]) -> Any:
    folder, due = folder_for(values), _due(values)
    own = {name: values[name] for name in ("policy", "recipient", "contact", "phone") if values[name]}
    if values["previous"]:
        settings.next_round(Path(values["previous"]), folder, period=values["period"], due=due, own=own)
    else:
        make_round(
            folder, form=DEFAULT_FORM, period=values["period"], due=due, policy=values["policy"] or None,
            contact=values["contact"], phone=values["phone"],
        )  # fmt: skip
        settings.change(folder, own)
    return _opened(place, folder, "/issue")


def _make_next(place: Workplace, values: Mapping[str, str]) -> Any:
    folder = folder_for(values)
    settings.next_round(place.round, folder, period=values["period"], due=_due(values))
    return _opened(place, folder, "/issue")


def _due(values: Mapping[str, str]) -> date:
    period = parse_period(values["period"])
    due = parse_day(values["due"], period.year if period else None)
    assert due is not None  # or it would be among the faults
    return due


def _opened(place: Workplace, folder: Path, page: str) -> Any:
    place.open(folder)
    remember(folder)
    return flask.redirect(page, 303)


# --- their routes -----------------------------------------------------------------------------------------------------


def add_to(app: flask.Flask, place: Workplace) -> None:
    """Add the routes of the screens to the application."""

    @app.get("/rounds")
    def rounds() -> Any:
        return render(place, "rounds", rounds=rows())

    @app.post("/rounds/open")
    def open_round() -> Any:
        folder = folder_of(flask.request.form)
        if folder is None:
            raise RoundError("window-path")
        return _opened(place, folder, "/returns")

    @app.post("/rounds/samples")
    def samples() -> Any:
        base, n = Path.home() / words.SAMPLES, 1
        folder = base
        while folder.exists():
            n += 1
            folder = base.with_name(f"{base.name}{n}")
        shipped.copy_samples(folder)
        commands.generate(folder)
        return _opened(place, folder, "/returns")

    @app.get("/rounds/new")
    def new() -> Any:
        return new_form(NewRound(values=proposed(flask.request.args)))

    def new_form(typed: NewRound) -> Any:
        return render(place, "new", new=typed, policies=policies(), known=[one for one in rows() if one.label])

    @app.post("/rounds/make")
    def make() -> Any:
        return _made(checked(flask.request.form, _FIELDS), partial(_make, place), new_form)

    @app.get("/next")
    def following_round() -> Any:
        return next_form(NewRound(values=following(place, flask.request.args)))

    def next_form(typed: NewRound) -> Any:
        return render(place, "next", new=typed)

    @app.post("/next/make")
    def make_next() -> Any:
        return _made(checked(flask.request.form, _NEXT_FIELDS), partial(_make_next, place), next_form)
