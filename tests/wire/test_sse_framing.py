"""The event-stream framer, held against a literal transcription of the standard and against the SDKs' decoders."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire import SSE, frames_of, tail_of

TOKENS = [
    b"data", b"event", b"id", b"retry", b"da", b":", b": ", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"x",
    b"{}", b"\0", b"15", b"+5", b"\xef\xbb\xbf", b"\xef", b"\xff", "é".encode(), "\u2028".encode(), "\u0085".encode(),
    b"\v", b"\f", b"data: a\n\n", b"event: e\ndata: b\n\n", b"data:c\r\n\r\n", b": note\n",
    b"data: a\r\ndata: b\r\n", b"\r\ndata: b",
]  # fmt: skip
STREAMS = st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join)


class Standard:
    """WHATWG HTML 9.2.6, sentence by sentence, slow on purpose."""

    def __init__(self, body: bytes) -> None:
        self.frames: list[tuple[bytes, bytes]] = []
        self.last_id = self._id = b""
        self.retry: int | None = None
        self._data = self._event = b""
        for line in self._lines(body.removeprefix(b"\xef\xbb\xbf")):
            self._line(line)

    @staticmethod
    def _lines(body: bytes) -> list[bytes]:
        lines, line, at = [], bytearray(), 0
        while at < len(body):
            byte = body[at]
            at += 1
            if byte in b"\r\n":
                if byte == 13 and body[at : at + 1] == b"\n":
                    at += 1
                lines.append(bytes(line))
                line.clear()
            else:
                line.append(byte)
        return lines  # what no line end closed is discarded

    def _line(self, line: bytes) -> None:
        if line == b"":
            self._dispatch()
        elif line.startswith(b":"):
            pass
        elif b":" in line:
            field, value = line.split(b":", 1)
            self._field(field, value[1:] if value.startswith(b" ") else value)
        else:
            self._field(line, b"")

    def _field(self, field: bytes, value: bytes) -> None:
        if field == b"event":
            self._event = value
        elif field == b"data":
            self._data += value + b"\n"
        elif field == b"id":
            if b"\0" not in value:
                self._id = value
        elif field == b"retry" and value and all(digit in b"0123456789" for digit in value):
            self.retry = int(value)

    def _dispatch(self) -> None:
        self.last_id = self._id
        if self._data:
            self.frames.append((self._event, self._data.removesuffix(b"\n")))
        self._data = self._event = b""


def cut(body: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at, turn = [], 0, 0
    while at < len(body):
        step = max(sizes[turn % len(sizes)], 1) if sizes else len(body)
        pieces.append(body[at : at + step])
        at, turn = at + step, turn + 1
    return pieces


def frames(pieces: list[bytes]) -> list[tuple[bytes, bytes]]:
    sse = SSE()
    return [frame for piece in pieces for frame in sse.feed(piece)]


@given(STREAMS, st.lists(st.integers(1, 9), max_size=6))
def test_frames_are_those_of_the_standard_however_cut(body: bytes, sizes: list[int]) -> None:
    """Any bytes, cut anywhere, give the frames of the standard."""
    assert frames(cut(body, sizes)) == Standard(body).frames


@given(STREAMS, st.lists(st.integers(1, 9), max_size=6))
def test_id_and_retry_are_those_of_the_standard(body: bytes, sizes: list[int]) -> None:
    """`id` and `retry` hold once their frame is closed."""
    body += b"\n\n"
    sse, standard = SSE(), Standard(body)
    for piece in cut(body, sizes):
        sse.feed(piece)
    assert (sse.last_id, sse.retry) == (standard.last_id, standard.retry)


@given(STREAMS)
def test_flush_closes_the_last_frame(body: bytes) -> None:
    """Feed and flush together give what the standard makes of the body with a blank line added."""
    sse = SSE()
    found = [*sse.feed(body), *sse.flush()]
    assert found == Standard(body + b"\n\n").frames
    assert sse.tail == b""
    assert [*sse.feed(b"\n"), *sse.flush()] == []


BLOCKS = st.lists(
    st.tuples(
        st.sampled_from([b"", b"event: a\n", b"event:b\n", b": note\n"]),
        st.lists(st.sampled_from([b"data: x\n", b"data:y\n", "data: é\n".encode(), b'data: {"a": 1}\n']), min_size=1),
    ).map(lambda block: block[0] + b"".join(block[1]) + b"\n"),
    max_size=8,
).map(b"".join)


@pytest.mark.parametrize("vendor", ["openai", "anthropic"])
@given(body=BLOCKS, crlf=st.booleans(), sizes=st.lists(st.integers(1, 9), max_size=4))
def test_agrees_with_the_sdk_decoders(vendor: str, body: bytes, crlf: bool, sizes: list[int]) -> None:
    """On streams that the SDKs' decoders read by the standard, ours reads the same."""
    streaming = pytest.importorskip(f"{vendor}._streaming")
    body = body.replace(b"\n", b"\r\n") if crlf else body
    theirs = [
        ((event.event or "").encode(), event.data.encode())
        for event in streaming.SSEDecoder().iter_bytes(iter(cut(body, sizes)))
    ]
    assert frames(cut(body, sizes)) == theirs


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\xef\xbb\xbfdata: a\n\n", [("", b"a")]),
        (b"\xef\xbbdata: a\n\n", []),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [("", b"a")]),  # a mark that does not lead is part of a field name
        (b"data\n\n", [("", b"")]),
        (b"data:\n\n", [("", b"")]),
        (b"data:  a\n\n", [("", b" a")]),
        (b"data: a\ndata: b\ndata\n\n", [("", b"a\nb\n")]),
        (b"event: e\n\ndata: a\n\n", [("", b"a")]),  # no data, no dispatch, and the name is forgotten
        (b"event: e\nevent: f\ndata: a\n\n", [("f", b"a")]),
        (b"event: \ndata: a\n\n", [("", b"a")]),
        (b": keep-alive\n\n: again\ndata: a\n\n", [("", b"a")]),
        (b"data: a\r\rdata: b\r\n\r\ndata: c\n\n", [("", b"a"), ("", b"b"), ("", b"c")]),
        (b"data: a\r\ndata: b\rdata: c\r\n\r\n", [("", b"a\nb\nc")]),
        (b"data: a\n\r\ndata: b\r\n\n", [("", b"a"), ("", b"b")]),
        ("data: a\u2028b\u2029c\u0085d\v\f\x1c\n\n".encode(), [("", "a\u2028b\u2029c\u0085d\v\f\x1c".encode())]),
        (b"Data: a\n\n data: b\n\n", []),
        (b"data: a\n\ndata: b", [("", b"a")]),
        (b"", []),
        (b"\n\n\n\r\r\n", []),
    ],
)
def test_every_byte_may_be_a_cut(body: bytes, expected: list[tuple[str, bytes]]) -> None:
    """The cases of the standard, whole, byte by byte, and cut in two at every byte."""
    assert list(frames_of("sse", body)) == expected
    want = [(event.encode(), data) for event, data in expected]
    assert frames([body[at : at + 1] for at in range(len(body))]) == want
    for at in range(len(body) + 1):
        assert frames([body[:at], b"", body[at:]]) == want


def test_a_cr_at_the_end_of_a_piece_ends_the_line_at_once() -> None:
    """The frame is not held back to see whether LF follows; an LF that does follow belongs to the CR."""
    sse = SSE()
    assert sse.feed(b"data: a\r\n\r") == [(b"", b"a")]
    assert sse.feed(b"\ndata: b\r\r") == [(b"", b"b")]


@pytest.mark.parametrize(
    ("lines", "last_id", "retry"),
    [
        (b"id: 7\n", b"7", None),
        (b"id: 7\nid\n", b"", None),
        (b"id: 7\nid: a\0b\n", b"7", None),
        (b"retry: 1500\n", b"", 1500),
        (b"retry: +5\nretry: 1.5\nretry: -1\nretry:\nretry: 1 0\n", b"", None),
        ("retry: ٣\n".encode(), b"", None),
        (b"retry: " + b"9" * 5000 + b"\n", b"", 10**18 - 1),
    ],
)
def test_id_and_retry(lines: bytes, last_id: bytes, retry: int | None) -> None:
    """An id with NUL is ignored; retry takes ASCII digits only, however many."""
    sse = SSE()
    sse.feed(lines + b"\n")
    assert (sse.last_id, sse.retry) == (last_id, retry)


def test_tail_is_what_the_standard_drops() -> None:
    assert tail_of("sse", b"data: a\n\ndata: [DONE]\n") == b"data: [DONE]\n"
    assert tail_of("sse", b"data: a\n\n") == b""
    assert tail_of("sse", b"\xef\xbb") == b"\xef\xbb"


@given(STREAMS)
def test_the_tail_is_what_the_framer_holds(body: bytes) -> None:
    cutter = SSE()
    cutter.feed(body)
    assert tail_of("sse", body) == cutter.tail


@pytest.mark.parametrize("field", [b"data: ", b"event: ", b""])
@pytest.mark.parametrize("line", [b"x" * 1023 + b"\n", b"x" * 1024])
def test_a_huge_event_costs_linear_time(field: bytes, line: bytes) -> None:
    """Eight times the bytes cost about eight times the time, not sixty-four times."""
    if line.endswith(b"\n"):
        line = field + line if field else b"data: " + line

    def seconds(pieces: int) -> float:
        best = float("inf")
        for _ in range(3):
            sse, began = SSE(), time.process_time()
            sse.feed(field)
            for _ in range(pieces):
                sse.feed(line)
            sse.feed(b"\n\n")
            best = min(best, time.process_time() - began)
        return best

    assert seconds(2400) < 25 * max(seconds(300), 1e-4)
