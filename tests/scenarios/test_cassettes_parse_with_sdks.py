"""Every cassette, played back to the vendor's own SDK: it sends the same, parses it, and reads what we read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from conformance import decode
from conformance.exchange import Exchange
from conformance.model import Done, Error, Reply, Text, Thinking, ToolCall
from conformance.tape import on_shelf, open_tape, read_cassette

PATHS = {
    name: [pytest.param(path, id=path.stem) for path in on_shelf(name)]
    for name in ("openai", "openai-responses", "anthropic")
}


def test_all_sets_are_there() -> None:
    assert {name: len(paths) for name, paths in PATHS.items()} == {
        "openai": 34,
        "openai-responses": 32,
        "anthropic": 32,
    }


def ours(exchange: Exchange) -> Reply | Error:
    last = decode(exchange)[-1]
    assert isinstance(last, Done | Error)
    return last.reply if isinstance(last, Done) else last


def sent(exchange: Exchange) -> dict[str, Any]:
    body: dict[str, Any] = exchange.request.json()
    return body


@pytest.mark.parametrize("path", PATHS["openai"])
def test_openai(path: Path) -> None:
    exchanges = read_cassette(path).exchanges
    with open_tape(path) as tape:
        network = httpx2.Client(transport=tape.transport("httpx2"))
        with openai.OpenAI(api_key="any", max_retries=0, http_client=network) as sdk:
            for one in exchanges:
                _same_as_openai(sdk, one)
    assert tape.unused == []


def _same_as_openai(sdk: openai.OpenAI, exchange: Exchange) -> None:
    wanted, body = ours(exchange), sent(exchange)
    if isinstance(wanted, Error):
        with pytest.raises(openai.APIStatusError) as caught:
            sdk.chat.completions.create(**body)
        assert (caught.value.status_code, caught.value.code) == (wanted.status, wanted.code)
        return
    if body.get("stream") and wanted.stop in ("length", "content_filter"):
        _same_cut_short(sdk, body, wanted)  # the SDK's helper refuses to put such answers together
        return
    if body.pop("stream", False):
        with sdk.chat.completions.stream(**body) as stream:
            found = stream.get_final_completion()
    else:
        found = sdk.chat.completions.create(**body)
    message = found.choices[0].message
    assert (message.content or "") + (message.refusal or "") == wanted.text
    calls = [(one.id, one.function.name, json.loads(one.function.arguments)) for one in message.tool_calls or ()]
    assert calls == [(one.id, one.name, one.input) for one in wanted.tool_calls]
    assert (found.id, found.model) == (wanted.id, wanted.model)
    usage = found.usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (wanted.usage.input, wanted.usage.output)
    assert usage.prompt_tokens_details.cached_tokens == wanted.usage.cache_read
    assert usage.completion_tokens_details.reasoning_tokens == wanted.usage.reasoning


def _same_cut_short(sdk: openai.OpenAI, body: dict[str, Any], wanted: Reply) -> None:
    chunks = list(sdk.chat.completions.create(**body))
    choices = [one.choices[0] for one in chunks if one.choices]
    assert "".join(one.delta.content or "" for one in choices) == wanted.text
    assert choices[-1].finish_reason == wanted.stop
    usage = chunks[-1].usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (wanted.usage.input, wanted.usage.output)


@pytest.mark.parametrize("path", PATHS["openai-responses"])
def test_openai_responses(path: Path) -> None:
    exchanges = read_cassette(path).exchanges
    with open_tape(path) as tape:
        network = httpx2.Client(transport=tape.transport("httpx2"))
        with openai.OpenAI(api_key="any", max_retries=0, http_client=network, _strict_response_validation=True) as sdk:
            for one in exchanges:
                _same_as_responses(sdk, one)
    assert tape.unused == []


def _same_as_responses(sdk: openai.OpenAI, exchange: Exchange) -> None:
    wanted, body = ours(exchange), sent(exchange)
    if isinstance(wanted, Error):
        with pytest.raises(openai.APIStatusError) as caught:
            sdk.responses.create(**body)
        assert (caught.value.status_code, caught.value.code) == (wanted.status, wanted.code)
        return
    found = sdk.responses.create(**body)
    if body.get("stream"):
        events = list(found)
        assert events[-1].type in ("response.completed", "response.incomplete")
        deltas = ("response.output_text.delta", "response.refusal.delta")
        assert "".join(one.delta for one in events if one.type in deltas) == wanted.text
        found = events[-1].response
    said = [part for item in found.output if item.type == "message" for part in item.content]
    assert "".join(part.text if part.type == "output_text" else part.refusal for part in said) == wanted.text
    thoughts = [part.text for item in found.output if item.type == "reasoning" for part in item.summary]
    assert "".join(thoughts) == wanted.thinking
    calls = [(one.call_id, one.name, json.loads(one.arguments)) for one in found.output if one.type == "function_call"]
    assert calls == [(one.id, one.name, one.input) for one in wanted.tool_calls]
    assert (found.id, found.model) == (wanted.id, wanted.model)
    usage = found.usage
    assert (usage.input_tokens, usage.output_tokens) == (wanted.usage.input, wanted.usage.output)
    assert usage.input_tokens_details.cached_tokens == wanted.usage.cache_read
    assert usage.output_tokens_details.reasoning_tokens == wanted.usage.reasoning


@pytest.mark.parametrize("path", PATHS["anthropic"])
def test_anthropic(path: Path) -> None:
    exchanges = read_cassette(path).exchanges
    with open_tape(path) as tape:
        network = httpx2.Client(transport=tape.transport("httpx2"))
        with anthropic.Anthropic(api_key="any", max_retries=0, http_client=network) as sdk:
            for one in exchanges:
                _same_as_anthropic(sdk, one)
    assert tape.unused == []


def _same_as_anthropic(sdk: anthropic.Anthropic, exchange: Exchange) -> None:
    wanted, body = ours(exchange), sent(exchange)
    if isinstance(wanted, Error):
        with pytest.raises(anthropic.APIStatusError) as caught:
            sdk.messages.create(**body)
        assert caught.value.status_code == wanted.status
        assert caught.value.body["error"]["message"] in wanted.message
        return
    if body.pop("stream", False):
        with sdk.messages.stream(**body) as stream:
            found = stream.get_final_message()
    else:
        found = sdk.messages.create(**body)
    assert [_as_part(one) for one in found.content] == [_plain(one) for one in wanted.parts]
    assert (found.id, found.model, found.stop_sequence) == (wanted.id, wanted.model, wanted.stop_sequence)
    cached = found.usage.cache_read_input_tokens
    assert (found.usage.input_tokens + (cached or 0), cached) == (wanted.usage.input, wanted.usage.cache_read)
    assert found.usage.output_tokens == wanted.usage.output


def _as_part(block: Any) -> tuple[Any, ...]:
    match block.type:
        case "text":
            return "text", block.text
        case "thinking":
            return "thinking", block.thinking, block.signature
        case "tool_use":
            return "tool_use", block.id, block.name, block.input
    raise AssertionError(f"a block of type {block.type}")


def _plain(part: Any) -> tuple[Any, ...]:
    match part:
        case Text(text):
            return "text", text
        case Thinking(text, signature):
            return "thinking", text, signature
        case ToolCall(id, name):
            return "tool_use", id, name, part.input
    raise AssertionError(f"a part {part!r}")
