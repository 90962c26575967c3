"""S0 起始页, S1 新建一轮 and S9 下一轮: which round is worked on, and how a new one begins."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

    `folder`: where the round would come to lie.
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
        place.open(folder)
        remember(folder)
        return flask.redirect("/returns", 303)

    @app.post("/rounds/samples")
    def samples() -> Any:
        base, n = Path.home() / words.SAMPLES, 1
        folder = base
        while folder.exists():
            n += 1
            folder = base.with_name(f"{base.name}{n}")
        shipped.copy_samples(folder)
        commands.generate(folder)
        place.open(folder)
        remember(folder)
        return flask.redirect("/returns", 303)

    @app.get("/rounds/new")
    def new() -> Any:
        return _new(NewRound(values=proposed(flask.request.args)))

    def _new(typed: NewRound) -> Any:
        return render(place, "new", new=typed, policies=policies(), known=[one for one in rows() if one.label])

    @app.post("/rounds/make")
    def make() -> Any:
        typed = checked(flask.request.form, _FIELDS)
        if not typed.faults:
            try:
                return _make(typed.values)
            except SanjinError as error:
                typed = _with_fault(typed, error)
        return _new(typed), 422

    def _make(values: Mapping[str, str]) -> Any:
        folder, period = folder_for(values), parse_period(values["period"])
        due = parse_day(values["due"], period.year if period else None)
        assert due is not None
        own = {name: values[name] for name in ("policy", "recipient", "contact", "phone") if values[name]}
        if values["previous"]:
            settings.next_round(Path(values["previous"]), folder, period=values["period"], due=due, own=own)
        else:
            make_round(
                folder, form=DEFAULT_FORM, period=values["period"], due=due, policy=values["policy"] or None,
                contact=values["contact"], phone=values["phone"],
            )  # fmt: skip
            settings.change(folder, own)
        place.open(folder)
        remember(folder)
        return flask.redirect("/issue", 303)

    @app.get("/next")
    def following_round() -> Any:
        return render(place, "next", new=NewRound(values=following(place, flask.request.args)))

    @app.post("/next/make")
    def make_next() -> Any:
        typed = checked(flask.request.form, _NEXT_FIELDS)
        if not typed.faults:
            try:
                return _make_next(typed.values)
            except SanjinError as error:
                typed = _with_fault(typed, error)
        return render(place, "next", new=typed), 422

    def _make_next(values: Mapping[str, str]) -> Any:
        folder, former = folder_for(values), place.round
        period = parse_period(values["period"])
        due = parse_day(values["due"], period.year if period else None)
        assert due is not None
        settings.next_round(former, folder, period=values["period"], due=due)
        place.open(folder)
        remember(folder)
        return flask.redirect("/issue", 303)
