"""What the tests of calls share: servers that behave as badly as they are told to.

Rule of the file: what they are stands in `tests/sockets`, for the tests of other rooms need them too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.virtual import VirtualProvider

sys.path.insert(0, str(Path(__file__).parents[1] / "sockets"))

from raw_sockets import behaving, self_signed

__all__ = ["behaving", "self_signed"]


@pytest.fixture(scope="module")
def running() -> Iterator[VirtualProvider]:
    with VirtualProvider() as one:
        yield one


@pytest.fixture
def virtual(running: VirtualProvider) -> VirtualProvider:
    """A virtual provider that remembers nothing of the test before."""
    running.clear()
    return running
