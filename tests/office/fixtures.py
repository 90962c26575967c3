"""Pytest fixtures: `office`, one LibreOffice for the whole session."""

from collections.abc import Iterator

import pytest

from . import Office, unavailable


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """A running LibreOffice; the test is skipped where there is none."""
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    with Office() as running:
        yield running
