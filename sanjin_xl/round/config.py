"""round.toml: reading it into the rules of the round."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import MINYEAR, date
from decimal import Decimal
from pathlib import Path

from sanjin_xl.messages import cli as words
from sanjin_xl.model.contacts import Contact, read_contacts, senders
from sanjin_xl.model.errors import Problem, RoundError
from sanjin_xl.model.form import Form
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.policy import read_choice, read_policies
from sanjin_xl.model.roster import Roster, by_unit, parse_roster, read_roster
from sanjin_xl.model.rules import EXCLUDE, FILLED, FULL, RECEIVED, Rules
from sanjin_xl.model.tomlread import Table, TomlError, parse_toml
from sanjin_xl.round.address_book import AddressBook, read_address_book
from sanjin_xl.round.outputs import read_own
from sanjin_xl.round.shipped import DEFAULT_ROSTER, decoded, form_of, template_text

CONFIG = "round.toml"
ISSUED, RETURNED, CORRECTED, RULED, SUMMARY = "发放", "回收", "退回", "核定", "汇总"
FOLDERS = (ISSUED, RETURNED, CORRECTED, RULED, SUMMARY)
RULINGS_FILE = "核定表.xlsx"
RESULTS_FILE = "results.json"
SUMMARY_FILE = "汇总.xlsx"
CORRECTION_DAYS, MOST_DAYS = 7, 366
FEEDBACK = "反馈"  # made when it is first asked for
EDITED = "改过的"  # beside the workbooks for units: what somebody has made of them


@dataclass(frozen=True, kw_only=True)
class Config:
    """What round.toml says, beyond the rules: who the forms go back to, whom to write to, the former round's folder.

    `mail_zip`: workbooks go by mail as .zip.
    `correction_days`: within how many days after it was made a correction copy is to come back. `archive_lost`: the day
    up to which returns that are gone from the archive are known to be lost for good.
    """

    rules: Rules
    recipient: str
    contact: str
    contacts: Mapping[str, Contact]
    phone: str = ""
    correction_days: int = CORRECTION_DAYS
    mail_zip: bool = False
    previous: Path | None = None
    archive_lost: date | None = None

    @property
    def whom_to_ask(self) -> str:
        """Who answers questions about the form, as it is printed on it: name and telephone."""
        return "，".join(filter(None, (self.contact, self.phone)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """The settings of the contact that are blank; until 0.1.0 one of them held name and telephone."""
        phone = self.phone or re.search(r"\d{5}", self.contact)
        return tuple(name for name, value in (("contact", self.contact), ("phone", phone)) if not value)


def read_config(folder: Path, as_of: date | None = None) -> Config:
    """Read round.toml, its form and its roster; raises RoundError or FormError with every fault at once."""
    if not folder.exists():
        raise RoundError("round-missing", path=folder)
    path = folder / CONFIG
    if not path.exists():
        raise _no_round(folder.resolve())
    return parse_config(folder, _text(path), as_of)


def parse_config(folder: Path, text: str, as_of: date | None = None) -> Config:
    """What the text of a round.toml in this folder says; raises as `read_config` does."""
    problems: list[Problem] = []
    try:
        table = Table(parse_toml(text), "", problems)
    except TomlError as error:
        raise RoundError("round-invalid", problems=[error.problem]) from error
    config = _config(folder, table, as_of)
    table.refuse_unknown_keys()
    if problems:
        raise RoundError("round-invalid", problems=problems)
    return config


def _no_round(folder: Path) -> RoundError:
    """What to say of a folder without round.toml: most often the clerk stands one step too deep, or one too high."""
    if above := round_above(folder):
        return RoundError("round-above", path=folder, above=above)
    below = sorted(one.parent.name for one in folder.glob(f"*/{CONFIG}"))
    if below:
        return RoundError("round-below", path=folder, below="、".join(below))
    return RoundError("round-not-a-round", path=folder)


def round_above(folder: Path) -> Path | None:
    """The round that a folder lies in, the innermost; None where it lies in none."""
    return next((one for one in folder.parents if (one / CONFIG).is_file()), None)


def _config(folder: Path, table: Table, as_of: date | None) -> Config:
    form = form_of(table.text("form"), folder)
    book = read_address_book(folder, table.problems)
    roster = read_roster(table) if table.has("units") else _roster(table, book)
    contacts = _contacts(table, roster, book)
    previous = table.text("previous", "")
    return Config(
        rules=_rules(table, form, roster, contacts, as_of),
        recipient=table.text("recipient", words.RECIPIENT),
        contact=table.text("contact", "").strip(),
        phone=table.text("phone", "").strip(),
        correction_days=_correction_days(table),
        mail_zip=table.flag("mail_zip", False),
        contacts=contacts,
        previous=folder / previous if previous else None,
        archive_lost=table.day("archive_lost"),
    )


def _rules(table: Table, form: Form, roster: Roster, contacts: Mapping[str, Contact], as_of: date | None) -> Rules:
    """The rules of the round; `as_of` goes before the day that is written there."""
    period, policies = _period(table), {**form.policies, **read_policies(table, form.policies)}
    due, own_as_of = _due(table, period), table.day("as_of")
    return Rules(
        form=form,
        roster=roster,
        period=period,
        due=due,
        as_of=as_of or own_as_of or due,
        policies=policies,
        policy=policies[read_choice(table, policies, form.policy)],
        accepted=frozenset(table.texts("accept")),
        pinned=_pinned(table, roster),
        received=_received(table, period),
        senders=senders(contacts),
        passwords=table.texts("passwords"),
        late_by=_late_by(table),
        late_deduction=table.hundredths("late_deduction", Decimal(0)),
        dense_ranks=table.flag("dense_ranks", False),
        not_applicable=_not_applicable(table),
    )


def _period(table: Table) -> Period:
    """The period of the round; for one that cannot be read a year stands in that no day lies before."""
    period = parse_period(label := table.text("period"))
    if period is None:
        table.problem("period", "round-period", found=label)
    return period or Period("", MINYEAR, 1, 12)


def _due(table: Table, period: Period) -> date:
    """The due date; the end of the period stands in where there is none."""
    due = table.day("due")
    if due is None:
        table.problem("due", "toml-missing")
    elif due < period.start:
        table.problem("due", "round-due", found=due.isoformat(), expected=period.label)
    return due or period.end


def _late_by(table: Table) -> str:
    late_by = table.text("late_by", FILLED)
    if late_by not in (FILLED, RECEIVED):
        table.problem("late_by", "round-late-by", found=late_by)
    return late_by


def _not_applicable(table: Table) -> str:
    not_applicable = table.text("not_applicable", FULL)
    if not_applicable not in (FULL, EXCLUDE):
        table.problem("not_applicable", "round-not-applicable", found=not_applicable)
    return not_applicable


def _correction_days(table: Table) -> int:
    days = table.integer("correction_days", CORRECTION_DAYS)
    if not 1 <= days <= MOST_DAYS:
        table.problem("correction_days", "round-days", found=days, most=MOST_DAYS)
    return days


def _text(path: Path) -> str:
    text = decoded(read_own(path))
    if text is None:
        raise RoundError("round-invalid", problems=[Problem("", "toml-encoding")])
    return text


def _roster(table: Table, book: AddressBook | None) -> Roster:
    """The roster of the address book, else the one that ships; the city is that of round.toml, if it names one."""
    shipped = parse_roster(template_text(DEFAULT_ROSTER))
    return replace(book.roster if book else shipped, region=table.text("region", shipped.region))


def _contacts(table: Table, roster: Roster, book: AddressBook | None) -> dict[str, Contact]:
    """Whom to write to by [mail] and by the address book, which may not say two things of one unit."""
    contacts = read_contacts(table, roster)
    if book is None:
        return contacts
    for code, contact in book.contacts.items():
        name = roster.by_code[code].name if code in roster.by_code else code
        if code not in roster.by_code:
            table.problems.append(Problem(book.cells[code], "round-unit", found=code))
        elif contacts.setdefault(code, contact) != contact:
            table.problems.append(Problem(book.cells[code], "contacts-twice", found=name))
    return contacts


def _pinned(table: Table, roster: Roster) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for unit, name, pins in by_unit(table, "pinned", roster):
        path = _in_inbox(pins.text(name))
        if path in chosen.values():
            pins.problem(name, "pin-twice", found=path)
        chosen[unit.code] = path
    return chosen


def _received(table: Table, period: Period) -> dict[str, date]:
    """The days on which returns were received, as the city has entered them, by what names the file."""
    if not table.has("received"):
        return {}
    days = table.table("received")
    entered: dict[str, date] = {}
    for name in days.names():
        day = days.day(name)
        if day and day < period.start:
            days.problem(name, "received-early", found=day.isoformat(), expected=period.label)
        if day:
            entered[_in_inbox(name)] = day
    return entered


def _in_inbox(path: str) -> str:
    """A path as it is shown: relative to 回收/, with forward slashes."""
    return path.replace("\\", "/").removeprefix(f"{RETURNED}/")
