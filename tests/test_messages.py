"""Every code has its sentence, every sentence its facts, and nothing Chinese is said anywhere else."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

import sanjin_xl
from sanjin_xl import messages
from sanjin_xl.console import lines
from sanjin_xl.judge.attachments import BY_ENDING, NO_RETURNS
from sanjin_xl.messages.errors import ERRORS, PROBLEMS, TOML_TYPES
from sanjin_xl.messages.files import REASONS
from sanjin_xl.model.catalogue import CATALOGUE, Audience, Severity
from sanjin_xl.model.errors import RoundError, SanjinError
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import RECURRENCES

PACKAGE = Path(sanjin_xl.__file__).parent
SOURCES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}

# Where sentences stand: those of the findings in the catalogue, with all else that is known of them.
SPEAKING = {name for name in TREES if name.startswith("messages/")} | {"model/catalogue.py"}
# Words that are recognised, cut off or made into names are no sentences: what clerks write, labels of periods,
# kinds of areas, folders and files, fonts.
VOCABULARY = {
    *("judge/checks.py", "model/fields.py", "model/days.py", "model/period.py", "model/roster.py"),
    *(f"recovery/{name}.py" for name in ("head", "sender", "cell_values", "entries", "claims", "choose_sheets")),
    *(f"recovery/{name}.py" for name in ("row_ids", "subtotals", "wordings")),
    *("round/config.py", "round/commands.py"),
    *("books/styles.py", "workbook/mail.py", "workbook/number_formats.py"),
}


@dataclass(frozen=True)
class Site:
    """One place in the source that raises or yields a code, and the facts it gives."""

    place: str
    code: str
    facts: frozenset[str]


# Which argument of a call is the code; the facts are its keywords.
RAISING = {
    "reasons": {"Refused": 0, "refuse": 0, "with_status": 1},
    "errors": {"SanjinError": 0, "RoundError": 0, "WorkbookError": 0},
    "problems": {"problem": 1, "Problem": 1},
    "findings": {"finding": 0, "note": 1},
}
WORDED = {"reasons": set(REASONS), "errors": set(ERRORS), "problems": set(PROBLEMS), "findings": set(CATALOGUE)}


def sites(kind: str) -> Iterator[Site]:
    for name, tree in TREES.items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
            place = RAISING[kind].get(called or "")
            if place is None or len(call.args) <= place:
                continue
            facts = {keyword.arg for keyword in call.keywords if keyword.arg}
            # finding(code, item, cell, found) · note(place, code) quotes the cell
            facts |= {"found"} if called == "note" or (called == "finding" and len(call.args) > 3) else set()
            for code in codes_in(call.args[place]):
                yield Site(f"{name}:{call.lineno}", code, frozenset(facts))


def codes_in(node: ast.expr) -> Iterator[str]:
    """The codes an argument can be, as far as they are written out there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from codes_in(node.body)
        yield from codes_in(node.orelse)
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from codes_in(argument)


def blanks(text: str) -> set[str]:
    """The names of the facts a sentence asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def constants(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


# --- codes and sentences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_an_entry_says_what_was_seen_what_to_do_and_why_it_weighs(code: str) -> None:
    kind = CATALOGUE[code]
    for text in (kind.title, kind.seen, kind.advice, kind.reason):
        assert text.strip() == text != ""
        assert not text.endswith("。")  # the sentence adds it
    assert not blanks(kind.title + kind.advice + kind.reason)


@pytest.mark.parametrize("kind", RAISING)
def test_every_code_in_the_source_has_a_sentence(kind: str) -> None:
    found = list(sites(kind))
    assert found
    assert [site for site in found if site.code not in WORDED[kind]] == []


def test_every_code_of_a_file_that_stands_anywhere_in_the_source_has_a_sentence() -> None:
    texts = set().union(*(constants(tree) for name, tree in TREES.items() if name not in SPEAKING))
    codes = {text for text in texts if re.fullmatch(r"(?:file|skipped)(?:-[a-z0-9]+)+", text)}
    assert codes
    assert codes - set(REASONS) - set(ERRORS) == set()


def test_every_finding_is_yielded_somewhere() -> None:
    speaking = [tree for name, tree in TREES.items() if name not in SPEAKING]
    assert set(CATALOGUE) - set().union(*map(constants, speaking)) == set()


# --- sentences and facts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RAISING)
def test_a_sentence_asks_for_no_fact_that_its_code_does_not_bring(kind: str) -> None:
    seen = {code: kind.seen for code, kind in CATALOGUE.items()}
    sentences = {"reasons": REASONS, "errors": ERRORS, "problems": PROBLEMS, "findings": seen}[kind]
    wanting = [
        (site.place, site.code, lacking)
        for site in sites(kind)
        if (lacking := blanks(sentences.get(site.code, "")) - site.facts)
    ]
    assert wanting == []


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (finding("not-answered", 3, "E8"), "第3项（E8）："),
        (finding("item-missing", 3), "第3项："),
        (finding("extra-note", cell="A120", found="x"), "A120格："),
        (finding("stamp-missing"), CATALOGUE["stamp-missing"].seen),
    ],
)
def test_a_sentence_begins_with_its_place(place: Finding, text: str) -> None:
    assert messages.sentence(place).startswith(text)


def test_what_was_typed_is_quoted_as_it_is_on_one_line_and_not_without_end() -> None:
    for typed, quoted in [
        ("{found} {0}", "{found} {0}"),
        ("一\n\t二", "一 二"),
        ("长" * 61, "长" * 60 + "…"),
        ("%s", "%s"),
    ]:
        assert f"“{quoted}”" in messages.seen(finding("tick-unclear", 1, found=typed))


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_reason_is_a_whole_sentence(code: str) -> None:
    facts = dict.fromkeys(blanks(REASONS[code]), "甲") | {"place": "unit-cell", "elsewhere": (), "drawn": ()}
    facts |= {"what": "file-pdf"}
    text = messages.reason(code, facts)
    assert text.endswith("。")
    assert not re.search(r"[{}]", text)


def test_every_kind_of_attachment_has_a_name() -> None:
    for what in NO_RETURNS | set(BY_ENDING):
        assert messages.reason("attachment", {"what": what})


def test_every_place_a_conflict_can_be_at_has_a_name() -> None:
    places = {
        keyword.value.value
        for tree in TREES.values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "place" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
    for place in {*places, "unit-cell", "file-name", "stamp"}:
        assert place not in messages.reason("unit-conflict", {"unit": "甲", "found": "乙", "place": place})


def test_there_is_a_word_for_every_severity_and_recurrence() -> None:
    assert set(messages.SEVERITIES) == set(Severity)
    assert set(messages.RECURRENCES) == set(RECURRENCES)


# --- our own errors -------------------------------------------------------------------------------------------------


def test_every_kind_of_value_a_fault_can_ask_for_has_a_name() -> None:
    asked = {name for name in constants(TREES["model/tomlread.py"]) if name in TOML_TYPES}
    assert asked == set(TOML_TYPES)


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_an_error_is_one_line(code: str) -> None:
    kind = RoundError if code.startswith("round") else SanjinError
    text = messages.error(kind(code, **dict.fromkeys(blanks(ERRORS[code]), "甲")))
    assert text
    assert not re.search("[{}\n]", text)


# --- weights --------------------------------------------------------------------------------------------------------


def test_the_gravest_finding_comes_first_then_the_first_item() -> None:
    found = [
        finding("not-answered", 1),
        finding("both-ticked", 9),
        finding("both-ticked", 2),
        finding("item-missing", 50),
    ]
    ranked = sorted(found, key=lambda one: one.rank)
    assert [(one.code, one.item) for one in ranked] == [
        ("item-missing", 50),
        ("both-ticked", 2),
        ("both-ticked", 9),
        ("not-answered", 1),
    ]


def test_only_what_waits_for_a_ruling_puts_points_in_doubt() -> None:
    assert {kind.severity for kind in CATALOGUE.values() if kind.doubt} == {Severity.REVIEW}


# --- whom a finding asks --------------------------------------------------------------------------------------------


def test_what_must_be_corrected_is_asked_of_the_county() -> None:
    assert {kind.audience for kind in CATALOGUE.values() if kind.severity is Severity.ERROR} == {Audience.COUNTY}


def test_stamps_units_versions_and_rulings_are_asked_of_the_city() -> None:
    own = [kind for code, kind in CATALOGUE.items() if code.startswith(("stamp-", "unit-", "version-", "ruling-"))]
    assert {kind.audience for kind in own} == {Audience.CITY}


def test_the_catalogue_tells_whom_each_finding_asks() -> None:
    shown = {(entry := json.loads(line))["code"]: entry["audience"] for line in lines.catalogue_json()}
    assert shown == {code: kind.audience.value for code, kind in CATALOGUE.items()}


# --- nowhere else ---------------------------------------------------------------------------------------------------


def chinese(tree: ast.AST) -> list[tuple[int, str]]:
    """String literals with Chinese characters, docstrings aside."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in said
        and re.search("[\u3400-\u9fff]", node.value)
    ]


def test_nothing_chinese_is_said_outside_the_messages() -> None:
    said = {name: chinese(tree) for name, tree in TREES.items() if name not in SPEAKING | VOCABULARY}
    assert {name: texts for name, texts in said.items() if texts} == {}
    assert set(TREES) >= VOCABULARY
