"""计分口径: what made the figures, so that the sheets explain themselves."""

import hashlib

from sanjin_xl import __version__
from sanjin_xl.books.styles import BODY_FONT, CATEGORY_FILL, HEADING_FONT, height_of
from sanjin_xl.books.summary import verdict
from sanjin_xl.books.summary.figures import MOST_LIVING_UNITS
from sanjin_xl.books.summary.paper import Job, Paper
from sanjin_xl.messages import summary as words
from sanjin_xl.results import Results
from sanjin_xl.rulings import Effect
from sanjin_xl.scoring import decimal
from sanjin_xl.tables import policies_of
from sanjin_xl.terms import EXCLUDE

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
    results, terms = job.results, job.results.terms
    others = [verdict.policy_sentence(one) for id_, one in policies_of(results).items() if id_ != results.policy]
    deduction = words.LATE_DEDUCTED.format(points=decimal(terms.late_deduction))
    values_only = words.VALUES_ONLY.format(limit=MOST_LIVING_UNITS)
    excluding = terms.not_applicable == EXCLUDE
    return {
        "title": terms.form.title,
        "form": terms.form.id,
        "fingerprint": terms.form.fingerprint,
        "categories": len(terms.form.categories),
        "items": len(terms.form.items),
        "points": f"{terms.form.points / 100:g}",
        "period": terms.period.label,
        "due": words.DAY.format(day=terms.due),
        "as_of": words.DAY.format(day=terms.as_of),
        "version": __version__,
        "policy": verdict.policy_sentence(terms.policy),
        "others": "\n".join(others),
        "late": deduction if terms.late_deduction else words.LATE_FREE,
        "deducted": words.DEDUCTED if terms.late_deduction else "",
        "rulings": _rulings(results),
        "not_applicable": words.NOT_APPLICABLE_EXCLUDED if excluding else words.NOT_APPLICABLE_FULL,
        "rescaled": words.RESCALED if excluding else "",
        "ties": verdict.ties_rule(results),
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
