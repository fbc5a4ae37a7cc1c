"""Arguments that come in pieces, as Vertex AI streams them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.dialects import dialect
from conformance.model import Done, Error, Event, ToolCallDelta, grammar_faults

GEMINI = dialect("gemini")


def told(*parts: dict[str, Any], finish: str | None = "STOP") -> list[Event]:
    decoder, events = GEMINI.decoder(), []
    for at, part in enumerate(parts):
        one: dict[str, Any] = {"content": {"role": "model", "parts": [part]}}
        if finish and at == len(parts) - 1:
            one["finishReason"] = finish
        events += decoder.feed(b"data: " + json.dumps({"candidates": [one], "responseId": "v"}).encode() + b"\n\n")
    events += decoder.close()
    assert not list(grammar_faults(events))
    return events


def call(*pieces: dict[str, Any], name: str | None = None, more: bool = True) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name} if name else {}
    said |= {"partialArgs": list(pieces)} if pieces else {}
    return {"functionCall": said | ({"willContinue": True} if more else {})}


def text(path: str, value: str, more: bool = False) -> dict[str, Any]:
    return {"jsonPath": path, "stringValue": value} | ({"willContinue": True} if more else {})


def arguments(events: list[Event]) -> Any:
    done = events[-1]
    assert isinstance(done, Done), done
    assert done.reason == "tool_use"
    return done.reply.tool_calls[0].input


OPEN = call(name="f")
CLOSE: dict[str, Any] = {"functionCall": {}}


def test_strings_append() -> None:
    """Pieces of one path append while willContinue; each is told as it comes."""
    events = told(
        OPEN, call(text("$.city", "Trom", True)), call(text("$.city", "sø", True)), call(text("$.city", "")), CLOSE
    )
    assert arguments(events) == {"city": "Tromsø"}
    deltas = [event.arguments for event in events if isinstance(event, ToolCallDelta)]
    assert deltas == ['{"city":"Trom', "sø", '"', "}"]


def test_every_kind_of_value() -> None:
    """Numbers, booleans, null, nesting, arrays and odd keys."""
    pieces = [
        {"jsonPath": "$.a.n", "numberValue": 3},
        {"jsonPath": "$.a.f", "numberValue": 0.5},
        {"jsonPath": "$.a.l[0].x", "boolValue": True},
        {"jsonPath": "$.a.l[1].x", "boolValue": False},
        {"jsonPath": "$['odd key']", "nullValue": "NULL_VALUE"},
        text("$.s", 'quote " and \\ and\nline'),
    ]
    wanted = {
        "a": {"n": 3, "f": 0.5, "l": [{"x": True}, {"x": False}]},
        "odd key": None,
        "s": 'quote " and \\ and\nline',
    }
    assert arguments(told(OPEN, *(call(one) for one in pieces), CLOSE)) == wanted
    assert arguments(told(OPEN, call(*pieces), CLOSE)) == wanted


@pytest.mark.parametrize(
    "last", [CLOSE, call(text("$.d", "e"), more=False), {"text": ""}], ids=["empty", "last", "none"]
)
def test_ways_to_close(last: dict[str, Any]) -> None:
    """An empty call, a piece without willContinue, or the finish reason alone ends the call."""
    found = arguments(told(OPEN, call(text("$.c", "b")), last))
    assert found["c"] == "b"


def test_a_call_without_arguments() -> None:
    """Nothing came: the arguments are an empty object."""
    assert arguments(told(OPEN, CLOSE)) == {}


def test_two_calls() -> None:
    """A named part begins the next call, closed or not."""
    events = told(OPEN, call(text("$.a", "1")), call(name="g"), call(text("$.b", "2")), CLOSE)
    done = events[-1]
    assert isinstance(done, Done)
    assert [(one.name, one.input) for one in done.reply.tool_calls] == [("f", {"a": "1"}), ("g", {"b": "2"})]


def test_a_cut_call_is_no_call() -> None:
    """Without a finish reason the stream is cut."""
    last = told(OPEN, call(text("$.a", "1", True)), finish=None)[-1]
    assert isinstance(last, Error)
    assert last.kind == "truncated"


@pytest.mark.parametrize("path", ["city", "$", "$.", "$.a[", "", "$x"])
def test_paths_that_are_none(path: str) -> None:
    """A piece that belongs nowhere is a fault of the stream, said so."""
    last = told(OPEN, call(text(path, "x")))[-1]
    assert isinstance(last, Error)
    assert last.kind == "protocol"


def test_a_way_back_is_a_fault() -> None:
    """What was closed cannot grow again: text that was told cannot be taken back."""
    last = told(OPEN, call(text("$.a.b", "x")), call(text("$.c", "y")), call(text("$.a.d", "z")))[-1]
    assert isinstance(last, Error)
    assert "$.a.d" in last.message


LEAVES = st.one_of(st.text(max_size=5), st.integers(-5, 5), st.booleans(), st.none())
KEYS = st.text("abc", min_size=1, max_size=3)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
)


def pieces_of(value: Any, path: str = "$") -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in pieces_of(inner, f"{path}.{key}")]
    if isinstance(value, list):
        return [one for at, inner in enumerate(value) for one in pieces_of(inner, f"{path}[{at}]")]
    if isinstance(value, str):
        half = len(value) // 2
        return [text(path, value[:half], True), text(path, value[half:])]
    kind = {bool: "boolValue", int: "numberValue", type(None): "nullValue"}[type(value)]
    return [{"jsonPath": path, kind: value}]


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3))
def test_any_value_comes_back(value: dict[str, Any]) -> None:
    """A value taken apart in the order of the document is put together again."""
    assert arguments(told(OPEN, *(call(one) for one in pieces_of(value)), CLOSE)) == value
