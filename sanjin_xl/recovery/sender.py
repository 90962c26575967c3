"""Whose return it is: a verified stamp, the 填报单位 cell, the file name, the sender of its mail, in this order.

All of them are compared; against a seal an address says nothing but that somebody should look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sanjin_xl.model.errors import Refused
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.roster import Unit, normal_name
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.stamp import Claim, Stamp, read_code, read_full


@dataclass(frozen=True, slots=True)
class Whose:
    """The unit a return is from, and what was odd about how that was found."""

    unit: Unit
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """What a return offers: the claims of its stamps, the unit cell, the file's name, any pin, who mailed it."""

    claims: tuple[Claim, ...]
    unit_text: str
    file_stem: str
    pinned_to: str | None = None
    sender: str = ""


def identify(rules: Rules, signs: Signs) -> Whose:
    """Find the unit; raises Refused where the return must not be counted."""
    whose = _identified(rules, signs)
    owners = rules.senders.get(signs.sender, frozenset())
    if not owners or whose.unit.code in owners:
        return whose
    names = "、".join(sorted(_name(rules, code) for code in owners))
    return Whose(whose.unit, (*whose.findings, finding("sender-other", found=signs.sender, other=names)))


def _identified(rules: Rules, signs: Signs) -> Whose:
    claims = signs.claims
    if rules.key is None:
        return _unverified(rules, claims, signs)
    if true := _true(rules, claims):
        return _by_stamp(rules, true, len(claims) - len(true), signs)
    _refuse_foreign(rules, claims)
    return _by_name(rules, signs, finding("stamp-other-accepted" if claims else "stamp-missing"))


def claims_of(rules: Rules, stamps: Iterable[tuple[str, str]]) -> tuple[Claim, ...]:
    """What the texts that look like stamps, as (kind, text), claim."""
    return tuple(claim for kind, text in stamps if (claim := _claim(rules, kind, text)))


def foremost(rules: Rules, claims: Sequence[Claim]) -> tuple[Claim | None, bool]:
    """The claim to go by, and whether its seal holds: the newest that does, else the first there is."""
    if true := _true(rules, claims):
        return _newest(true), True
    return next(iter(claims), None), False


def _true(rules: Rules, claims: Sequence[Claim]) -> list[Claim]:
    return [claim for claim in claims if rules.key is not None and _holds(claim, rules.key)]


_holds = lru_cache(maxsize=64)(Claim.holds)  # a return says the same in four places, and is asked twice


def _newest(true: Iterable[Claim]) -> Claim:
    return max(true, key=lambda claim: (claim.stamp.issue, claim.stamp.revision))


def _claim(rules: Rules, kind: str, text: str) -> Claim | None:
    if kind == "full":
        return read_full(text)
    return read_code(text, form=rules.form.id, fingerprint=rules.form.fingerprint, round_name=rules.period.label)


def _by_stamp(rules: Rules, true: list[Claim], false: int, signs: Signs) -> Whose:
    stamps = {claim.stamp for claim in true}
    units = {stamp.unit for stamp in stamps}
    newest = _newest(true).stamp
    unit = rules.roster.by_code.get(newest.unit)
    if unit is None:
        raise Refused("unit-unknown", found=newest.unit)
    if len(units) > 1:
        other = min(units - {newest.unit})
        raise Refused("unit-conflict", unit=unit.name, place="stamp", found=_name(rules, other))
    found = _stale(rules, newest)
    if false:
        found.append(finding("stamp-carrier-lost", lost=false))
    return Whose(unit, (*found, *(_pinned(rules, unit, signs) or _compared(rules, unit, signs))))


def _pinned(rules: Rules, unit: Unit, signs: Signs) -> list[Finding]:
    """What the city's pin settles: a cell or file name that names another unit, never a stamp that does."""
    if signs.pinned_to is None:
        return []
    if signs.pinned_to != unit.code:
        raise Refused("pin-conflict", unit=unit.name, found=_name(rules, signs.pinned_to))
    return [finding("unit-pinned")]


def _stale(rules: Rules, stamp: Stamp) -> list[Finding]:
    """Refuse a stamp of another period, form or an older issue, unless it is accepted."""
    _refuse_other(rules, stamp)
    latest = rules.issues.get(stamp.unit, stamp.issue)
    if stamp.issue >= latest:
        return []
    if f"{stamp.unit}-{stamp.issue:02d}" in rules.accepted:
        return [finding("stamp-older-accepted", issue=stamp.issue)]
    raise Refused("stamp-older-issue", issue=stamp.issue, latest=latest)


def _refuse_other(rules: Rules, stamp: Stamp) -> None:
    if stamp.round != rules.period.label and stamp.round not in rules.accepted:
        raise Refused("stamp-other-period", period=stamp.round, expected=rules.period.label)
    if (stamp.form, stamp.fingerprint) != (rules.form.id, rules.form.fingerprint):
        raise Refused("stamp-other-form")


def _refuse_foreign(rules: Rules, claims: Iterable[Claim]) -> None:
    """Say of stamps that do not verify what they are: of another round, whose key is another, or forged.

    A stamp of a period the city accepts cannot be verified here; it is let pass to be asked about.
    """
    stamps = [claim.stamp for claim in claims]
    for stamp in stamps:
        _refuse_other(rules, stamp)
    # A short code does not tell its round; beside the stamp of another one it is that one's.
    accepted = any(stamp.round != rules.period.label for stamp in stamps)
    if stamps and not accepted:
        raise Refused("stamp-forged")


def _compared(rules: Rules, unit: Unit, signs: Signs) -> list[Finding]:
    """Compare the stamp's unit with what the cell and the file name say; raises Refused where they name another."""
    by_cell = rules.roster.find(signs.unit_text)
    by_file = rules.roster.find_in_file_name(signs.file_stem)
    for place, other in (("unit-cell", by_cell), ("file-name", by_file)):
        if other and other != unit:
            raise Refused("unit-conflict", unit=unit.name, place=place, found=other.name)
    if by_cell:
        return []
    if normal_name(signs.unit_text) in ("", "司法局"):
        return [finding("unit-cell-blank")]
    return [finding("unit-cell-unknown", found=signs.unit_text)]


def _by_name(rules: Rules, signs: Signs, *found: Finding) -> Whose:
    """Without a stamp: the city's pin, the cell, then the file name; the latter two are compared."""
    if signs.pinned_to:
        return Whose(rules.roster.by_code[signs.pinned_to], (*found, finding("unit-pinned")))
    by_cell = rules.roster.find(signs.unit_text)
    by_file = rules.roster.find_in_file_name(signs.file_stem)
    if by_cell:
        if by_file and by_file != by_cell:
            raise Refused("unit-names-differ", unit=by_cell.name, found=by_file.name)
        return Whose(by_cell, found)
    if by_file:
        return Whose(by_file, (*found, finding("unit-from-file-name")))
    owners = rules.senders.get(signs.sender, frozenset())
    if len(owners) == 1 and not normal_name(signs.unit_text):
        return Whose(rules.roster.by_code[min(owners)], (*found, finding("unit-from-sender", found=signs.sender)))
    raise Refused("unit-unknown", found=signs.unit_text or signs.file_stem)


def _unverified(rules: Rules, claims: Iterable[Claim], signs: Signs) -> Whose:
    """Without a key stamps are only believed to say whose copy it is."""
    unverified = finding("stamp-unverified", period=rules.period.label, as_of=rules.as_of.isoformat())
    for claim in claims:
        if unit := rules.roster.by_code.get(claim.stamp.unit):
            return Whose(unit, (unverified,))
    return _by_name(rules, signs, unverified)


def _name(rules: Rules, code: str) -> str:
    unit = rules.roster.by_code.get(code)
    return unit.name if unit else code
