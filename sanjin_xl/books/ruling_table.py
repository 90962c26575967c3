"""The ruling table: what is open, every other item, questions on whole returns, and cells for the city's decision.

It is made anew at every ingest; what was typed into the last one is in the register by then.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.ruling_rows import Row, Rows
from sanjin_xl.books.seal import Lock, SealedWorkbook
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import WRONG_FILL, WRONG_INK, Styles
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.cellref import address
from sanjin_xl.model.points import plain, share_of
from sanjin_xl.model.rules import Rules
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Ruling, step
from sanjin_xl.review.table_reader import Added

_FURTHER_CHOICES = {"settled": (words.WITHDRAW,), "not_applicable": (words.STANDING,)}
_SIZE, _LEAST_HEIGHT, _HEADING_HEIGHT = 10.0, 24.0, 34.0


def ruling_bytes(
    results: Results, history: Sequence[Ruling], lock: Lock | None, added: Mapping[str, Added] | None = None
) -> bytes:
    """The ruling table as bytes.

    `history` is every entry ever made, in the order they were made; `added` the columns somebody added, by sheet name.
    """
    target = io.BytesIO()
    stem, period = results.rules.form.title.removesuffix(words.TABLE), results.rules.period.label
    rows = Rows(results, history)
    others_lead = words.OTHERS_LEAD + (words.LEAD_SHORTENED if rows.shortened else "")
    book = SealedWorkbook(target, lock)
    styles = Styles(book)
    for name, columns, title, text, content in (
        (words.SHEET, _OPEN_COLUMNS, words.TITLE, words.LEAD, rows.open),
        (words.KINDS_SHEET, _KIND_COLUMNS, words.KINDS_TITLE, words.KINDS_LEAD, rows.kinds),
        (words.WHOLE_SHEET, _WHOLE_COLUMNS, words.WHOLE_TITLE, words.WHOLE_LEAD, rows.whole),
        (words.OTHERS_SHEET, _OTHER_COLUMNS, words.OTHERS_TITLE, others_lead, rows.others),
    ):
        more = (added or {}).get(words.SHEET if name == words.OTHERS_SHEET else name, Added())
        sheet = _RulingSheet(styles, name, columns, more, results.rules)
        sheet.write(title.format(title=stem), text.replace("{period}", period), content)
    book.set_properties({"title": words.TITLE.format(title=stem), "subject": period})
    book.close()
    return target.getvalue()


def _column(name: str, width: float, kind: str = "text", *, open: bool = False, hidden: bool = False) -> Column[Row]:
    return Column(
        words.HEADINGS[name], lambda row: _filled(row.cells.get(name)), kind, width, name=name, open=open, hidden=hidden
    )


_DECISION = (
    _column("reason", 20, open=True),
    _column("who", 8, "centre", open=True),
    _column("day", 10.5, "day", open=True),
    _column("confirm", 7.5, "centre", open=True),
)
_KEYS = (_column("key", 12, hidden=True), _column("basis", 18, hidden=True), _column("known", 18, "count", hidden=True))
_ITEM = (
    _column("unit", 13, "centre"),
    _column("item", 4.5, "centre"),
    _column("text", 28),
    _column("full", 5.5, "points"),
    _column("auto", 7.5, "points"),
)
_SAID = (_column("answer", 19), _column("questions", 25))
_RULING = (
    _column("points", 7, "points", open=True),
    _column("not_applicable", 6, "centre", open=True),
    *_DECISION,
    _column("status", 16),
    *_KEYS,
)
_EFFECTS = (_column("stake", 7, "points"), *_SAID, _column("refused", 16, "centre"), _column("granted", 16, "centre"))
_OPEN_COLUMNS = (*_ITEM, *_EFFECTS, *_RULING)
_OTHER_COLUMNS = (*_ITEM, *_SAID, *_RULING)
_WHOLE_COLUMNS = (
    _column("unit", 16, "centre"),
    _column("severity", 6, "centre"),
    _column("whole_questions", 48),
    _column("advice", 30),
    _column("settled", 7, "centre", open=True),
    *_DECISION,
    _column("status", 16),
    *_KEYS,
)


_KIND_COLUMNS = (
    _column("unit", 16, "centre"),
    _column("kind", 24),
    _column("advice", 40),
    _column("count", 6, "count"),
    _column("kind_ruling", 10, "centre", open=True),
    _column("reason", 30, open=True),
    _column("who", 10, "centre", open=True),
    _column("day", 11, "day", open=True),
    _column("key", 12, hidden=True),
)


def _filled(value: Value) -> Value:
    """A cell without a text is blank, so that its column can be filtered and filled."""
    return None if value == "" else value


def _added(added: Added) -> list[Column[Row]]:
    """The columns somebody added, with their texts."""

    def text(row: Row, n: int) -> Value:
        texts = added.texts.get(str(row.cells.get("key")))
        return _filled(texts[n]) if texts else None

    return [
        Column(heading, lambda row, n=n: text(row, n), "text", 16, open=True)  # type: ignore[misc]
        for n, heading in enumerate(added.headings)
    ]


class _RulingSheet:
    """One sheet of the table; form and policy of `rules` say in which steps points are given."""

    def __init__(self, styles: Styles, name: str, columns: Sequence[Column[Row]], added: Added, rules: Rules) -> None:
        shown, hidden = [one for one in columns if not one.hidden], [one for one in columns if one.hidden]
        shown += _added(added)
        self.columns = [*shown, *hidden]
        widths = [one.width for one in shown]
        self.sheet = SheetWriter(styles, name, widths, hidden=[one.width for one in hidden], size=_SIZE)
        self.tables: dict[tuple[bool, str | None], Table[Row]] = {}
        self.place = {one.name: n for n, one in enumerate(self.columns) if one.name}
        self.rules, self.step = rules, step(rules.form, rules.policy)
        self.steps = words.steps_in_words(plain(self.step))

    def write(self, title: str, lead: str, rows: Iterable[Row]) -> None:
        sheet = self.sheet
        sheet.title(title, least=36)
        sheet.line(lead.format(steps=self.steps), sheet.styles.get(font_size=sheet.size), sheet.size)
        if sheet.name == words.OTHERS_SHEET:
            sheet.keep_off_paper()  # forty pages of what nobody asks
        header = sheet.row
        Table(sheet, self.columns).headings(_HEADING_HEIGHT)
        keys = []
        for row in rows:
            self._table(row).write(row, _LEAST_HEIGHT)
            keys.append(str(row.cells.get("key")))
        if keys:
            self._validate(header + 1, sheet.row - 1, keys)
            self._paint(header + 1, sheet.row - 1)
            # The hidden columns as well: a table sorted without its keys would mix up the rows.
            sheet.worksheet.autofilter(header, 0, sheet.row - 1, len(self.columns) - 1)
        sheet.worksheet.freeze_panes(header + 1, 2)
        sheet.print_setup((header, header))
        sheet.worksheet.protect({"autofilter": True, "sort": True})

    def _table(self, row: Row) -> Table[Row]:
        """The table with the looks of a row, made once."""
        key = row.open, row.fill
        if key not in self.tables:
            look = {"bg_color": row.fill} if row.fill else {}
            columns = [replace(one, look=look) if one.name == "status" else one for one in self.columns]
            self.tables[key] = Table(self.sheet, columns, locked=not row.open)
        return self.tables[key]

    # --- the rules of the open cells

    def _validate(self, first: int, last: int, keys: Sequence[str]) -> None:
        for name, prompt in words.TICK_PROMPTS.items():
            if name in self.place:
                choices = [words.TICK, *_FURTHER_CHOICES.get(name, ())]
                title, text = words.TICK_ALERT
                alert = title, text.format(choices=words.OR.join(choices))
                self._rule(name, first, last, {"validate": "list", "source": choices}, prompt, alert)
        if "kind_ruling" in self.place:
            # One rule for all rows alike: Excel takes 65,534 of a sheet, and a nation has a row a unit.
            for whole, alike in groupby(range(len(keys)), lambda n: keys[n].endswith(words.WHOLE_KEY)):
                own = list(alike)
                listed = {"validate": "list", "source": [words.SETTLED] if whole else list(words.KIND_CHOICES)}
                self._rule("kind_ruling", first + own[0], first + own[-1], listed, words.KIND_PROMPT, words.KIND_ALERT)
        if "points" in self.place:
            fits = {"validate": "custom", "value": f"={self._fits(first)}"}
            self._rule("points", first, last, fits, words.POINTS_PROMPT, words.POINTS_ALERT)
        self._rule("day", first, last, {"validate": "any"}, words.DAY_PROMPT)

    def _rule(
        self,
        name: str,
        first: int,
        last: int,
        rule: Mapping[str, object],
        prompt: tuple[str, str],
        alert: tuple[str, str] | None = None,
    ) -> None:
        def told(words_of: tuple[str, str]) -> tuple[str, str]:
            return words_of[0], words_of[1].format(steps=self.steps)

        place = self.place[name]
        self.sheet.validate((first, place, last, place), rule, told(prompt), told(alert) if alert else None)

    def _fits(self, row: int) -> str:
        """Whether 核定分 is a number from 0 to the item's points in its steps, a share in words, or a withdrawal."""
        ruled, full, by = self._cell("points", row), self._cell("full", row), plain(self.step)
        in_steps = f"ABS({ruled}/{by}-ROUND({ruled}/{by},0))<0.000001"
        number = f"IF(ISNUMBER({ruled}),AND({ruled}>=0,{ruled}<={full},{in_steps}),FALSE)"
        all_points = [item.points for item in self.rules.form.items]
        fitting = [
            name
            for name, share in words.SHARES.items()
            if not any(share_of(points, share) % self.step for points in all_points)
        ]
        named = ",".join(f'{ruled}="{word}"' for word in (words.WITHDRAW, *words.GRANTED, *fitting))
        return f"OR({named},{number})"

    def _paint(self, first: int, last: int) -> None:
        """Paint what is missing beside a decision, and a decision that a paste has brought past its rule."""
        decisions = [name for name in ("points", "not_applicable", "settled", "kind_ruling") if name in self.place]
        made = "&".join(self._cell(name, first) for name in decisions) + '<>""'
        wrong = {name: f'AND({made},{self._cell(name, first)}="")' for name in ("reason", "who")}
        if "points" in self.place:
            wrong["points"] = f'AND({self._cell("points", first)}<>"",NOT({self._fits(first)}))'
        paint = self.sheet.styles.condition(WRONG_FILL, WRONG_INK)
        for name, criteria in wrong.items():
            self.sheet.condition((first, self.place[name], last, self.place[name]), criteria, paint)

    def _cell(self, name: str, row: int) -> str:
        return address(row, self.place[name], keep_column=True)
