"""The framer of newline-delimited JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.wire import NDJSON, framer, frames_of, tail_of


@given(st.binary(max_size=80).map(lambda raw: raw.replace(b"z", b"\n")), st.integers(1, 9))
def test_lines_end_with_lf_only_however_cut(body: bytes, size: int) -> None:
    """Cut anywhere, the frames are the lines between LFs that are not blank; flush gives the last."""
    lines = NDJSON()
    found = [frame for at in range(0, len(body), size) for frame in lines.feed(body[at : at + size])]
    assert lines.tail == body.rpartition(b"\n")[2]
    found += lines.flush()
    assert found == [(b"", line) for line in body.split(b"\n") if line.strip()]
    assert lines.tail == b""


def test_only_lf_parts_lines() -> None:
    body = '{"a": "\u2028\u0085"}\r\n\n{"b": 1}\v\n{"c"'.encode()
    assert list(frames_of("ndjson", body)) == [("", '{"a": "\u2028\u0085"}\r'.encode()), ("", b'{"b": 1}\v')]
    assert tail_of("ndjson", body) == b'{"c"'


def test_an_unknown_framing_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="no framer for 'morse'"):
        framer("morse")
