"""The recorded real traffic that lies beside the project: a steady part of it, or with CORPUS=full all of it.

Rule of the file: which recordings are taken depends on their place in the file alone, so that every run takes the same.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from functools import cache
from pathlib import Path

import pytest

from conformance.exchange import Exchange
from conformance.tape import read_traffic

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "sample.jsonl.gz"
EVERY = 1 if os.environ.get("CORPUS") == "full" else 8
"""Every so many-th recording is taken."""
MARKS = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of recorded traffic is not beside the project"),
]


@cache
def everything() -> tuple[Exchange, ...]:
    """The recordings of every dialect."""
    with gzip.open(CORPUS, "rb") as lines, tempfile.NamedTemporaryFile(suffix=".jsonl") as part:
        part.writelines(line for at, line in enumerate(lines) if at % EVERY == 0)
        part.flush()
        return tuple(read_traffic(Path(part.name)))


@cache
def spoken(*dialects: str) -> tuple[Exchange, ...]:
    """The recordings of these dialects."""
    return tuple(one for one in everything() if one.dialect in dialects)


def least(count: int) -> int:
    """How many recordings there must be, where all of them are more than `count`: a part of a part is uneven."""
    return count if EVERY == 1 else count // (2 * EVERY)
