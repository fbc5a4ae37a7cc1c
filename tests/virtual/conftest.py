"""One virtual provider for a whole test module, forgetful between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.virtual import VirtualProvider


@pytest.fixture(scope="module")
def _running() -> Iterator[VirtualProvider]:
    with VirtualProvider() as virtual:
        yield virtual


@pytest.fixture
def virtual(_running: VirtualProvider) -> VirtualProvider:
    _running.clear()
    return _running
