"""Other cuts of the same bytes: none is left out, and none changes a byte."""

from __future__ import annotations

import pytest

from conformance.dialects import Framing
from conformance.subjects.recut import split_everywhere, whole_frames

SSE = b"data: one\n\nevent: x\ndata: two\n\n: c\n\ndata: [DONE]\n\n"


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ("sse", SSE),
        ("sse", SSE.replace(b"\n", b"\r\n")),
        ("sse", SSE.rstrip()),
        ("sse", "data: ü👋\n\ndata: z".encode()),
        ("ndjson", b'{"a":1}\n{"b":22}\n'),
        ("sse", b""),
    ],
)
def test_every_byte_is_split_at_once_and_all_bytes_stay(framing: Framing, body: bytes) -> None:
    seen: list[int] = []
    for parts in split_everywhere(framing, body):
        assert b"".join(parts) == body
        assert b"" not in parts or not body
        seen += [sum(map(len, parts[:number])) for number in range(1, len(parts))]
    assert sorted(seen) == list(range(1, len(body)))


def test_frames_end_where_their_blank_line_ends() -> None:
    assert whole_frames("sse", b"data: 1\n\ndata: 2\r\n\r\ndata: 3") == [9, 20, 27]
    assert whole_frames("ndjson", b"{}\n{}") == [3, 5]
