"""The reporting units of a round: codes, names, aliases and order."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sanjin_xl.model.errors import Problem, RoundError
from sanjin_xl.model.fields import folded
from sanjin_xl.model.tomlread import Table, TomlError, parse_toml

# What a county is called by its own people: the area with or without its kind, the bureau in full or short.
_AREA_KINDS = ("自治县", "区", "县", "市")
_BUREAU_WORDS = ("", "司法局", "局")
_PERIOD = r"[0-9]{4}年度?(?:第?[一二三四1-4]季度|[上下]半年|[0-9]{1,2}月份?)?"
_SEPARATORS = re.compile(_PERIOD + r"|[\s_\-—–~·.,，。、;；:：()（）\[\]【】《》<>“”\"'+&@#0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A county bureau: `code` by GB/T 2260, `name` of the bureau as printed, `area`, further `aliases`."""

    code: str
    name: str
    area: str
    aliases: tuple[str, ...] = ()

    def names(self) -> set[str]:
        """Every name the unit answers to, already in the form `normal_name` makes."""
        stems = {self.area} | {self.area.removesuffix(kind) for kind in _AREA_KINDS if len(self.area) > len(kind) + 1}
        derived = {stem + word for stem in stems for word in _BUREAU_WORDS}
        # A blank alias would claim every return whose unit cell is blank.
        return {normal_name(name) for name in derived | {self.name} | set(self.aliases)} - {""}


@dataclass(frozen=True)
class Roster:
    """The units of one round, in the order they are listed; `region` is the city they report to."""

    units: tuple[Unit, ...]
    region: str = ""

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        return {name: unit for unit in self.units for name in unit.names()}

    @cached_property
    def _longest_name(self) -> int:
        return max(map(len, self._by_name), default=0)

    def find(self, text: str) -> Unit | None:
        """The unit whose whole name or alias this is, with or without the city before it; never by a part of it."""
        name = normal_name(text)
        return self._by_name.get(name) or self._by_name.get(name.removeprefix(normal_name(self.region)))

    def find_in_file_name(self, stem: str) -> Unit | None:
        """The one unit a file name speaks of, or None for none or several.

        A word of the name (between separators or digits) counts when it is an alias, or when it begins with a full
        area or bureau name; parts in the middle do not count, for 源 is in three of six counties.
        """
        words = [word for word in _SEPARATORS.split(folded(stem)) if word]
        found = {unit.code for word in words if (unit := self.find(word) or self._by_beginning(word))}
        return self.by_code[found.pop()] if len(found) == 1 else None

    def _by_beginning(self, word: str) -> Unit | None:
        rest = normal_name(word).removeprefix(normal_name(self.region))
        # From the longest beginning down: to go through all names would cost a large roster its square.
        beginnings = (rest[:length] for length in range(min(len(rest), self._longest_name), 0, -1))
        full_names = (name for name in beginnings if name[-1] in "区县市局")
        return next((self._by_name[name] for name in full_names if name in self._by_name), None)


def normal_name(text: str) -> str:
    """A unit's name without spaces, blanks to fill and differences of width."""
    return re.sub(r"[\s_\u200b\ufeff]+", "", folded(text)).casefold()


def parse_roster(text: str) -> Roster:
    """Read a roster from TOML text; raises RoundError with all faults."""
    problems: list[Problem] = []
    try:
        table = Table(parse_toml(text), "", problems)
    except TomlError as error:
        raise RoundError("roster-invalid", problems=[error.problem]) from error
    roster = read_roster(table)
    table.refuse_unknown_keys()
    if problems:
        raise RoundError("roster-invalid", problems=problems)
    return roster


def read_roster(table: Table) -> Roster:
    """The roster in the keys `region` and `units` of a TOML table; faults go to the table's list."""
    region = table.text("region", "")
    units = tuple(_unit(entry) for entry in table.tables("units"))
    for path, clash in _clashes(units):
        table.problem(path, "roster-clash", found=clash)
    return Roster(units, region)


def by_unit(table: Table, key: str, roster: Roster) -> Iterator[tuple[Unit, str, Table]]:
    """What a table whose keys are units says, if it is there: the unit, the key that names it, and the table itself.

    A key that names no unit, or one that another key has named, is noted as a fault.
    """
    entries = table.table(key) if table.has(key) else Table({}, key, table.problems)
    named: set[str] = set()
    for name in entries.names():
        unit = roster.by_code.get(name) or roster.find(name)
        if unit is None:
            entries.problem(name, "round-unit", found=name)
        elif unit.code in named:
            entries.problem(name, "pin-twice", found=name)
        else:
            named.add(unit.code)
            yield unit, name, entries


def _unit(table: Table) -> Unit:
    name = table.text("name")
    unit = Unit(
        code=table.text("code"),
        name=name,
        area=table.text("area", name.removesuffix("司法局")),
        aliases=table.texts("aliases"),
    )
    # The code becomes part of the stamp, whose fields are separated by other characters.
    if not re.fullmatch(r"[0-9A-Za-z]{1,20}", unit.code):
        table.problem("code", "roster-code", found=unit.code)
    if not unit.area or re.search(r'[\\/:*?"<>|\x00-\x1f]', unit.name):
        table.problem("name", "roster-name", found=unit.name)
    table.refuse_unknown_keys()
    return unit


def _clashes(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Codes and names that two units share, as (path, what)."""
    owner: dict[str, int] = {}
    clashes = []
    for n, unit in enumerate(units):
        for name in sorted({unit.code} | unit.names()):
            if owner.setdefault(name, n) != n:
                clashes.append((f"units[{n}]", name))
    return clashes
