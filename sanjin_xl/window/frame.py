"""What stands around every screen: which round, when it is due, the steps, what is being done, what was said."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sanjin_xl.messages import window as words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import SanjinError
from sanjin_xl.round.config import CONFIG, Config
from sanjin_xl.round.state import Step
from sanjin_xl.window.job import Snapshot
from sanjin_xl.window.workplace import Deed, Said, Workplace, fault_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLink:
    """One of the steps on the left; `count` is the number of things in it that still need somebody, shown by `link`."""

    key: str
    text: str
    count: int
    link: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of a page.

    `fault`: why round.toml cannot be read; `mended_on`: the screen on which that is put right. `behind`: that what is
    written is older than the page.
    """

    title: str
    screen: str
    folder: str | None
    due: str
    today: str
    steps: Sequence[StepLink]
    said: Sequence[Said]
    deeds: Sequence[Deed]
    busy: bool
    progress: str
    behind: str
    version: int
    fault: str
    mended_on: str


def frame(place: Workplace, screen: str) -> Frame:
    """The frame of the screen with this name, one of `messages.window.STEPS` or another."""
    now, config, fault, mended_on = place.job.now, None, "", "settings"
    if place.folder is not None:
        try:
            config = place.config()
        except SanjinError as error:
            fault = fault_in_words(error)
            if not os.path.exists(place.folder / CONFIG):  # noqa: PTH110  (Path raises where it may not look)
                mended_on = "rounds"
    return Frame(
        title=_title(config),
        screen=screen,
        folder=visible(str(place.folder)) if place.folder else None,
        due=due_in_words(config.rules.due, place.today) if config else "",
        today=words.TODAY.format(today=place.today),
        steps=list(_steps(place, screen)) if place.folder else [],
        said=place.heard(),
        deeds=place.deeds[::-1],
        busy=now.busy,
        progress=progress_in_words(now),
        behind="" if fault else behind_in_words(place),
        version=place.version,
        fault=fault,
        mended_on=mended_on,
    )


def _title(config: Config | None) -> str:
    return f"{config.rules.form.short_title} {config.rules.period.label}" if config else words.NAME


def due_in_words(due: date, today: date) -> str:
    """The due date and how many days are left until it, or have passed since."""
    days = (due - today).days
    left = words.DUE_LEFT if days > 0 else words.DUE_PAST if days else words.DUE_TODAY
    return words.DUE.format(due=due, left=left.format(days=abs(days)))


def progress_in_words(now: Snapshot) -> str:
    """What is being done, "" where nothing is."""
    if not now.busy:
        return ""
    text = words.STAGES[now.stage] if now.stage else words.JOBS[now.name]
    return text.format(done=now.done, total=now.total)


def behind_in_words(place: Workplace) -> str:
    """That the files are older than the page, "" where they are not."""
    if not place.behind:
        return ""
    return words.BEING_WRITTEN if place.job.now.busy else words.NOT_WRITTEN


def _steps(place: Workplace, screen: str) -> Iterator[StepLink]:
    to_do = place.board.to_do if place.board else {}
    if place.step is Step.NEW:
        to_do = {"issue": len(place.config().rules.roster.units)} if _readable(place) else {}
    for key, text in words.STEPS.items():
        link = _SHOWN_BY.get(key, f"/{key}")
        yield StepLink(key=key, text=text, count=to_do.get(key, 0), link=link, current=key == screen)


_SHOWN_BY = {"returns": "/returns?filter=to-do"}


def _readable(place: Workplace) -> bool:
    try:
        place.config()
    except SanjinError:
        return False
    return True
