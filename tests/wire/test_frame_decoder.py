"""What a `FrameDecoder` owes whatever reader it is given: UTF-8, one error for one bad frame, cut streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.exchange import Broken, End
from conformance.model import Done, Error, Event, Reply, Start, TextDelta, Usage
from conformance.wire import NDJSON, SSE, FrameDecoder, cut_off


class Words:
    """A tiny dialect: `{"say": text}` frames, then `END`."""

    def __init__(self) -> None:
        self.finished = False
        self.read_frames = 0

    def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
        self.read_frames += 1
        if data == b"END":
            self.finished = True
            out.append(Done("stop", Usage(), Reply()))
        else:
            body = json.loads(data)
            if not isinstance(body, dict):
                raise ValueError("it is no object")
            out.append(TextDelta(0, body["say"]))

    def end(self, end: End, out: list[Event]) -> None:
        out.append(cut_off(end, "END"))


def decode(body: bytes, size: int = 0, end: End = "eof", framer: Any = SSE) -> list[Event]:
    decoder = FrameDecoder(framer(), Words())
    step = size or max(len(body), 1)
    events = [event for at in range(0, len(body), step) for event in decoder.feed(body[at : at + step])]
    return events + decoder.close(end)


SOUND = 'data: {"say": "é"}\n\ndata: {"say": "日本\u2028"}\n\ndata: END\n\n'.encode()
SAID = [TextDelta(0, "é"), TextDelta(0, "日本\u2028"), Done("stop", Usage(), Reply())]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 64])
def test_cuts_inside_characters_change_nothing(size: int) -> None:
    assert decode(SOUND, size) == SAID


def test_every_single_cut_changes_nothing() -> None:
    for at in range(len(SOUND)):
        decoder = FrameDecoder(SSE(), Words())
        assert [*decoder.feed(SOUND[:at]), *decoder.feed(SOUND[at:]), *decoder.close()] == SAID


@pytest.mark.parametrize("size", [0, 1, 5])
@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b'data: {"say": "\xff"}\n\n', id="byte"),
        pytest.param(b'data: {"say": "\xe6\x97"}\n\n', id="half a character"),
        pytest.param(b'event: \xc3\x28\ndata: {"say": "a"}\n\n', id="event name"),
        pytest.param(b"data: \xed\xa0\x80\n\n", id="surrogate"),
    ],
)
def test_invalid_utf8_ends_the_answer(bad: bytes, size: int) -> None:
    """The frame that is not UTF-8 is named by its number; nothing after it counts."""
    *before, last = decode(b'data: {"say": "a"}\n\n' + bad + b"data: END\n\n", size)
    assert before == [TextDelta(0, "a")]
    assert isinstance(last, Error)
    assert last.kind == "protocol"
    assert last.message.startswith("SSE error: invalid UTF-8 in frame 1")


def test_invalid_utf8_in_a_comment_is_nobody_s_business() -> None:
    assert decode(b": \xff\n\n" + SOUND) == SAID


@pytest.mark.parametrize("size", [0, 1])
def test_a_frame_that_is_not_json_ends_the_answer(size: int) -> None:
    *before, last = decode(b'data: {"say": "a"}\n\ndata: {"say"\n\ndata: END\n\n', size)
    assert before == [TextDelta(0, "a")]
    assert isinstance(last, Error)
    assert (last.kind, last.retryable) == ("protocol", False)
    assert last.message.startswith("cannot parse frame 1 as JSON: ")


def test_frames_are_counted_over_pieces() -> None:
    """Frame numbers run through the whole body, with and without other than ASCII before."""
    for word in ("a", "é"):
        good = f'data: {{"say": "{word}"}}\n\n'.encode()
        last = decode(good * 5 + b"data: [\n\n", len(good))[-1]
        assert isinstance(last, Error)
        assert last.message.startswith("cannot parse frame 5 as JSON")


def test_a_frame_nested_beyond_reason_is_an_error_too() -> None:
    last = decode(b"data: " + b"[" * 200_000 + b"\n\n")[-1]
    assert isinstance(last, Error)
    assert last.kind == "protocol"


def test_nothing_is_read_after_the_end() -> None:
    reader = Words()
    decoder = FrameDecoder(SSE(), reader)
    events = decoder.feed(b"data: END\n\ndata: {\n\n")
    assert [type(event) for event in events] == [Done]
    assert decoder.feed(b"data: END\n\n") == []
    assert decoder.close() == []
    assert reader.read_frames == 1


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_terminal_signal_without_its_blank_line_counts(end: bytes) -> None:
    """Real servers leave the last blank line out; nothing of the answer is missing."""
    assert decode(SOUND.removesuffix(b"\n\n") + end) == SAID


@pytest.mark.parametrize(
    ("end", "kind", "words"),
    [
        ("eof", "truncated", "the stream ended without END"),
        (Broken("ReadError", "reset by peer"), "truncated", "before END: ReadError: reset by peer"),
        ("closed", "cancelled", "the consumer left before END"),
    ],
)
def test_how_the_body_ended_is_told(end: End, kind: str, words: str) -> None:
    *_, last = decode(b'data: {"say": "a"}\n\n', end=end)
    assert isinstance(last, Error)
    assert last.kind == kind
    assert words in last.message
    assert last.retryable is (kind == "truncated")


def test_a_cut_at_any_byte_is_truncated_not_malformed() -> None:
    """Half a frame at the end of the body means a cut stream; only the whole signal finishes the answer."""
    whole = len(SOUND) - len(b"\n\n")
    for keep in range(len(SOUND)):
        last = decode(SOUND[:keep])[-1]
        if keep < whole:
            assert isinstance(last, Error), keep
            assert last.kind == "truncated", (keep, last.message)
        else:
            assert last == SAID[-1]


def test_a_broken_body_does_not_complete_its_last_frame() -> None:
    """After a failed connection the unfinished frame is not trusted."""
    last = decode(b"data: END", end=Broken("ReadError", "reset"))[-1]
    assert isinstance(last, Error)
    assert last.kind == "truncated"


def test_a_whole_but_wrong_last_frame_is_malformed() -> None:
    *_, last = decode(b'data: {"say": "a"}\n\ndata: 7')
    assert isinstance(last, Error)
    assert (last.kind, last.message) == ("protocol", "cannot parse frame 1 as JSON: it is no object")


def test_an_empty_body_is_truncated() -> None:
    assert decode(b"") == [cut_off("eof", "END")]


def test_ndjson_goes_through_the_same_decoder() -> None:
    body = b'{"say": "a"}\n{"say": "\xc3\xa9"}\nEND'
    assert decode(body, 3, framer=NDJSON) == [TextDelta(0, "a"), TextDelta(0, "é"), SAID[-1]]
    bad = decode(b'{"say": "\xff"}\n', framer=NDJSON)[-1]
    assert isinstance(bad, Error)
    assert bad.message.startswith("NDJSON error: invalid UTF-8 in frame 0")


def test_start_is_an_event_like_any_other() -> None:
    """A reader may append events of any number and kind for one frame."""

    class Chatty(Words):
        def read(self, event: bytes, data: bytes, out: list[Event]) -> None:
            out += [Start(), TextDelta(0, data.decode())]

    events = FrameDecoder(SSE(), Chatty()).feed(b"data: a\n\ndata: b\n\n")
    assert [type(event).__name__ for event in events] == ["Start", "TextDelta", "Start", "TextDelta"]
