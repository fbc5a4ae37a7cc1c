"""The whole corpus is read, line by line, and every line that can be decoded is."""

from __future__ import annotations

from recorded_corpus import EVERY, MARKS, everything

from conformance.decoding import decode
from conformance.dialects import dialect_names
from conformance.model import Done, Error

pytestmark = MARKS


def test_every_line_is_an_exchange_and_every_known_dialect_decodes():
    known, count, judged = set(dialect_names()), 0, 0
    for one in everything():
        count += 1
        assert one.id
        assert one.response.header("content-encoding") is None
        if one.dialect in known:
            judged += 1
            assert isinstance(decode(one)[-1], Done | Error), one.id
    assert count == -(-3547 // EVERY)
    assert judged > 2000 // EVERY
