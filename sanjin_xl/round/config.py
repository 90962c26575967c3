"""round.toml and the round's keys: reading them into the rules of the round, and making them new."""

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from sanjin_xl import messages
from sanjin_xl.books.seal import Lock, make_lock
from sanjin_xl.messages import cli as words
from sanjin_xl.messages.letters import BOOK
from sanjin_xl.model.contacts import Contact, read_contacts, senders
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import Problem, RoundError
from sanjin_xl.model.form import Form
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.policy import read_choice, read_policies
from sanjin_xl.model.roster import Roster, parse_roster, read_roster
from sanjin_xl.model.rules import EXCLUDE, FILLED, FULL, RECEIVED, Rules
from sanjin_xl.model.tomlread import Table, TomlError, parse_toml
from sanjin_xl.round.address_book import AddressBook, read_address_book
from sanjin_xl.round.outputs import WORKSHOP, read_own, write_whole
from sanjin_xl.round.shipped import DEFAULT_ROSTER, decoded, form_of, template_text

CONFIG = "round.toml"
HIDDEN = WORKSHOP
ISSUED, RETURNED, CORRECTED, RULED, SUMMARY = "发放", "回收", "退回", "核定", "汇总"
FOLDERS = (ISSUED, RETURNED, CORRECTED, RULED, SUMMARY)
RULINGS_FILE = "核定表.xlsx"
RESULTS_FILE = "results.json"
SUMMARY_FILE = "汇总.xlsx"
SECRET_BYTES = 32
CORRECTION_DAYS, MOST_DAYS = 7, 366
FEEDBACK = "反馈"  # made when it is first asked for
EDITED = "改过的"  # beside the workbooks for units: what somebody has made of them


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The round's secrets: the key of the stamps, and the password of the locks with its salt."""

    secret: bytes
    password: str
    salt: bytes

    def lock(self) -> Lock:
        return make_lock(self.password, self.salt)

    @property
    def fingerprint(self) -> str:
        """Sixteen characters that tell this key from another one, and nothing else of it."""
        return hashlib.sha256(b"sanjin-xl key " + self.secret).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Config:
    """What round.toml says, beyond the rules: who the forms go back to, whom to write to, the former round's folder.

    `correction_days`: within how many days after it was made a correction copy is to come back. `archive_lost`: the day
    up to which returns that are gone from the archive are known to be lost for good.
    """

    rules: Rules
    recipient: str
    contact: str
    contacts: Mapping[str, Contact]
    phone: str = ""
    correction_days: int = CORRECTION_DAYS
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


def require_no_round(folder: Path) -> None:
    """See that a folder is no round and within none; raises RoundError where it is."""
    if (folder / CONFIG).exists():
        raise RoundError("round-exists", path=folder)
    if above := _round_above(folder.resolve()):
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

    `contact` and `phone` are printed on every form. Keys that are there stay, for a round that has lost its round.toml
    gets it again like this.
    """
    known = require_new(folder, form=form, period=period, due=due, policy=policy)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    if not (folder / HIDDEN / "key").exists():
        write_whole(folder / HIDDEN / "key", _fresh_keys(), private=True)
    text = words.CONFIG_FILE.format(
        form=form,
        period=period,
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


def _fresh_keys() -> bytes:
    # Without characters that a person reading a password out would confuse.
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
    keys = {
        "secret": secrets.token_hex(SECRET_BYTES),
        "password": "".join(secrets.choice(letters) for _ in range(16)),
        "salt": secrets.token_hex(16),
    }
    return json.dumps(keys, indent=1).encode()


def read_keys(folder: Path) -> Keys:
    """The round's keys, in a file that from now on only its owner may read.

    Raises RoundError when they are gone, may not be read, or are damaged.
    """
    path = folder / HIDDEN / "key"
    try:
        # Notepad puts a byte order mark before what it saves.
        keys = json.loads(read_own(path).decode("utf-8-sig"))
        if not isinstance(password := keys["password"], str) or not password:
            raise ValueError(password)
        if len(secret := bytes.fromhex(keys["secret"])) != SECRET_BYTES:
            raise ValueError(len(secret))
        salt = bytes.fromhex(keys["salt"])
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RoundError("round-key-missing") from error
    except RoundError:
        raise
    except OSError as error:
        # A backup would not help: the key is there, and whoever may read it can go on.
        raise RoundError("round-key-unreadable", path=path.absolute()) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RoundError("round-key-invalid") from error
    _make_private(path)
    return Keys(secret=secret, password=password, salt=salt)


def _make_private(path: Path) -> None:
    """Take the right to read from everybody else; a disk of Windows, or one that keeps no rights, stays as it is."""
    with contextlib.suppress(OSError):
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)


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
    if above := _round_above(folder):
        return RoundError("round-above", path=folder, above=above)
    below = sorted(one.parent.name for one in folder.glob(f"*/{CONFIG}"))
    if below:
        return RoundError("round-below", path=folder, below="、".join(below))
    return RoundError("round-not-a-round", path=folder)


def _round_above(folder: Path) -> Path | None:
    return next((one for one in folder.parents if (one / CONFIG).is_file()), None)


def _config(folder: Path, table: Table, as_of: date | None) -> Config:
    form = form_of(table.text("form"), folder)
    book = read_address_book(folder, table.problems)
    roster = read_roster(table) if table.has("units") else _roster(table, book)
    period = parse_period(label := table.text("period"))
    if period is None:
        table.problem("period", "round-period", found=label)
        period = parse_period("2000年度")
    policies = {**form.policies, **read_policies(table, form.policies)}
    policy = read_choice(table, policies, form.policy)
    not_applicable = table.text("not_applicable", FULL)
    if not_applicable not in (FULL, EXCLUDE):
        table.problem("not_applicable", "round-not-applicable", found=not_applicable)
    late_by = table.text("late_by", FILLED)
    if late_by not in (FILLED, RECEIVED):
        table.problem("late_by", "round-late-by", found=late_by)
    due = table.day("due")
    if due is None:
        table.problem("due", "toml-missing")
    due = due or date(2000, 1, 1)
    if table.has("due") and period is not None and due < period.start:
        table.problem("due", "round-due", found=due.isoformat(), expected=period.label)
    contacts = _contacts(table, roster, book)
    own_as_of = table.day("as_of")
    archive_lost = table.day("archive_lost")
    previous = table.text("previous", "")
    correction_days = table.integer("correction_days", CORRECTION_DAYS)
    if not 1 <= correction_days <= MOST_DAYS:
        table.problem("correction_days", "round-days", found=correction_days, most=MOST_DAYS)
    assert period is not None
    rules = Rules(
        form=form,
        roster=roster,
        period=period,
        due=due,
        as_of=as_of or own_as_of or due,
        policies=policies,
        policy=policies[policy],
        accepted=frozenset(table.texts("accept")),
        pinned=_pinned(table, roster),
        received=_received(table, period),
        senders=senders(contacts),
        passwords=table.texts("passwords"),
        late_by=late_by,
        late_deduction=table.hundredths("late_deduction", Decimal(0)),
        dense_ranks=table.flag("dense_ranks", False),
        not_applicable=not_applicable,
    )
    return Config(
        rules=rules,
        recipient=table.text("recipient", words.RECIPIENT),
        contact=table.text("contact", "").strip(),
        phone=table.text("phone", "").strip(),
        correction_days=correction_days,
        contacts=contacts,
        previous=folder / previous if previous else None,
        archive_lost=archive_lost,
    )


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
    if not table.has("pinned"):
        return {}
    pins = table.table("pinned")
    chosen: dict[str, str] = {}
    for name in pins.names():
        unit = roster.by_code.get(name) or roster.find(name)
        path = _in_inbox(pins.text(name))
        if unit is None:
            pins.problem(name, "round-unit", found=name)
        elif unit.code in chosen or path in chosen.values():
            pins.problem(name, "pin-twice", found=path)
        else:
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
