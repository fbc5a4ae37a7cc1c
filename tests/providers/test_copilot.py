"""GitHub Copilot: its facts, its token, its headers, and what its streams hold that others do not."""

from __future__ import annotations

import json

import pytest

from conformance import HttpAdapter, adapter
from conformance.model import ChatRequest, Done, Image, Message, Text, ThinkingDelta, ToolResult, user

NOW = 1_000_000.0
COPILOT = adapter("copilot")
assert isinstance(COPILOT, HttpAdapter)
ISSUER = COPILOT.issuer
assert ISSUER
SAW = ToolResult("call_1", (Image("https://example.com/a.png"),))


def asked(*messages: Message) -> ChatRequest:
    return ChatRequest(model="gpt-4.1", messages=messages)


def test_it_calls_without_v1() -> None:
    assert COPILOT.url(asked(user("Hi"))) == "https://api.githubcopilot.com/chat/completions"


def test_it_names_the_editor_and_the_integration() -> None:
    told = dict(COPILOT.headers(asked(user("Hi"))))
    assert {"editor-version", "editor-plugin-version"} < told.keys()
    assert (told["copilot-integration-id"], told["x-github-api-version"]) == ("vscode-chat", "2025-05-01")


@pytest.mark.parametrize(
    ("messages", "initiator", "sees"),
    [
        ((user("Hi"),), "user", False),
        ((Message("user", (Text("?"), Image("https://example.com/a.png"))),), "user", True),
        ((user("Hi"), Message("tool", (ToolResult("call_1", (Text("4"),)),))), "agent", False),
        ((user("Hi"), Message("tool", (SAW,))), "agent", True),
        (
            (Message("user", (Image(data="AAAA"),)), Message("assistant", (Text("A cat."),)), user("Sure?")),
            "user",
            True,
        ),
    ],
)
def test_who_began_and_whether_there_is_an_image(messages: tuple[Message, ...], initiator: str, sees: bool) -> None:
    told = dict(COPILOT.headers(asked(*messages)))
    assert told["x-initiator"] == initiator
    assert told.get("copilot-vision-request") == ("true" if sees else None)


@pytest.mark.parametrize(
    ("refresh_in", "expires_in", "lives"),
    [(1500, 1800, 1500), (1800, 1500, 1440), (1500, 30, -30)],
    ids=["refresh_in", "a minute before its end", "too short to be kept"],
)
def test_a_token_lives_until_the_first_of_two_times(refresh_in: int, expires_in: int, lives: float) -> None:
    told = {"token": "tid=1", "expires_at": int(NOW) + expires_in, "refresh_in": refresh_in}
    assert ISSUER.read(told, NOW).until == NOW + lives


@pytest.mark.parametrize(
    ("more", "base"),
    [
        ({}, "https://api.individual.githubcopilot.com"),
        ({"endpoints": {"api": "https://api.business.githubcopilot.com"}}, "https://api.business.githubcopilot.com"),
        ({"endpoints": {"api": None}}, "https://api.individual.githubcopilot.com"),
        ({"token": "tid=1;exp=2"}, None),
    ],
)
def test_the_answer_or_the_token_tells_where_to_go(more: dict[str, object], base: str | None) -> None:
    token = "tid=1;exp=2;proxy-ep=proxy.individual.githubcopilot.com:mac"
    assert ISSUER.read({"token": token, "expires_at": 9, "refresh_in": 1, **more}, NOW).base_url == base


@pytest.mark.parametrize("name", ["token", "expires_at", "refresh_in"])
def test_a_token_without_its_times_is_none(name: str) -> None:
    told = dict(ISSUER.sample("word"))
    del told[name]
    with pytest.raises(ValueError, match=f"{name} is missing"):
        ISSUER.read(told, NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "auth"),
        (402, "quota"),
        (403, "permission"),
        (408, "timeout"),
        (413, "too_large"),
        (422, "content_filter"),
        (429, "rate_limit"),
        (466, "invalid_request"),
        (499, "cancelled"),
        (503, "overloaded"),
    ],
)
@pytest.mark.parametrize("body", [b'{"error":{"message":"no","code":"x"}}', b"no", b'{"message":"no"}'])
def test_what_each_status_means_here(status: int, kind: str, body: bytes) -> None:
    assert COPILOT.dialect.error(status, (), body).kind == kind


HEAD = {"choices": [], "created": 0, "id": "", "prompt_filter_results": [{"prompt_index": 0}]}
REFERENCES = {"choices": None, "copilot_references": [{"type": "file"}], "id": "c"}


def stream(*chunks: dict[str, object]) -> bytes:
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"


def choice(finish: str | None = None, **delta: object) -> dict[str, object]:
    return {"id": "c", "model": "m", "created": 1, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_chunks_without_choices_are_passed_over_and_thoughts_are_heard() -> None:
    told = stream(
        HEAD,
        REFERENCES,
        choice(role="assistant", content="", reasoning_text="Hm."),
        choice(role="assistant", content="Hello", cot_id="1"),
        choice("stop", content=None) | {"usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}},
    )
    decoder = COPILOT.dialect.decoder()
    events = [*decoder.feed(told), *decoder.close()]
    done = events[-1]
    assert isinstance(done, Done)
    assert (done.reply.thinking, done.reply.text, done.reply.stop) == ("Hm.", "Hello", "stop")
    assert (done.usage.input, done.usage.output) == (5, 2)
    assert [event.text for event in events if isinstance(event, ThinkingDelta)] == ["Hm."]


def test_a_stream_that_stops_with_calls_stops_for_tools() -> None:
    call = {"index": 0, "id": "call_a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    decoder = COPILOT.dialect.decoder()
    events = [*decoder.feed(stream(HEAD, choice(role="assistant", tool_calls=[call]), choice("stop")))]
    done = events[-1]
    assert isinstance(done, Done)
    assert (done.reply.stop, [one.name for one in done.reply.tool_calls]) == ("tool_use", ["f"])
