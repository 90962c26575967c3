"""The ruling table: every item of every unit with what is open about it, and cells for the city's decision.

It is made anew at every ingest; what was typed into the last one is in the register by then.
"""

import io
from collections.abc import Mapping, Sequence

from sanjin_xl.books.ruling_table.rows import Rows
from sanjin_xl.books.ruling_table.sheet import RulingSheet
from sanjin_xl.books.seal import Lock, SealedWorkbook
from sanjin_xl.books.styles import Styles
from sanjin_xl.messages import rulings as words
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.columns import ITEM_COLUMNS, WHOLE_COLUMNS, Added
from sanjin_xl.review.rulings import Ruling

SHEETS = {words.SHEET: ITEM_COLUMNS, words.WHOLE_SHEET: WHOLE_COLUMNS}


def ruling_bytes(
    results: Results, history: Sequence[Ruling], lock: Lock | None, added: Mapping[str, Added] | None = None
) -> bytes:
    """The ruling table as bytes.

    `history` is every entry ever made, in the order they were made; `added` the columns somebody added, by sheet name.
    """
    target = io.BytesIO()
    stem, period = results.rules.form.title.removesuffix(words.TABLE), results.rules.period.label
    rows = Rows(results, history)
    lead = words.LEAD + (words.LEAD_SHORTENED if rows.shortened else "")
    book = SealedWorkbook(target, lock)
    styles = Styles(book)
    for name, title, text, content in (
        (words.SHEET, words.TITLE, lead, rows.items),
        (words.WHOLE_SHEET, words.WHOLE_TITLE, words.WHOLE_LEAD, rows.whole),
    ):
        columns = (added or {}).get(name, Added())
        sheet = RulingSheet(book, styles, name, SHEETS[name], columns, results.rules.policy)
        sheet.write(title.format(title=stem), text.replace("{period}", period), content)
    book.set_properties({"title": words.TITLE.format(title=stem), "subject": period})
    book.close()
    return target.getvalue()
