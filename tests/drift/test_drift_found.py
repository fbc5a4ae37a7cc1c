"""Each way in which a recording can drift is found, at its place, with its weight."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from conformance.drift import Change, compare

Take = Callable[[str, str], Any]


class Drift(NamedTuple):
    """One way to rewrite every JSON value of an answer, and what must be told of it."""

    name: str
    provider: str
    scenario: str
    change: Callable[[Any], Any]
    kind: str
    where: str
    severity: str


def drop(*steps: str) -> Callable[[Any], Any]:
    """Leave a field out, wherever it stands below these steps."""

    def change(value: Any) -> Any:
        for holder in _holders(value, steps[:-1]):
            holder.pop(steps[-1], None)
        return value

    return change


def put(new: Any, *steps: str) -> Callable[[Any], Any]:
    """Put a value at a field that is there; a callable makes it of the old one."""

    def change(value: Any) -> Any:
        for holder in _holders(value, steps[:-1]):
            if steps[-1] in holder:
                holder[steps[-1]] = new(holder[steps[-1]]) if callable(new) else new
        return value

    return change


def add(new: Any, *steps: str) -> Callable[[Any], Any]:
    """Add a field to every object at these steps."""

    def change(value: Any) -> Any:
        for holder in _holders(value, steps[:-1]):
            holder[steps[-1]] = new
        return value

    return change


def rename(old: str, new: str, *steps: str) -> Callable[[Any], Any]:
    """Call a field otherwise."""

    def change(value: Any) -> Any:
        for holder in _holders(value, steps):
            if old in holder:
                holder[new] = holder.pop(old)
        return value

    return change


def _holders(value: Any, steps: tuple[str, ...]) -> list[dict[str, Any]]:
    found = [value]
    for step in steps:
        found = [one[step] for one in found if isinstance(one, dict) and step in one]
        found = [inner for one in found for inner in (one if isinstance(one, list) else [one])]
    return [one for one in found if isinstance(one, dict)]


def without(kind: str) -> Callable[[Any], Any]:
    """Leave out the events of a kind."""
    return lambda value: None if value.get("type") == kind else value


CHAT, CLAUDE, RESP = "openai", "anthropic", "openai-responses"
TEXT, WHOLE, CALL = "simple_text", "simple_text_whole", "tool_call_single"
USAGE_OF_GEMINI = ("usageMetadata", "totalTokenCount")
DRIFTS = [
    Drift("id lost", CHAT, TEXT, drop("id"), "field", "$.id", "breaking"),
    Drift("id retyped", CHAT, TEXT, put(7, "id"), "type", "$.id", "breaking"),
    Drift("object renamed", CHAT, TEXT, put("chunk", "object"), "word", "$.object", "breaking"),
    Drift("created as text", CHAT, TEXT, put(str, "created"), "type", "$.created", "breaking"),
    Drift("fingerprint lost", "llama-cpp", TEXT, drop("system_fingerprint"), "field", "$.system_fingerprint",
          "notable"),
    Drift("a field more", CHAT, TEXT, add("x", "choices", "flavour"), "field", "$.choices[].flavour", "additive"),
    Drift("text renamed", CHAT, TEXT, rename("content", "text", "choices", "delta"), "field",
          "$.choices[].delta.content", "breaking"),
    Drift("foreign reason", CHAT, TEXT, put(lambda old: old and "eos", "choices", "finish_reason"), "word",
          "$.choices[].finish_reason", "breaking"),
    Drift("no reason", CHAT, TEXT, put(None, "choices", "finish_reason"), "type",
          "$.choices[].finish_reason", "breaking"),
    Drift("usage as text", CHAT, TEXT, put(lambda old: old and str(old), "usage", "total_tokens"), "type",
          "$.usage.total_tokens", "breaking"),
    Drift("usage lost", CHAT, TEXT, drop("usage"), "field", "$.usage", "breaking"),
    Drift("tool index lost", CHAT, CALL, drop("choices", "delta", "tool_calls", "index"), "field",
          "$.choices[].delta.tool_calls[].index", "breaking"),
    Drift("tool id a number", CHAT, CALL, put(5, "choices", "delta", "tool_calls", "id"), "type",
          "$.choices[].delta.tool_calls[].id", "breaking"),
    Drift("message role", CHAT, WHOLE, put("bot", "choices", "message", "role"), "word",
          "$.choices[].message.role", "breaking"),
    Drift("message lost", CHAT, WHOLE, drop("choices", "message"), "field", "$.choices[].message", "breaking"),
    Drift("error type lost", CHAT, "error_auth_401", drop("error", "message"), "field", "$.error.message", "breaking"),
    Drift("no message_stop", CLAUDE, TEXT, without("message_stop"), "event", "message_stop", "breaking"),
    Drift("no block start", CLAUDE, TEXT, without("content_block_start"), "event", "content_block_start", "breaking"),
    Drift("delta type", CLAUDE, TEXT, put(lambda old: "words" if old == "text_delta" else old, "delta", "type"),
          "word", "content_block_delta $.delta.type", "breaking"),
    Drift("usage in the start", CLAUDE, TEXT, drop("message", "usage"), "field", "message_start $.message.usage",
          "breaking"),
    Drift("call without id", CLAUDE, CALL, drop("content_block", "id"), "field",
          "content_block_start $.content_block.id", "breaking"),
    Drift("input as text", CLAUDE, "tool_call_single_whole", put(json.dumps, "content", "input"), "type",
          "$.content[].input", "breaking"),
    Drift("no numbers", RESP, TEXT, drop("sequence_number"), "field", "$.sequence_number", "breaking"),
    Drift("no completed", RESP, TEXT, without("response.completed"), "event", "response.completed", "breaking"),
    Drift("candidates lost", "gemini", WHOLE, drop("candidates"), "field", "$.candidates", "breaking"),
    Drift("total as text", "gemini", TEXT, put(str, *USAGE_OF_GEMINI), "type", "$.usageMetadata.totalTokenCount",
          "breaking"),
    Drift("done lost", "ollama", WHOLE, drop("done"), "field", "$.done", "breaking"),
    Drift("cohere's end", "cohere", TEXT, without("message-end"), "event", "message-end", "breaking"),
]  # fmt: skip


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda one: f"{one.provider}: {one.name}")
def test_each_drift_is_found_at_its_place(drift: Drift, taken: Take) -> None:
    """One change is made; one change of that kind, there, of that weight, is told."""
    old = taken(drift.provider, drift.scenario)
    found = compare(old.exchange, old.rewritten(drift.change))
    told = [one for one in found.changes if one.kind == drift.kind and one.where.endswith(drift.where)]
    assert told, found
    assert {one.severity for one in told} == {drift.severity}, told
    assert found.outcome == "drift"


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda one: f"{one.provider}: {one.name}")
def test_the_other_way_round_it_is_drift_as_well(drift: Drift, taken: Take) -> None:
    """What gets lost can come back: the other order is told as well, or was not compared."""
    new = taken(drift.provider, drift.scenario)
    found = compare(new.rewritten(drift.change), new.exchange)
    assert found.outcome != "same"
    assert "breaking" not in {one.severity for one in found.changes if one.kind in ("field", "event")}, found


def test_usage_before_the_reason_is_another_order(taken: Take) -> None:
    """Fields of chunks that have no names are told apart by what they hold."""
    old = taken(CHAT, TEXT)
    frames = old.frames()
    last = next(at for at, one in enumerate(frames) if one.json["choices"] and one.json["choices"][0]["finish_reason"])
    frames[last], frames[last + 1] = frames[last + 1], frames[last]
    (told,) = compare(old.exchange, old.streaming(frames)).changes
    assert (told.kind, told.where) == ("order", "$.choices[].finish_reason, $.usage")


def test_an_event_before_its_time_is_another_order(taken: Take) -> None:
    """message_delta before the block is closed."""
    old = taken(CLAUDE, TEXT)
    frames = old.frames()
    at = next(at for at, one in enumerate(frames) if one.event == "message_delta")
    frames[at - 1], frames[at] = frames[at], frames[at - 1]
    found = [one for one in compare(old.exchange, old.streaming(frames)).changes if one.kind == "order"]
    assert [one.where for one in found] == ["content_block_stop, message_delta"]


def test_a_stream_without_its_end_is_breaking(taken: Take) -> None:
    """[DONE] is an event like others."""
    old = taken(CHAT, TEXT)
    found = compare(old.exchange, old.streaming(old.frames()[:-1])).changes
    told = [(one.kind, one.where, one.severity) for one in found]
    assert told == [("event", "[DONE]", "breaking"), ("end", "end", "breaking")]


def test_a_stream_that_is_no_longer_complete_is_breaking(taken: Take) -> None:
    """A client of the language takes it for broken off."""
    old = taken(CLAUDE, TEXT)
    found = compare(old.exchange, old.streaming(old.frames()[:-2])).changes
    assert ("end", "breaking") in [(one.kind, one.severity) for one in found]


def test_names_of_events_that_went_are_told(taken: Take) -> None:
    """Some clients read nothing without `event:` lines."""
    old = taken(CLAUDE, TEXT)
    frames = old.frames()
    for one in frames:
        one.event = ""
    (told,) = [one for one in compare(old.exchange, old.streaming(frames)).changes if one.kind == "framing"]
    assert (told.where, told.old) == ("event: lines", "events are named")


HEADERS: list[tuple[dict[str, str | None], list[tuple[str, str]]]] = [
    ({"content-type": "application/json"}, [("content-type", "breaking")]),
    ({"content-type": None}, [("content-type", "breaking")]),
    ({"content-type": "text/event-stream; charset=latin-1"}, [("content-type", "notable")]),
    ({"x-request-id": None}, [("x-request-id", "notable")]),
    ({"x-new": "1"}, [("x-new", "additive")]),
    ({"date": "now", "cf-ray": "abc", "content-length": "7", "x-request-id": "req_other"}, []),
]


@pytest.mark.parametrize(("changed", "told"), HEADERS, ids=lambda one: str(one)[:50])
def test_names_of_headers_are_shape_and_values_are_not(
    changed: dict[str, str | None], told: list[tuple[str, str]], taken: Take
) -> None:
    """Only the content type is looked into; what goes with the way and the clock is ignored."""
    old = taken(CHAT, TEXT).exchange
    headers = {name.lower(): value for name, value in old.response.headers} | changed
    lines = tuple((name, value) for name, value in headers.items() if value is not None)
    new = replace(old, response=replace(old.response, headers=lines))
    found = [(one.where, one.severity) for one in compare(old, new).changes if one.kind == "header"]
    assert found == told


def _asking(exchange: Any, change: Callable[[dict[str, Any]], object]) -> Any:
    body = exchange.request.json()
    change(body)
    return replace(exchange, request=replace(exchange.request, body=json.dumps(body).encode()))


ASKED: list[tuple[Callable[[dict[str, Any]], object], tuple[str, str, str]]] = [
    (lambda body: body.pop("messages"), ("field", "$.messages", "breaking")),
    (lambda body: body.pop("stream_options"), ("field", "$.stream_options", "notable")),
    (lambda body: body.update(seed=1), ("field", "$.seed", "additive")),
    (lambda body: body["messages"][0].update(role="boss"), ("word", "$.messages[].role", "breaking")),
    (lambda body: body.update(model=3), ("type", "$.model", "breaking")),
]


@pytest.mark.parametrize(("change", "told"), ASKED, ids=lambda one: str(one[1]) if isinstance(one, tuple) else "")
def test_what_the_client_sends_is_compared_too(
    change: Callable[[dict[str, Any]], object], told: tuple[str, str, str], taken: Take
) -> None:
    """The request has a shape of its own."""
    old = taken(CHAT, TEXT).exchange
    found = [one for one in compare(old, _asking(old, change)).changes if one.side == "request"]
    assert [(one.kind, one.where, one.severity) for one in found] == [told]


def test_another_address_is_told(taken: Take) -> None:
    """The path is shape; the host and the model in it are not."""
    old = taken("gemini", TEXT).exchange
    told = str(old.request.url)
    for url, moved in (
        (told.replace("generativelanguage", "other"), False),
        (told.replace("/v1beta/", "/v1/"), True),
        (told.replace("models/", "models/x"), False),
    ):
        new = replace(old, request=replace(old.request, url=url))
        assert [one.where for one in compare(old, new).changes] == (["path"] if moved else [])


def test_a_changed_status_of_an_error_is_told(taken: Take) -> None:
    """Another class of status is breaking, another status of the class is notable."""
    old = taken(CHAT, "error_auth_401").exchange
    for status, severity in ((403, "notable"), (500, "breaking"), (200, "breaking")):
        new = replace(old, response=replace(old.response, status=status))
        found: list[Change] = [one for one in compare(old, new).changes if one.kind == "status"]
        assert [one.severity for one in found] == [severity]


def test_a_stream_that_comes_whole_is_breaking_and_its_bodies_are_not_compared(taken: Take) -> None:
    """There is nothing alike to compare, and that is said."""
    old, whole = taken(CHAT, TEXT), taken(CHAT, WHOLE)
    found = compare(old.exchange, replace(old.exchange, response=whole.exchange.response))
    assert ("framing", "breaking") in [(one.kind, one.severity) for one in found.changes]
    assert found.not_compared == ("the bodies: one is a stream, one is not",)
