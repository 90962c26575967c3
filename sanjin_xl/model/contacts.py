"""Who is written to at each unit: the table [mail] of round.toml."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sanjin_xl.model.roster import Roster, by_unit
from sanjin_xl.model.tomlread import Table

# What mail programs take between the @ and the dots: no blank, no bracket, nothing that would begin another address.
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]+\.[^\s<>@,;:\"()\[\]\\.]{2,}")
_BETWEEN = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The mail addresses of a unit, to whom and with a copy to whom, and the person there with a telephone number."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""


def read_contacts(table: Table, roster: Roster) -> dict[str, Contact]:
    """The contacts by unit code from the key `mail` of round.toml; faults go to the table's list.

    [mail]
    "东源县" = { to = "sfj@dongyuan.example.cn", cc = ["a@example.cn"], contact = "张三", phone = "0762-1234567" }
    """
    return {unit.code: _contact(entries.table(name)) for unit, name, entries in by_unit(table, "mail", roster)}


def _contact(table: Table) -> Contact:
    contact = Contact(
        to=_addresses(table, "to"),
        cc=_addresses(table, "cc"),
        contact=table.text("contact", ""),
        phone=table.text("phone", ""),
    )
    table.refuse_unknown_keys()
    return contact


def _addresses(table: Table, key: str) -> tuple[str, ...]:
    addresses = split_addresses(" ".join(table.text_or_texts(key)))
    for one in addresses:
        if not is_address(one):
            table.problem(key, "mail-address", found=one)
    return addresses


def split_addresses(text: str) -> tuple[str, ...]:
    """The addresses in a text, however they are set apart."""
    return tuple(one for one in _BETWEEN.split(text) if one)


def is_address(text: str) -> bool:
    """Whether a text is one mail address and nothing else."""
    return len(text) <= 254 and text.isascii() and _ADDRESS.fullmatch(text) is not None


def senders(contacts: Mapping[str, Contact]) -> dict[str, frozenset[str]]:
    """The codes of the units that have an address, by the address in small letters."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for code, contact in contacts.items():
        for address in (*contact.to, *contact.cc):
            owners[address.lower()].add(code)
    return {address: frozenset(codes) for address, codes in owners.items()}
