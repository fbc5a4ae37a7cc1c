"""The whole corpus is read, line by line, and every line that can be decoded is."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.decoding import decode
from conformance.dialects import dialect_names
from conformance.model import Done, Error
from conformance.tape import read_traffic

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "sample.jsonl.gz"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout"),
]


def test_every_line_is_an_exchange_and_every_known_dialect_decodes():
    known, count, judged = set(dialect_names()), 0, 0
    for one in read_traffic(CORPUS):
        count += 1
        assert one.id
        assert one.response.header("content-encoding") is None
        if one.dialect in known:
            judged += 1
            assert isinstance(decode(one)[-1], Done | Error), one.id
    assert count == 3547
    assert judged > 2000
