"""计分口径: what made the figures, so that the sheets explain themselves."""

import hashlib

from sanjin_xl import __version__
from sanjin_xl.books.styles import BODY_FONT, CATEGORY_FILL, HEADING_FONT, height_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.figures import MOST_LIVING_UNITS
from sanjin_xl.books.summary.sheet_writer import Job, Paper
from sanjin_xl.messages import summary as words
from sanjin_xl.model.points import decimal
from sanjin_xl.model.rules import EXCLUDE
from sanjin_xl.outcome.results import Results
from sanjin_xl.outcome.tables import policies_of
from sanjin_xl.review.rulings import Effect

_WIDTHS = (22, 108)
_SIZE = 10.5


def add_method(job: Job) -> None:
    """Add the sheet 计分口径."""
    paper = Paper(job, words.METHOD, _WIDTHS)
    paper.title(words.TITLE.format(title=job.stem, sheet=words.METHOD))
    facts = _facts(job)
    for title, names in words.METHOD_SECTIONS:
        paper.heading_line(title)
        for name in names:
            text = words.METHOD_TEXTS[name].format_map(facts)
            label = paper.form(font_name=HEADING_FONT, font_size=_SIZE, bg_color=CATEGORY_FILL, valign="top")
            paper.put(paper.row, 0, words.METHOD_LABELS[name], label)
            paper.put(paper.row, 1, text, paper.form(font_name=BODY_FONT, font_size=_SIZE, valign="top"))
            paper.heighten(paper.row, max(20, height_of(text, _WIDTHS[1], _SIZE)))
            paper.row += 1
    paper.print_setup((0, 0), tall=1)


def _facts(job: Job) -> dict[str, object]:
    results, rules = job.results, job.results.rules
    others = [sentences.policy_sentence(one) for id_, one in policies_of(results).items() if id_ != results.policy]
    deduction = words.LATE_DEDUCTED.format(points=decimal(rules.late_deduction))
    values_only = words.VALUES_ONLY.format(limit=MOST_LIVING_UNITS)
    excluding = rules.not_applicable == EXCLUDE
    return {
        "title": rules.form.title,
        "form": rules.form.id,
        "fingerprint": rules.form.fingerprint,
        "categories": len(rules.form.categories),
        "items": len(rules.form.items),
        "points": f"{rules.form.points / 100:g}",
        "period": rules.period.label,
        "due": words.DAY.format(day=rules.due),
        "as_of": words.DAY.format(day=rules.as_of),
        "version": __version__,
        "policy": sentences.policy_sentence(rules.policy),
        "others": "\n".join(others),
        "late": deduction if rules.late_deduction else words.LATE_FREE,
        "deducted": words.DEDUCTED if rules.late_deduction else "",
        "rulings": _rulings(results),
        "not_applicable": words.NOT_APPLICABLE_EXCLUDED if excluding else words.NOT_APPLICABLE_FULL,
        "rescaled": words.RESCALED if excluding else "",
        "ties": sentences.ties_rule(results),
        "units": len(results.units),
        "returned": len(counted_hashes(results)),
        "returns": len(counted_hashes(results)),
        "files": len(results.files),
        "hash": returns_hash(results),
        "formulas": words.LIVING_FORMULAS if job.living else values_only,
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
