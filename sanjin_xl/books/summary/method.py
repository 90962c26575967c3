"""计分口径: what made the figures, so that the sheets explain themselves."""

import hashlib
from operator import itemgetter

from sanjin_xl import __version__
from sanjin_xl.books.styles import CATEGORY_FILL, HEADING_FONT
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.figures import MOST_LIVING_UNITS
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.points import decimal, plain
from sanjin_xl.model.rules import EXCLUDE
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Effect

Fact = tuple[str, str]
_SHOWN = 16  # digits of a hash, on paper


def add_method(book: ResultsBook) -> None:
    """Add the sheet 计分口径."""
    columns = [
        Column[Fact]("", itemgetter(0), "text", 16, look={"font_name": HEADING_FONT, "bg_color": CATEGORY_FILL}),
        Column[Fact]("", itemgetter(1), "text", 82),
    ]
    sheet = book.sheet(words.METHOD, [one.width for one in columns], size=10.5)
    facts, table = _facts(book), Table(sheet, columns, look={"valign": "top"}, in_lines=True)
    for title, texts in words.METHOD_TEXTS.items():
        sheet.heading_line(title)
        for label, text in texts.items():
            table.write((label, text.format_map(facts)))
    sheet.print_setup((0, 0), tall=1, upright=True)


def _facts(book: ResultsBook) -> dict[str, object]:
    results, rules = book.results, book.results.rules
    others = [sentences.policy_sentence(one) for id_, one in rules.policies.items() if id_ != results.policy]
    deduction = words.LATE_DEDUCTED.format(points=decimal(rules.late_deduction))
    values_only = words.VALUES_ONLY.format(limit=MOST_LIVING_UNITS)
    excluding = rules.not_applicable == EXCLUDE
    return {
        "title": rules.form.title,
        "form": rules.form.id,
        "fingerprint": rules.form.fingerprint,
        "categories": len(rules.form.categories),
        "items": len(rules.form.items),
        "points": plain(rules.form.points),
        "period": rules.period.label,
        "due": words.DAY.format(day=rules.due),
        "as_of": words.DAY.format(day=rules.as_of),
        "version": __version__,
        "policy": sentences.policy_sentence(rules.policy),
        "others": "\n".join(others) or words.NOTHING,
        "not_yet": words.NOT_YET if any(one.planned for one in rules.policies.values()) else "",
        "policies": words.policies_in_words(len(rules.policies)),
        "late": words.LATE_BY[rules.late_by] + (deduction if rules.late_deduction else words.LATE_FREE),
        "deducted": words.DEDUCTED if rules.late_deduction else "",
        "rulings": _rulings(results),
        "not_applicable": words.NOT_APPLICABLE_EXCLUDED if excluding else words.NOT_APPLICABLE_FULL,
        "rescaled": words.RESCALED if excluding else "",
        "ties": sentences.ties_rule(results),
        "units": len(results.units),
        "returned": len(counted_hashes(results)),
        "returns": len(counted_hashes(results)),
        "files": len(results.files),
        "hash": returns_hash(results)[:_SHOWN],
        "formulas": words.LIVING_FORMULAS if book.figures.living else values_only,
    }


def _rulings(results: Results) -> str:
    """How many rulings made the figures, and how many did not."""
    applied = [one for one in results.rulings if one.effect is Effect.APPLIED]
    waiting = sum(one.effect in (Effect.STALE, Effect.INVALID) for one in results.rulings)
    units = len({one.ruling.unit for one in applied})
    text = words.RULINGS.format(applied=len(applied), units=units) if applied else words.NO_RULINGS
    return text + (words.RULINGS_OPEN.format(count=waiting) if waiting else "")


def counted_hashes(results: Results) -> list[str]:
    """The SHA-256 of every counted return, in the order of the roster."""
    return [one.outcome.sha256 for one in results.units if one.outcome]


def returns_hash(results: Results) -> str:
    """SHA-256 over the hashes of the counted returns, a line each: it changes with any of them."""
    return hashlib.sha256("".join(f"{one}\n" for one in counted_hashes(results)).encode()).hexdigest()
