"""How bedrock-converse is read where servers are not exact, and every way in which an answer fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.model import Done, Error, Event, Opaque, Reply, Text, Thinking, ToolCall, Usage
from conformance.wire.eventstream import event, exception, message

CONVERSE = dialect("bedrock-converse")
START = ("messageStart", {"role": "assistant"})
STOP = ("messageStop", {"stopReason": "end_turn"})
META = ("metadata", {"usage": {"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}, "metrics": {"latencyMs": 9}})
Said = tuple[str, Any]


def delta(index: int, **piece: Any) -> Said:
    return "contentBlockDelta", {"contentBlockIndex": index, "delta": piece, "p": "abc"}


def stop(index: int) -> Said:
    return "contentBlockStop", {"contentBlockIndex": index}


def body(*said: Said | bytes) -> bytes:
    frames = (one if isinstance(one, bytes) else event(one[0], json.dumps(one[1]).encode()) for one in said)
    return b"".join(frames)


def told(*said: Said | bytes) -> list[Event]:
    decoder = CONVERSE.decoder()
    return decoder.feed(body(*said)) + decoder.close()


def reply(*said: Said | bytes) -> Reply:
    last = told(*said)[-1]
    assert isinstance(last, Done), last
    return last.reply


def failure(*said: Said | bytes) -> Error:
    last = told(*said)[-1]
    assert isinstance(last, Error), last
    return last


TEXT = (START, delta(0, text="Hel"), delta(0, text="lo"), stop(0))


def test_metadata_may_come_before_the_stop() -> None:
    assert reply(*TEXT, META, STOP) == reply(*TEXT, STOP, META)
    assert reply(*TEXT, STOP, META) == Reply(parts=(Text("Hello"),), usage=Usage(5, 2))


def test_events_that_are_not_known_say_nothing() -> None:
    assert reply(START, ("heartbeat", {"x": 1}), *TEXT[1:], STOP, META).text == "Hello"


def test_a_start_that_says_nothing_opens_by_the_first_delta() -> None:
    empty = ("contentBlockStart", {"contentBlockIndex": 0, "start": {}})
    assert reply(START, empty, *TEXT[1:], STOP, META).parts == (Text("Hello"),)


def test_a_source_before_its_text_belongs_to_it() -> None:
    found = reply(START, delta(0, citation={"title": "a"}), delta(0, text="So"), stop(0), STOP, META)
    assert found.parts == (Text("So"),)


def test_results_of_the_services_own_tools_are_kept_whole() -> None:
    start = {"toolResult": {"toolUseId": "t", "type": "x"}}
    begun = ("contentBlockStart", {"contentBlockIndex": 0, "start": start})
    found = reply(START, begun, delta(0, toolResult=[{"text": "4"}]), stop(0), STOP, META)
    assert found.parts == (Opaque("toolResult", {"start": start, "deltas": [{"toolResult": [{"text": "4"}]}]}),)
    assert b"toolResult" in b"".join(CONVERSE.server.stream(found, None, {}))  # type: ignore[arg-type]


def test_a_block_that_turns_into_another_kind_is_two_parts() -> None:
    thought = delta(0, reasoningContent={"text": "Hm"})
    found = reply(
        START, thought, delta(0, reasoningContent={"signature": "s"}), delta(0, text="So"), stop(0), STOP, META
    )
    assert found.parts == (Thinking("Hm", "s"), Text("So"))


def test_hidden_reasoning_and_a_call_without_a_start() -> None:
    hidden = delta(0, reasoningContent={"redactedContent": "aGk="})
    found = reply(START, hidden, stop(0), delta(1, toolUse={"input": "{}"}), stop(1), STOP, META)
    assert found.parts == (Thinking("", None, "aGk="), ToolCall("", "", "{}"))


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, {"text": 5}, {"toolUse": "x"}, {"reasoningContent": []}])
@pytest.mark.parametrize("key", ["contentBlockIndex", "delta", "start", "stopReason", "usage", "role"])
def test_odd_values_never_raise(odd: Any, key: str) -> None:
    for number, one in enumerate((*TEXT, STOP, META)):
        said = [*TEXT, STOP, META]
        said[number] = (one[0], {**one[1], key: odd})
        assert isinstance(told(*said)[-1], Done | Error)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("throttlingException", "rate_limit"),
        ("internalServerException", "server"),
        ("modelStreamErrorException", "server"),
        ("serviceUnavailableException", "overloaded"),
        ("validationException", "invalid_request"),
        ("modelTimeoutException", "timeout"),
        ("somethingNewException", "server"),
    ],
)
def test_an_exception_ends_the_stream(name: str, kind: str) -> None:
    found = failure(*TEXT[:2], exception(name, b'{"message": "it is so"}'), STOP, META)
    assert (found.kind, found.message, found.code) == (kind, "it is so", name)


def test_an_error_message_ends_the_stream() -> None:
    lines = {":message-type": "error", ":error-code": "InternalFailure", ":error-message": "it broke"}
    found = failure(*TEXT[:2], message(lines))
    assert (found.kind, found.message, found.code) == ("server", "it broke", "InternalFailure")


def test_a_broken_message_is_a_protocol_error_that_names_the_frame() -> None:
    spoilt = bytearray(body(TEXT[2]))
    spoilt[-1] ^= 1
    found = failure(*TEXT[:2], bytes(spoilt))
    assert found.kind == "protocol"
    assert "eventstream error: frame 2: the message's checksum" in found.message


@pytest.mark.parametrize("data", [b"{", b"[]", b"5", b""])
@pytest.mark.parametrize("name", ["messageStart", "contentBlockDelta", "metadata", "heartbeat"])
def test_a_payload_that_is_no_object_is_a_protocol_error(name: str, data: bytes) -> None:
    found = failure(START, event(name, data))
    assert found.kind == "protocol"
    assert "cannot parse frame 1 as JSON" in found.message


@pytest.mark.parametrize(
    ("status", "name", "text", "kind"),
    [
        (400, "ValidationException", "bad", "invalid_request"),
        (400, "ServiceQuotaExceededException", "too much", "quota"),
        (403, "AccessDeniedException", "you may not", "permission"),
        (403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.", "auth"),
        (403, "UnrecognizedClientException:http://internal", "bad token", "auth"),
        (403, "com.amazon.coral#ExpiredTokenException", "old", "auth"),
        (404, "ResourceNotFoundException", "none", "not_found"),
        (408, "ModelTimeoutException", "slow", "timeout"),
        (424, "ModelErrorException", "it failed", "server"),
        (429, "ThrottlingException", "slow down", "rate_limit"),
        (429, "ModelNotReadyException", "soon", "overloaded"),
        (503, "ServiceUnavailableException", "full", "overloaded"),
        (418, "NewException", "tea", "invalid_request"),
    ],
)
def test_errors_are_told_by_their_name(status: int, name: str, text: str, kind: str) -> None:
    found = CONVERSE.error(status, (("x-amzn-ErrorType", name),), json.dumps({"message": text}).encode())
    assert (found.kind, found.message, found.status) == (kind, text, status)
    assert found.retryable is (status in (408, 429) or status >= 500)


def test_errors_without_a_name_go_by_their_status() -> None:
    found = CONVERSE.error(429, (("retry-after", "7"),), b'{"Message": "slow down"}')
    assert (found.kind, found.message, found.retry_after) == ("rate_limit", "slow down", 7.0)
    assert CONVERSE.error(502, (), b"<html>").kind == "proxy_error"
    assert CONVERSE.error(500, (), b"").kind == "server"
    assert CONVERSE.error(200, (), b"{}").kind == "protocol"


@pytest.mark.parametrize(
    ("word", "stop"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_use"),
        ("guardrail_intervened", "content_filter"),
        ("content_filtered", "content_filter"),
        ("malformed_tool_use", "error"),
        ("a_new_one", "stop"),
    ],
)
def test_stop_reasons(word: str, stop: str) -> None:
    assert reply(*TEXT, ("messageStop", {"stopReason": word}), META).stop == stop


def test_usage_counts_the_cache_into_the_input() -> None:
    counts = {
        "inputTokens": 5,
        "outputTokens": 2,
        "totalTokens": 20,
        "cacheReadInputTokens": 6,
        "cacheWriteInputTokens": 7,
    }
    found = reply(*TEXT, STOP, ("metadata", {"usage": counts, "metrics": {"latencyMs": 1}}))
    assert found.usage == Usage(input=18, output=2, cache_read=6, cache_write=7)
