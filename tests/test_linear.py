"""No search in what a stranger sent takes more than linear time: twice the bytes, at most about twice the time."""

import importlib
import pkgutil
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hostile import MAIN, edited, packed, refused_as, with_parts, workbook
from rounds import heyuan

import sanjin_xl
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.fields import folded, normal_text
from sanjin_xl.model.roster import normal_name
from sanjin_xl.recovery.head import read_date
from sanjin_xl.workbook.package import open_archive
from sanjin_xl.workbook.reader import read_book

ROOMS = ("judge", "model", "recovery", "review", "round", "workbook")
LITERAL = re.compile(r"[A-Za-z0-9_<:=\"|#/-]{2,}")
SHORT, LONG = 4_000, 16_000
TRIES = 5
SLOW = 0.02  # seconds; what is done sooner need not be looked at twice
GROWTH = LONG // SHORT * 2  # a quadratic search takes sixteen times the time
# Held against a whole text or its beginning, never looked for in one.
ANCHORED = {"_KEY", "_PROLOG", "_SPAN", "_TARGET", "_PLAIN_NAME", "_CELL_TAG", "_STYLE_TAG", "_WHEN_LAST"}


# --- every pattern ----------------------------------------------------------------------------------------------------


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every pattern that a module below the workbooks holds, by name."""
    for module in pkgutil.walk_packages(sanjin_xl.__path__, "sanjin_xl."):
        if module.name.split(".")[1] in ROOMS:
            for name, value in vars(importlib.import_module(module.name)).items():
                for n, one in enumerate(_in(value)):
                    yield f"{module.name}.{name}.{n}", one


def _in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    for one in value if isinstance(value, tuple) else ():
        yield from _in(one)


PATTERNS = dict(patterns())


def texts_for(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts made of what the pattern is made of, over and over, whole and begun only."""
    source = pattern.pattern
    written = source.decode("latin-1") if isinstance(source, bytes) else source
    seeds = sorted({*LITERAL.findall(written.replace("\\", ""))}, key=len)[-4:]
    for seed in (*seeds, "<", "1-", "&", "一"):
        yield (seed * size)[:size]
        yield (f"{seed} " * size)[:size]
        yield (f"{seed}>" * size)[:size]
        for filler in ("a", " ", "1"):
            yield seed + filler * size


def every_match(name: str, text: str) -> object:
    pattern = PATTERNS[name]
    subject: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    return pattern.match(subject) if name.split(".")[-2] in ANCHORED else pattern.findall(subject)


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds, the least of some tries: what the machine does besides only adds."""
    tries: list[float] = []
    while len(tries) < TRIES and min(tries, default=1.0) > SLOW:
        began = time.process_time()
        work()
        tries.append(time.process_time() - began)
    return min(tries)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_is_linear(name: str) -> None:
    for small, large in zip(texts_for(PATTERNS[name], SHORT), texts_for(PATTERNS[name], LONG), strict=True):
        long = seconds(partial(every_match, name, large))
        if long > SLOW:
            assert long < GROWTH * max(seconds(partial(every_match, name, small)), SLOW / GROWTH), (name, small[:60])


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 60


# --- every shape that was an attack -----------------------------------------------------------------------------------

GOOD = workbook()
NOISE = random.Random(1)
CORE = b'<cp:coreProperties xmlns:cp="c" xmlns:dcterms="d">%s</cp:coreProperties>'


def noise(count: int, size: int = 6) -> Iterator[bytes]:
    """Short bytes that do not pack, so that the ratio of the package stays an honest one."""
    return (NOISE.randbytes(size).hex().encode() for _ in range(count))


def footers(n: int) -> bytes:
    comment = b"<!-- " + b"".join(b"<oddFooter " + one for one in noise(n)) + b" -->"
    return edited(GOOD, SHEET=lambda part: part.replace(b"</worksheet>", comment + b"</worksheet>"))


def strings(n: int) -> bytes:
    return edited(GOOD, STRINGS=b'<sst xmlns="%s"><si>' % MAIN.encode() + b"".join(b"<" + one for one in noise(n)))


def long_name(n: int) -> bytes:
    name = b"a" + b"".join(noise(n))
    inside = b"<%s>%s</%s></worksheet>" % (name, b"<b/>" * 4 * n, name)
    return edited(GOOD, SHEET=lambda part: part.replace(b"</worksheet>", inside))


def long_namespace(n: int) -> bytes:
    inside = b'<a xmlns="%s">%s</a></worksheet>' % (b"".join(noise(n)), b"<b/>" * 4 * n)
    return edited(GOOD, SHEET=lambda part: part.replace(b"</worksheet>", inside))


def modified(n: int) -> bytes:
    core = CORE % b"".join(b"<dcterms:modified " + one for one in noise(n))
    return with_parts(GOOD, docProps__core_DOT_xml=core)


SHAPES = [footers, strings, long_name, long_namespace, modified]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_that_was_an_attack_is_linear(shape: Callable[[int], bytes]) -> None:
    small, large = (partial(read, shape(n)) for n in (4_000, 16_000))
    read(GOOD)  # what is loaded the first time is no part of it
    assert seconds(large) < GROWTH * max(seconds(small), SLOW)


def read(data: bytes) -> None:
    with suppress(Refused):
        read_book(data)


def test_marks_over_a_letter_are_not_put_in_order_by_their_square() -> None:
    for work in (normal_text, normal_name, folded, read_date, heyuan().find_in_file_name):
        assert seconds(partial(work, "a" + "\u0301\u0323" * 16_000)) < 0.2


def test_a_name_that_no_file_system_has_room_for_is_refused() -> None:
    for letter in ("源", "a"):
        with refused_as("file-name"):
            open_archive(packed({letter * 1_001 + ".xlsx": b"x"}))
