"""Pytest fixtures: `office`, one LibreOffice for the whole session, for tests marked `office` (see conftest.py)."""

from collections.abc import Iterator

import pytest

from . import Office


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """A running LibreOffice; it starts at its first use."""
    with Office() as running:
        yield running
