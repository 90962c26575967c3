"""Making a round folder: its settings, its keys, its address book."""

import json
from datetime import date
from pathlib import Path

from sanjin_xl import messages
from sanjin_xl.messages import cli as words
from sanjin_xl.messages.letters import BOOK
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.form import Form
from sanjin_xl.model.period import parse_period
from sanjin_xl.model.roster import parse_roster
from sanjin_xl.round.config import CONFIG, FOLDERS, round_above
from sanjin_xl.round.keys import make_keys
from sanjin_xl.round.outputs import write_whole
from sanjin_xl.round.shipped import DEFAULT_ROSTER, form_of, template_text


def require_no_round(folder: Path) -> None:
    """See that a folder is no round and within none; raises RoundError where it is."""
    if (folder / CONFIG).exists():
        raise RoundError("round-exists", path=folder)
    if above := round_above(folder.resolve()):
        raise RoundError("round-inside", path=folder, above=above)


def require_new(folder: Path, *, form: str, period: str, due: date, policy: str | None = None) -> Form:
    """See that a round can be made like this, and give its form; raises RoundError or FormError where it cannot."""
    require_no_round(folder)
    parsed = parse_period(period)
    if parsed is None:
        raise RoundError("period-unclear", period=period)
    if due < parsed.start:
        raise RoundError("due-before-period", period=parsed.label, due=due.isoformat())
    known = form_of(form, folder)
    if policy not in (None, *known.policies):
        raise RoundError("policy-unknown", found=policy, expected=messages.one_of(tuple(known.policies)))
    return known


def make_round(
    folder: Path,
    *,
    form: str,
    period: str,
    due: date,
    policy: str | None = None,
    contact: str = "",
    phone: str = "",
) -> None:
    """Make a round folder with its settings and keys; raises RoundError if it is one already, or within one.

    The period is written down as the paper prints it, for labels that differ are different rounds to a seal.
    `contact` and `phone` are printed on every form. Keys that are there stay, for a round that has lost its round.toml
    gets it again like this.
    """
    known = require_new(folder, form=form, period=period, due=due, policy=policy)
    parsed = parse_period(period)
    assert parsed
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    make_keys(folder)
    text = words.CONFIG_FILE.format(
        form=form,
        period=parsed.usual,
        due=due.isoformat(),
        policy=policy or known.policy,
        policies=messages.policies(known.policies),
        contact=_toml_text(contact),
        phone=_toml_text(phone),
    )
    if not (folder / BOOK).exists():
        from sanjin_xl.books.address_book import address_book_bytes  # the writer of workbooks takes its time to load

        write_whole(folder / BOOK, address_book_bytes(parse_roster(template_text(DEFAULT_ROSTER)), {}))
    write_whole(folder / CONFIG, text.encode())


def _toml_text(text: str) -> str:
    # A text as JSON has it is one in TOML too, but for DEL, which JSON leaves as it is.
    return json.dumps(visible(text.strip()), ensure_ascii=False)
