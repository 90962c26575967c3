"""Tests that need a program beyond Python say so by a marker, and are skipped with the reason where it is missing.

    @pytest.mark.office               LibreOffice and a Python that can drive it
    @pytest.mark.npm                  the Open XML SDK validator
    @pytest.mark.browser              Chromium
    @pytest.mark.wine                 Wine, NSIS and a compiler for Windows
    @pytest.mark.needs("pdftotext")   any program on PATH

With SANJIN_REQUIRE_ALL=1, as in CI, a missing program fails the test instead: there nothing may go untested.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache

import office
import ooxml
import pytest
import wine
from command import command
from executors import Here
from opened_window import (
    browser,
    browser_missing,
    empty,
    on_samples,
    on_samples_served,
    own_home,
    samples,
    show,
    window,
)
from round_folders import issued_round, judged, round_folder
from ruling_desk import desk, first_desk

from sanjin_xl.books.seal import make_lock
from sanjin_xl.model.form import parse_form
from sanjin_xl.round import commands, keys, run, shipped

pytest_plugins = ["office.fixtures", "pytester"]

REQUIRE_ALL = "SANJIN_REQUIRE_ALL"
UNAVAILABLE: dict[str, Callable[[], str | None]] = {
    "office": office.unavailable,
    "npm": ooxml.unavailable,
    "browser": browser_missing,
    "wine": wine.unavailable,
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(program, …): needs these programs on PATH")
    config.addinivalue_line("markers", "workers: judges returns in worker processes, as the program does")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    reason = next(_missing(item), None)
    if reason is None:
        return
    if os.environ.get(REQUIRE_ALL, "") not in ("", "0"):
        pytest.fail(f"{reason}, and {REQUIRE_ALL} is set", pytrace=False)
    pytest.skip(reason)


def _missing(item: pytest.Item) -> Iterator[str]:
    """Why a test cannot run here; asked only of the tests that are run, for asking takes a moment."""
    for name, unavailable in UNAVAILABLE.items():
        if item.get_closest_marker(name) and (reason := unavailable()):
            yield reason
    for marker in item.iter_markers("needs"):
        yield from (f"{program} is not installed" for program in marker.args if shutil.which(program) is None)


@pytest.fixture(autouse=True)
def judge_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge returns in this process: to start one takes longer than most tests, and those marked `workers` do."""
    if not request.node.get_closest_marker("workers"):
        for module in (commands, run):
            monkeypatch.setattr(module, "local_pool", lambda _: Here())


@pytest.fixture(autouse=True, scope="session")
def work_out_once() -> Iterator[None]:
    """Hash each password and parse each form once: what tests copy has the same ones, and each takes a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "make_lock", cache(make_lock))
        patch.setattr(shipped, "parse_form", cache(parse_form))
        yield


__all__ = [
    "browser",
    "command",
    "desk",
    "empty",
    "first_desk",
    "issued_round",
    "judged",
    "on_samples",
    "on_samples_served",
    "own_home",
    "round_folder",
    "samples",
    "show",
    "window",
]
