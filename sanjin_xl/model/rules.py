"""The rules of a round: what every return of it is judged by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from sanjin_xl.model.form import Form
from sanjin_xl.model.period import Period
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.roster import Roster

# What an item is worth that the city has ruled not applicable: full marks, or nothing out of a smaller total.
FULL, EXCLUDE = "full", "exclude"
# By which day a return is late: the date on the form, or the day it was received.
FILLED, RECEIVED = "filled", "received"
_DIGITS = re.compile("[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A correction copy that was made: of the return with the SHA-256 `corrects`, whose own revision was `follows`.

    0 where that was no correction copy itself. Of a copy of 0.1.0 it is not known what it `corrects` (""). `filled_on`
    and `received` are the days of that return, if known.
    """

    corrects: str
    follows: int = 0
    filled_on: date | None = None
    received: date | None = None


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Form, units, dates and rules of one round; equal rules and equal files give equal results.

    `policies`: all that scores are computed under, by id; `policy`: the one of them the round has chosen.
    `key` verifies stamps, None when there is none to verify with. `issues` is the latest issue number per unit code;
    `accepted` lists older issues ("441625-01") and other periods ("2012年第二季度") that are taken all the same.
    `copies`: the correction copies that were made, by unit code and revision: no other revision means anything.
    `pinned` maps a unit code to the path in 回收/ or the SHA-256 of the return the city has settled on.
    `senders`: by address in small letters, the codes of the units that mail from it.
    `received`: the days the city has entered, by path, file name or the first digits of a SHA-256. `late_by` is FILLED
    or RECEIVED. `passwords` are tried on encrypted files. `late_deduction` is in hundredths of a point per day.
    `not_applicable`: an item ruled not applicable has FULL marks, or is EXCLUDEd and the score rescaled.
    Where no round is known a return is judged for the period it states (`own_period`), and as of the end of that or of
    the day it was filled in, if later (`own_as_of`).
    """

    form: Form
    roster: Roster
    period: Period
    due: date
    as_of: date
    policies: Mapping[str, Policy]
    policy: Policy
    key: bytes | None = None
    issues: Mapping[str, int] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    copies: Mapping[tuple[str, int], Copy] = field(default_factory=dict)
    pinned: Mapping[str, str] = field(default_factory=dict)
    received: Mapping[str, date] = field(default_factory=dict)
    senders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    passwords: tuple[str, ...] = ()
    late_by: str = FILLED
    late_deduction: int = 0
    dense_ranks: bool = False
    not_applicable: str = FULL
    own_period: bool = False
    own_as_of: bool = False

    def received_on(self, path: str, sha256: str, day: date | None) -> date | None:
        """The day a file was received: what the city has entered, else `day`.

        No return comes before its period begins: such a day is that of a clock which was wrong, and not known.
        """
        named = ((how.value, on) for key, on in self.received.items() if (how := names_file(key, path, sha256)))
        entered = min(named, default=(0, day))[1]
        return entered if entered and entered >= self.period.start else None


class How(Enum):
    """By what a key of round.toml names a file, the closest first: only the first two name no other file as well."""

    PATH = 1
    HASH = 2
    ARCHIVE = 3
    NAME = 4


def names_file(key: str, path: str, sha256: str) -> How | None:
    """Whether a file of 回收/ is meant: by its path, how its SHA-256 begins, the path of its archive, or its name."""
    if key == path:
        return How.PATH
    if _DIGITS.fullmatch(key) and sha256.startswith(key):
        return How.HASH
    if path.startswith(f"{key}!"):
        return How.ARCHIVE
    return How.NAME if key == re.split("[/!]", path)[-1] else None
