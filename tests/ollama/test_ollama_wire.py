"""Lines as real servers send them, any cut, any end; where each field lands; what is refused, on either side."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.auth import bearer_if_any
from conformance.dialects import Refusal, dialect
from conformance.errors import UnsupportedError
from conformance.exchange import Broken
from conformance.model import (
    ChatRequest,
    Done,
    Error,
    Event,
    Image,
    Message,
    Opaque,
    Part,
    Reasoning,
    Reply,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Usage,
    error,
    grammar_faults,
    name_of,
    user,
)

OLLAMA = dialect("ollama")
ANSWER = Reply(
    model="m",
    parts=(Thinking("Hm, 世界."), Text("Grüße\u2028👩‍🚀"), ToolCall("call_1", "f", '{"city":"Oslo"}')),
    stop="tool_use",
    usage=Usage(input=9, output=6),
)
LINES = list(OLLAMA.server.stream(ANSWER, ChatRequest(model="m", messages=(user("Hi"),)), {}))
F = Tool("f", "does f", {"type": "object"})
CALL = {"function": {"name": "f", "arguments": {"a": 1}}}

Step = dict[str, Any]


def line(done: bool = False, **said: Any) -> Step:
    more = {"done_reason": "stop"} if done else {}
    message = {"role": "assistant", "content": "", **said}
    return {"model": "m", "created_at": "2026-11-20T10:00:00Z", "message": message, "done": done, **more}


def read(body: bytes, end: Any = "eof") -> list[Event]:
    decoder = OLLAMA.decoder()
    events = decoder.feed(body) + decoder.close(end)
    assert list(grammar_faults(events)) == []
    return events


def last(*steps: Step | bytes, end: Any = "eof") -> Event:
    parts = (one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in steps)
    return read(b"".join(parts), end)[-1]


def answer(*steps: Step | bytes) -> Reply:
    found = last(*steps)
    assert isinstance(found, Done), found
    return found.reply


# ------------------------------------------------------------------ streams


def test_the_timeline_of_a_full_answer() -> None:
    events = read(b"".join(LINES))
    names = list(dict.fromkeys(map(name_of, events)))
    blocks = [f"{kind}{phase}" for kind in ("Thinking", "Text", "ToolCall") for phase in ("Start", "Delta", "End")]
    assert names == ["Start", *blocks, "Done"]
    assert isinstance(events[-1], Done)
    assert events[-1].reply == ANSWER


def test_a_cut_at_any_byte_changes_nothing() -> None:
    body = b"".join(LINES)
    whole = read(body)
    for at in range(len(body)):
        decoder = OLLAMA.decoder()
        assert decoder.feed(body[:at]) + decoder.feed(body[at:]) + decoder.close() == whole


def test_no_line_holds_what_clients_take_for_a_line_end() -> None:
    for one in LINES:
        assert len(one.decode().splitlines()) == 1


@pytest.mark.parametrize("number", range(len(LINES)))
@pytest.mark.parametrize("how", ["eof", Broken("ReadError", "gone")])
def test_a_stream_that_stops_early_is_truncated(number: int, how: Any) -> None:
    for part in (b"", LINES[number][: len(LINES[number]) // 2]):
        found = read(b"".join(LINES[:number]) + part, how)[-1]
        assert isinstance(found, Error)
        assert found.kind == "truncated"


@pytest.mark.parametrize(
    ("reason", "stop"),
    [("stop", "stop"), ("length", "length"), ("load", "stop"), ("unload", "stop"), ("", "error"), (None, "error"),
     ("tool_calls", "error"), (7, "error")],
)  # fmt: skip
def test_reasons(reason: Any, stop: str) -> None:
    assert answer(line(True) | {"done_reason": reason}).stop == stop
    assert OLLAMA.reply(line(True) | {"done_reason": reason}).stop == stop


def test_calls_without_ids_get_ids_that_stay() -> None:
    steps = (line(tool_calls=[CALL, CALL]), line(tool_calls=[CALL]), line(True))
    made = answer(*steps).tool_calls
    assert [call.arguments for call in made] == ['{"a":1}'] * 3
    assert len({call.id for call in made}) == 3
    assert answer(*steps).tool_calls == made
    assert OLLAMA.reply(line(True, tool_calls=[CALL] * 3)).tool_calls == made
    assert answer(*steps).stop == OLLAMA.reply(line(True, tool_calls=[CALL])).stop == "tool_use"


def test_counts_that_are_missing_are_unknown() -> None:
    assert answer(line(True) | {"eval_count": 3.0}).usage == Usage(output=3)
    assert answer(line(True) | {"eval_count": "3", "prompt_eval_count": None}).usage == Usage()


def test_values_of_odd_types() -> None:
    found = answer(
        line(content=None, thinking=7) | {"model": None},
        line(content="Hi", images=["QUJD"]),
        line(tool_calls="none"),
        line(tool_calls=[7, {"function": None}]),
        line(True) | {"eval_count": 1},
    )
    assert (found.text, found.model, found.usage) == ("Hi", "", Usage(output=1))
    assert found.parts[-1] == Opaque("images", ["QUJD"])


def test_half_a_surrogate_pair_and_huge_numbers_survive() -> None:
    odd = (
        b'{"model":"m","message":{"content":"\\ud83d","tool_calls":[{"function":{"name":"f","arguments":{"a":%s}}}]}}\n'
    )
    found = answer(odd % (b"9" * 30), line(True))
    assert found.text == "\ud83d"
    assert found.tool_calls[0].input == {"a": int("9" * 30)}


@pytest.mark.parametrize("fault", ["the runner stopped", {"message": "the runner stopped"}])
def test_an_error_line_ends_the_stream(fault: Any) -> None:
    found = last(line(content="Hel"), {"error": fault}, line(True))
    assert isinstance(found, Error)
    assert (found.kind, found.message) == ("server", "the runner stopped")


@pytest.mark.parametrize("bad", [b"data: {}\n", b"[]\n", b"{\n", b"\xff\n"])
def test_a_line_that_is_no_object_is_a_fault(bad: bytes) -> None:
    found = last(line(content="Hel"), bad, line(True))
    assert isinstance(found, Error)
    assert found.kind == "protocol"


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request"), (401, "auth"), (403, "permission"), (404, "not_found"), (408, "timeout"),
     (413, "too_large"), (429, "rate_limit"), (499, "cancelled"), (500, "server"), (503, "overloaded")],
)  # fmt: skip
def test_statuses(status: int, kind: Any) -> None:
    found = OLLAMA.error(status, (), b'{"error":"so it is"}')
    assert (found.kind, found.message) == (kind, f"HTTP {status}: so it is")
    again, _, body = OLLAMA.server.failure(error(kind, "so it is"))
    assert (again, json.loads(body)["error"]) == (status, "so it is")
    assert ("signin_url" in json.loads(body)) is (status == 401)


@pytest.mark.parametrize("value", [None, [], "text", {}, {"error": "no"}, {"message": "text"}])
def test_what_is_no_reply(value: Any) -> None:
    with pytest.raises(ValueError, match="reply"):
        OLLAMA.reply(value)


# ------------------------------------------------------------------ requests


def body(*messages: Message, **more: Any) -> Any:
    return OLLAMA.body(ChatRequest(model="m", messages=messages or (user("Hi"),), **more), {})


@pytest.mark.parametrize(
    ("given", "landed"),
    [
        ({}, {}),
        ({"stream": True, "parallel_tool_calls": True}, {"stream": True}),
        (
            {"max_tokens": 5, "temperature": 0.5, "top_p": 0.75, "stop": ("a",)},
            {"options": {"num_predict": 5, "temperature": 0.5, "top_p": 0.75, "stop": ["a"]}},
        ),
        ({"max_tokens": 5, "extra": {"options": {"seed": 1}}}, {"options": {"num_predict": 5, "seed": 1}}),
        ({"extra": {"keep_alive": "5m"}}, {"keep_alive": "5m"}),
        ({"response_format": ResponseFormat()}, {"format": "json"}),
        ({"response_format": ResponseFormat({"type": "object"}, "n", True)}, {"format": {"type": "object"}}),
        ({"reasoning": Reasoning()}, {"think": True}),
        ({"reasoning": Reasoning("none")}, {"think": False}),
        ({"reasoning": Reasoning("low")}, {"think": "low"}),
        ({"tools": (F,), "tool_choice": ToolChoice("none")}, {}),
    ],
)
def test_fields(given: dict[str, Any], landed: dict[str, Any]) -> None:
    assert body(**given) == {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": False, **landed}


def test_turns() -> None:
    turns = (
        user("What?", Image(data="QUJD")),
        Message("assistant", (Thinking("Hm."), Text("a"), Text("b"), ToolCall("c", "f", ""))),
        Message("tool", (ToolResult("c", (Text("ok"),)), ToolResult("d", (Text("?"),)))),
    )
    assert body(*turns, system="Be kind.")["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "What?", "images": ["QUJD"]},
        {
            "role": "assistant",
            "content": "a\nb",
            "thinking": "Hm.",
            "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {}}}],
        },
        {"role": "tool", "content": "ok", "tool_name": "f", "tool_call_id": "c"},
        {"role": "tool", "content": "?", "tool_call_id": "d"},
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"parallel_tool_calls": False},
        {"tool_choice": ToolChoice("required"), "tools": (F,)},
        {"tool_choice": ToolChoice("tool", "f"), "tools": (F,)},
        {"tools": (Tool("f", strict=True),)},
        {"reasoning": Reasoning("minimal")},
        {"reasoning": Reasoning(budget_tokens=9)},
    ],
)
def test_what_cannot_be_said_is_refused_aloud(given: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError):
        body(**given)


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("user", Image(url="https://x.example/a.png")),
        ("user", Image(data="QUJD", detail="low")),
        ("user", Thinking("Hm")),
        ("system", Image(data="QUJD")),
        ("assistant", ToolCall("c", "f", "[1]")),
        ("assistant", Opaque("other", {})),
        ("tool", Text("result")),
    ],
)
def test_a_part_in_the_wrong_place_is_refused_aloud(role: Any, part: Part) -> None:
    with pytest.raises(UnsupportedError):
        body(Message(role, (part,)))


TURN = {"role": "user", "content": "Hi"}
TEXT_CALL = {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (None, "object"),
        ({"messages": [TURN]}, "model is required"),
        ({"model": "m", "messages": [{"role": "developer", "content": "x"}]}, "role"),
        ({"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}, "content"),
        ({"model": "m", "messages": [TURN | {"images": ["data:image/png;base64,QUJD"]}]}, "illegal base64"),
        ({"model": "m", "messages": [TEXT_CALL]}, "arguments"),
        ({"model": "m", "messages": [TURN], "think": "a lot"}, "think"),
        ({"model": "m", "messages": [TURN], "format": "yaml"}, "format"),
        ({"model": "m", "messages": [TURN], "options": {"num_predict": "many"}}, "num_predict"),
    ],
)  # fmt: skip
def test_what_the_server_refuses(bad: Any, word: str) -> None:
    with pytest.raises(Refusal) as refusal:
        OLLAMA.server.parse(bad)
    assert (refusal.value.error.kind, refusal.value.error.status) == ("invalid_request", 400)
    assert word in refusal.value.error.message


def test_silence_asks_for_a_stream() -> None:
    said = {"model": "m", "messages": [TURN]}
    assert OLLAMA.server.parse(said).stream is OLLAMA.streams("", said) is True
    assert OLLAMA.server.parse(said | {"stream": False}).stream is OLLAMA.streams("", said | {"stream": False}) is False


def test_a_server_at_home_gets_no_header_without_a_key() -> None:
    import httpx

    seen: list[str | None] = []

    def hear(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(hear)) as client:
        for key in ("", "k"):
            client.get("http://127.0.0.1:9", auth=bearer_if_any(key))
    assert seen == [None, "Bearer k"]
