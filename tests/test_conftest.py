"""Nothing is skipped in silence: a missing program skips a test with the reason, and fails it in CI."""

from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.needs("sh-that-is-not-there")
def test_of_a_missing_program() -> None:
    raise AssertionError("must not run")

@pytest.mark.needs()
def test_of_nothing_special() -> None:
    pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(TESTS)
    return pytester


def test_a_missing_program_skips_the_test_with_its_name(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANJIN_REQUIRE_ALL", raising=False)
    ran = suite.runpytest("-rs")
    ran.assert_outcomes(passed=1, skipped=1)
    ran.stdout.fnmatch_lines("*sh-that-is-not-there is not installed")


def test_a_missing_program_fails_the_test_where_all_must_run(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANJIN_REQUIRE_ALL", "1")
    ran = suite.runpytest()
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines("*sh-that-is-not-there is not installed, and SANJIN_REQUIRE_ALL is set*")
