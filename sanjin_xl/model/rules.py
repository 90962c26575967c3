"""The rules of a round: what every return of it is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sanjin_xl.model.form import Form
from sanjin_xl.model.period import Period
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.roster import Roster

# What an item is worth that the city has ruled not applicable: full marks, or nothing out of a smaller total.
FULL, EXCLUDE = "full", "exclude"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Form, units, dates and rules of one round; equal rules and equal files give equal results.

    `policies`: all that scores are computed under, by id; `policy`: the one of them the round has chosen.
    `key` verifies stamps, None when there is none to verify with. `issues` is the latest issue number per unit code;
    `accepted` lists older issues ("441625-01") and other periods ("2012年第二季度") that are taken all the same.
    `pinned` maps a unit code to the path in 回收/ or the SHA-256 of the return the city has settled on.
    `passwords` are tried on encrypted files. `late_deduction` is in hundredths of a point per day.
    `not_applicable`: an item ruled not applicable has FULL marks, or is EXCLUDEd and the score rescaled.
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
    pinned: Mapping[str, str] = field(default_factory=dict)
    passwords: tuple[str, ...] = ()
    late_deduction: int = 0
    dense_ranks: bool = False
    not_applicable: str = FULL
