"""However a stream is cut, it says the same; wherever it is cut off, it does not look finished."""

from __future__ import annotations

import pytest

from conformance.dialects import dialect
from conformance.model import (
    ChatRequest,
    Done,
    Error,
    Event,
    Opaque,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
    grammar_faults,
    user,
)

MESSAGES = dialect("anthropic-messages")
REPLY = Reply(
    id="msg_1",
    model="m",
    parts=(
        Thinking("Überlegen …", "c2ln"),
        Thinking("", redacted="xyz"),
        Text("Tōkyō \N{GRINNING FACE} \u2028 line"),
        ToolCall("toolu_1", "f", '{"city":"Tōkyō"}'),
        Opaque("server_tool_use", {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"q": "ü"}}),
    ),
    stop="tool_use",
    usage=Usage(5, 9),
)
FRAMES = list(MESSAGES.server.stream(REPLY, ChatRequest(model="m", messages=(user("hi"),)), {}))
BODIES = {"LF": b"".join(FRAMES), "CRLF": b"".join(FRAMES).replace(b"\n", b"\r\n")}


def timeline(*chunks: bytes) -> list[Event]:
    decoder = MESSAGES.decoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return [*events, *decoder.close()]


WHOLE = timeline(BODIES["LF"])


def test_the_answer_itself() -> None:
    last = WHOLE[-1]
    assert isinstance(last, Done)
    assert last.reply == REPLY


@pytest.mark.parametrize("ends", BODIES)
def test_cut_in_two_at_every_byte(ends: str) -> None:
    body = BODIES[ends]
    for at in range(1, len(body)):
        assert timeline(body[:at], body[at:]) == WHOLE, f"cut after byte {at}"


@pytest.mark.parametrize("ends", BODIES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_cut_in_pieces(ends: str, size: int) -> None:
    body = BODIES[ends]
    assert timeline(*(body[at : at + size] for at in range(0, len(body), size))) == WHOLE


@pytest.mark.parametrize("kept", range(len(FRAMES)))
def test_cut_off_after_every_event(kept: int) -> None:
    events = timeline(b"".join(FRAMES[:kept]))
    assert list(grammar_faults(events)) == []
    assert isinstance(events[-1], Error)
    assert events[-1].kind == "truncated"


def test_cut_off_at_every_byte() -> None:
    """Until the data of `message_stop` is whole, the answer is not; what came before stays as it was."""
    body = BODIES["LF"]
    for kept in range(len(body) - 2):
        events = timeline(body[:kept])
        assert events[:-1] == WHOLE[: len(events) - 1], f"kept {kept} bytes"
        assert isinstance(events[-1], Error), f"kept {kept} bytes"
        assert events[-1].kind == "truncated", f"kept {kept} bytes"
    assert timeline(body[:-1]) == timeline(body[:-2]) == WHOLE
