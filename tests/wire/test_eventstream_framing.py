"""AWS event streams: what we cut botocore cuts alike, what we make botocore reads, and what is broken both refuse."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer, ParserError
from hypothesis import given
from hypothesis import strategies as some

from conformance.wire import BadFrame, EventStream, frames_of, tail_of
from conformance.wire.eventstream import ends_of, event, exception, message, messages, respelt

BODY = b"".join(
    [
        event("messageStart", b'{"role":"assistant"}'),
        event("contentBlockDelta", '{"delta":{"text":"wörld 👋"}}'.encode()),
        exception("throttlingException", b'{"message":"slow down"}'),
    ]
)
NAMES = some.text(some.characters(codec="utf-8"), min_size=1, max_size=20)
MESSAGES = some.lists(some.tuples(some.dictionaries(NAMES, some.text(max_size=40)), some.binary(max_size=200)))


def theirs(body: bytes) -> list[Any]:
    buffer = EventStreamBuffer()
    buffer.add_data(body)
    return list(buffer)


def cut(body: bytes, size: int) -> list[tuple[bytes, bytes]]:
    framer = EventStream()
    found = []
    for at in range(0, len(body), size):
        found += framer.feed(body[at : at + size])
    return found + framer.flush()


@given(MESSAGES)
def test_botocore_reads_what_is_made(made: list[tuple[dict[str, str], bytes]]) -> None:
    body = b"".join(message(headers, payload) for headers, payload in made)
    assert [(one.headers, one.payload) for one in theirs(body)] == made
    assert [(dict(one.headers), one.payload) for one in messages(body)] == made


def test_frames_are_named_by_their_type() -> None:
    assert list(frames_of("eventstream", BODY)) == [
        ("messageStart", b'{"role":"assistant"}'),
        ("contentBlockDelta", '{"delta":{"text":"wörld 👋"}}'.encode()),
        ("exception:throttlingException", b'{"message":"slow down"}'),
    ]
    failed = message({":message-type": "error", ":error-code": "InternalFailure", ":error-message": "it broke"})
    assert list(frames_of("eventstream", failed)) == [("error:InternalFailure", b'{"message": "it broke"}')]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 11, 12, 13, 64, 10_000])
def test_every_cut_gives_the_same_frames(size: int) -> None:
    assert [(name.decode(), data) for name, data in cut(BODY, size)] == list(frames_of("eventstream", BODY))


def test_half_a_message_is_no_frame() -> None:
    """Wherever the body is cut."""
    for size in range(len(BODY)):
        whole = [end for end in ends_of(BODY) if end <= size]
        assert len(list(frames_of("eventstream", BODY[:size]))) == len(whole) == len(theirs(BODY[:size])), size
        assert tail_of("eventstream", BODY[:size]) == BODY[(whole or [0])[-1] : size], size


def test_a_wrong_bit_is_found_wherever_it_is() -> None:
    first, second = event("first", b"{}"), event("a", b"{}")
    for at in range(len(second)):
        spoilt = bytearray(second)
        spoilt[at] ^= 1
        with pytest.raises(ParserError):
            theirs(first + bytes(spoilt))
        with pytest.raises(BadFrame) as caught:
            EventStream().feed(first + bytes(spoilt))
        assert caught.value.frames == [(b"first", b"{}")], at


def with_headers(raw: bytes) -> bytes:
    """A sound message around header bytes."""
    import struct
    from zlib import crc32

    head = struct.pack(">II", 16 + len(raw), len(raw))
    whole = head + struct.pack(">I", crc32(head)) + raw
    return whole + struct.pack(">I", crc32(whole))


def test_headers_of_every_type_are_read() -> None:
    raw = b"\x01a\x00\x01b\x01\x01c\x02\xff\x01d\x03\x00\x02\x01e\x04\x00\x00\x00\x03" + (
        b"\x01f\x05" + bytes(7) + b"\x04"
        b"\x01g\x06\x00\x02hi"
        b"\x01h\x07\x00\x02ho"
        b"\x01i\x08" + bytes(7) + b"\x05"
        b"\x01j\x09" + bytes(range(16))
    )
    (one,) = messages(with_headers(raw))
    assert list(dict(one.headers).values()) == [True, False, -1, 2, 3, 4, b"hi", "ho", 5, bytes(range(16))]
    assert theirs(with_headers(raw))[0].headers == dict(one.headers)


@pytest.mark.parametrize(
    "raw", [b"\x01a\x07\x00\x05hi", b"\x05a", b"\x01a\x0a", b"\x01a\x00\x01a\x00", b"\x01\xff\x00"]
)
def test_headers_that_are_none_break_the_stream(raw: bytes) -> None:
    with pytest.raises(BadFrame, match="header"):
        EventStream().feed(with_headers(raw))


@pytest.mark.parametrize(
    "text", [b"<html><body>502 Bad Gateway</body></html>", b'{"message": "no"}  ', b"data: {}\n\ndata: {}\n\n"]
)
def test_text_is_no_event_stream(text: bytes) -> None:
    with pytest.raises(BadFrame, match="checksum"):
        EventStream().feed(text)


def test_a_payload_is_changed_with_its_checksums() -> None:
    frame = respelt(event("a", b'{"x":1}'), b"{", b"{,")
    assert [(one.headers[":event-type"], one.payload) for one in theirs(frame)] == [("a", b'{,"x":1}')]
