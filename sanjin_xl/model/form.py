"""The questionnaire as data: a form file becomes frozen dataclasses, or a list of everything wrong with it."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Literal, cast, get_args

from sanjin_xl.model.errors import FormError, Problem
from sanjin_xl.model.fields import ANSWERS, FIELDS, Field, Kind, normal_text
from sanjin_xl.model.policy import Policy, read_choice, read_policies
from sanjin_xl.model.tomlread import Table, TomlError, parse_toml

Recurrence = Literal["one-off", "continuing", "monthly", "quarterly", "annual", "multi-year"]
_LISTS = ("categories", "items", "]")  # how the paths of lists and of their entries end
MOST_COLUMNS = 4  # the sheet is printed one page wide
_WIDTH, _WIDTHS = 18, (4, 60)  # characters
_LONGEST_TITLE, _LONGEST_PROMPT = 32, 255  # characters of a prompt, as Excel has it
RECURRENCES: tuple[str, ...] = get_args(Recurrence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the form that is answered and scored.

    `points` in hundredths of a point; `printed_row` counts the rows of the paper form, which several items may share;
    `depends_on` is the number of the neighbour this item makes no sense without.
    """

    number: int
    text: str
    points: int
    printed_row: int
    recurrence: Recurrence
    depends_on: int | None
    planned_month: bool
    is_ledger: bool

    @property
    def one_off(self) -> bool:
        return self.recurrence == "one-off"

    def asks(self, name: str) -> bool:
        """Whether the cell of an answer is there to be filled in; the paper prints some boxes without a month."""
        return name != "planned_month" or self.planned_month


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A 考核项目: `ordinal` as printed (一 … 九), `points` in hundredths, its items in order."""

    ordinal: str
    name: str
    points: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The wording of the sheet's columns and group headings; a returned column is recognised by it."""

    category: str
    number: str
    text: str
    points: str
    done: str
    done_month: str
    planned: str
    planned_month: str
    ledger: str
    remark: str
    score: str
    hint: str
    done_group: str
    planned_group: str
    ledger_group: str
    total: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """A whole questionnaire; items are numbered 1…n in order over all categories.

    `policies`: those that come with the form, by id; `policy`: the one used where a round names no other. A form may
    have none of its own. `columns`: the further columns of free text that it declares.
    """

    id: str
    title: str
    short_title: str
    points: int
    headings: Headings
    categories: tuple[Category, ...]
    policies: Mapping[str, Policy]
    policy: str
    columns: tuple[Field, ...] = ()

    def __hash__(self) -> int:
        # Looked up several times per return; hashing 108 items anew each time took as long as reading them.
        return hash(self.fingerprint)

    def __eq__(self, other: object) -> bool:
        # Asked a hundred times per workbook, of a form that came to a process with its work and one it has seen before.
        return self is other or (isinstance(other, Form) and self.in_full == other.in_full)

    @cached_property
    def in_full(self) -> str:
        """SHA-256 over all that the form says, also what no respondent sees: the hints depend on it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of their numbers."""
        return tuple(item for category in self.categories for item in category.items)

    @cached_property
    def points_of(self) -> dict[int, int]:
        """The points of each item in hundredths, by number."""
        return {item.number: item.points for item in self.items}

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits of SHA-256 over everything a respondent sees, and nothing else."""
        seen = {
            "title": self.title,
            "headings": [getattr(self.headings, field.name) for field in fields(Headings)],
            "categories": [[c.ordinal, c.name, c.points, [_seen(i) for i in c.items]] for c in self.categories],
            # Only where there are any: forms without them keep the fingerprint they were issued under.
            **({"columns": [[one.heading, one.prompt] for one in self.columns]} if self.columns else {}),
        }
        text = json.dumps(seen, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The columns of the sheet by name, from left to right."""
        fixed = [replace(one, heading=getattr(self.headings, one.name, "")) for one in FIELDS]
        # Those of the form stand behind the last column that a county writes in.
        end = len(fixed) - [one.open for one in reversed(fixed)].index(True)
        return {one.name: one for one in (*fixed[:end], *self.columns, *fixed[end:])}

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The names of the columns a respondent writes in, from left to right."""
        return tuple(name for name, field in self.fields.items() if field.open)

    @cached_property
    def extras(self) -> tuple[str, ...]:
        """The names of the columns that this form declares."""
        return self.answers[len(ANSWERS) :]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The names of the columns of free text."""
        return tuple(name for name, field in self.fields.items() if field.kind is Kind.TEXT)

    def item(self, number: int) -> Item:
        """The item with this number; raises IndexError outside 1…n."""
        if number < 1:
            raise IndexError(number)
        return self.items[number - 1]

    def category_of(self, number: int) -> Category:
        """The category the item with this number belongs to; raises IndexError outside 1…n."""
        self.item(number)
        return self._category_of[number]

    @cached_property
    def _category_of(self) -> dict[int, Category]:
        return {item.number: category for category in self.categories for item in category.items}


def _seen(item: Item) -> list[object]:
    return [item.number, item.text, item.points, item.printed_row, item.planned_month]


def parse_form(text: str) -> Form:
    """Read a form from the text of its TOML file.

    Raises FormError with every fault at once, each with its path (`categories[2].items[4].points`).
    """
    try:
        mapping = parse_toml(text)
    except TomlError as error:
        raise FormError([error.problem]) from error
    problems: list[Problem] = []
    form = _form(Table(mapping, "", problems))
    unread = {one.path for one in problems if not one.path.startswith("columns")}
    # What cannot be read has a stand-in; that it does not add up or is there twice would only repeat the fault.
    problems += _sum_problems(form, unread)
    problems += [one for one in _number_problems(form, unread) if one.path not in unread]
    if problems:
        raise FormError(problems)
    return form


def _form(table: Table) -> Form:
    policies = read_policies(table)
    headings: set[str] = set()
    form = Form(
        id=_name(table, "id"),
        title=table.text("title"),
        short_title=_name(table, "short_title"),
        points=table.hundredths("points"),
        headings=_headings(table.table("headings"), headings),
        categories=tuple(_category(entry) for entry in table.tables("categories")),
        policies=policies,
        policy=read_choice(table, policies, next(iter(policies))) if policies else "",
        columns=_columns(table, headings),
    )
    table.refuse_unknown_keys()
    return form


def _name(table: Table, key: str) -> str:
    """A text that becomes a field of the stamp or part of a file name."""
    value = table.text(key)
    if table.has(key) and (not value.strip() or re.search(r'[\\/:*?"<>|&\x00-\x1f]', value)):
        table.problem(key, "form-name", found=value)
    return value


def _headings(table: Table, known: set[str]) -> Headings:
    headings = Headings(**{field.name: table.text(field.name) for field in fields(Headings)})
    for name in (field.name for field in FIELDS if hasattr(headings, field.name)):
        _refuse_twin(table, name, getattr(headings, name), known)
    table.refuse_unknown_keys()
    return headings


def _refuse_twin(table: Table, key: str, heading: str, known: set[str]) -> None:
    """Note a heading that is there already: by its heading a returned column is known."""
    text = normal_text(heading)
    if text and text in known:
        table.problem(key, "form-duplicate", found=text)
    known.add(text)


def _columns(table: Table, headings: set[str]) -> tuple[Field, ...]:
    entries = table.tables("columns", [])
    if len(entries) > MOST_COLUMNS:
        table.problem("columns", "form-columns", found=len(entries), most=MOST_COLUMNS)
    names = {field.name for field in FIELDS}
    return tuple(_column(entry, names, headings) for entry in entries)


def _column(table: Table, names: set[str], headings: set[str]) -> Field:
    column = Field(
        name=table.text("name"),
        kind=Kind.TEXT,
        width=table.integer("width", _WIDTH),
        heading=_within(table, "heading", _LONGEST_TITLE),
        prompt=_within(table, "prompt", _LONGEST_PROMPT, ""),
    )
    if not re.fullmatch("[a-z][a-z0-9_]{0,30}", column.name):
        table.problem("name", "form-column-name", found=column.name)
    elif column.name in names:
        table.problem("name", "form-duplicate", found=column.name)
    if not _WIDTHS[0] <= column.width <= _WIDTHS[1]:
        table.problem("width", "form-column-width", found=column.width, low=_WIDTHS[0], high=_WIDTHS[1])
    if table.has("heading") and not normal_text(column.heading):
        table.problem("heading", "form-blank")
    _refuse_twin(table, "heading", column.heading, headings)
    names.add(column.name)
    table.refuse_unknown_keys()
    return column


def _within(table: Table, key: str, most: int, *default: str) -> str:
    """A text of at most so many characters."""
    text = table.text(key, *default)
    if len(text) > most:
        table.problem(key, "form-long", found=len(text), most=most)
    return text


def _category(table: Table) -> Category:
    category = Category(
        ordinal=table.text("ordinal"),
        name=table.text("name"),
        points=table.hundredths("points"),
        items=tuple(_item(entry) for entry in table.tables("items")),
    )
    if not category.items:
        table.problem("items", "form-no-items")
    table.refuse_unknown_keys()
    return category


def _item(table: Table) -> Item:
    item = Item(
        number=table.integer("number"),
        text=_text(table),
        points=table.hundredths("points"),
        printed_row=table.integer("row"),
        recurrence=_recurrence(table),
        depends_on=table.integer("depends_on") if table.has("depends_on") else None,
        planned_month=table.flag("planned_month", True),
        is_ledger=table.flag("is_ledger", False),
    )
    table.refuse_unknown_keys()
    return item


def _text(table: Table) -> str:
    text = table.text("text")
    if table.has("text") and not text.strip():
        table.problem("text", "form-blank")
    return text


def _recurrence(table: Table) -> Recurrence:
    value = table.text("recurrence", "one-off")
    if value not in RECURRENCES:
        table.problem("recurrence", "form-recurrence", found=value)
    return cast(Recurrence, value)


def _sum_problems(form: Form, unread: Collection[str]) -> list[Problem]:
    def known(place: str) -> bool:
        return not any(path.startswith(place) and path.endswith(("points", *_LISTS)) for path in unread)

    problems = [
        Problem(f"categories[{n}].points", "form-sum", declared=category.points, found=found)
        for n, category in enumerate(form.categories)
        if known(f"categories[{n}]") and (found := sum(item.points for item in category.items)) != category.points
    ]
    if known("") and (found := sum(category.points for category in form.categories)) != form.points:
        problems.append(Problem("points", "form-sum", declared=form.points, found=found))
    return problems


def _number_problems(form: Form, unread: Collection[str]) -> Iterator[Problem]:
    ordinals = Counter(category.ordinal for category in form.categories)
    names = Counter(category.name for category in form.categories)
    for c, category in enumerate(form.categories):
        if ordinals[category.ordinal] > 1:
            yield Problem(f"categories[{c}].ordinal", "form-duplicate", found=category.ordinal)
        if names[category.name] > 1:
            yield Problem(f"categories[{c}].name", "form-duplicate", found=category.name)
    if any(path.endswith(_LISTS) for path in unread):
        return  # some items are not there, so that no number can be right
    places = [
        f"categories[{c}].items[{i}]" for c, category in enumerate(form.categories) for i in range(len(category.items))
    ]
    yield from _item_problems(form.items, places)
    if not any(path.endswith(".number") for path in unread):
        yield from _depends_problems(form.items, places)


def _item_problems(items: Sequence[Item], places: Sequence[str]) -> Iterator[Problem]:
    numbers = Counter(item.number for item in items)
    texts = Counter(item.text for item in items)
    for expected, (item, place) in enumerate(zip(items, places, strict=True), start=1):
        if numbers[item.number] > 1:
            yield Problem(f"{place}.number", "form-duplicate", found=item.number)
        elif item.number != expected:
            yield Problem(f"{place}.number", "form-order", found=item.number, expected=expected)
        if texts[item.text] > 1:
            yield Problem(f"{place}.text", "form-duplicate", found=item.text)


def _depends_problems(items: Sequence[Item], places: Sequence[str]) -> Iterator[Problem]:
    needs = {item.number: item.depends_on for item in items}
    for item, place in zip(items, places, strict=True):
        if item.depends_on is None:
            continue
        if item.depends_on == item.number or item.depends_on not in needs:
            yield Problem(f"{place}.depends_on", "form-depends", found=item.depends_on)
        # Told once for the whole circle, at its first item.
        elif (circle := _circle(needs, item.number)) and item.number == circle[0]:
            yield Problem(f"{place}.depends_on", "form-depends-circle", items=circle)


def _circle(needs: Mapping[int, int | None], start: int) -> tuple[int, ...]:
    """The items by which an item in the end depends on itself, empty when it does not."""
    chain = [start]
    while (following := needs.get(chain[-1])) is not None and following not in chain:
        chain.append(following)
    return tuple(sorted(chain)) if following == start else ()
